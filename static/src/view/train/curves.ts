import { formatCount } from "../../charts/labels";
import type { LineEvent } from "../../charts/lines";
import { formatNumber } from "../../format";
import type { RunView } from "../../run/actions";
import { layerCurves, pairOfCurves, type Relative } from "../../run/series";
import { type LineChart, type LineData, type LineOptions, lineChart } from "../charts/line";
import { element } from "../element";

export interface CurvesPanel {
  /** The watched run, its place in its family, and the rest of the family. */
  update(view: RunView, place: number, others: readonly Relative[]): void;
}

/** Heights as shares of the window's: all four stand on one screen, be it a laptop's or a projector's. */
const [TALL, SHORT] = [0.278, 0.188];
/** In pixels; below, there is nothing to be read. */
const LEAST = 140;
/** Enough to see the trend, and little enough to stay with the first steps, where the loss falls fastest. */
const SMOOTHING = 0.9;

/** Loss, accuracy, and of each layer the gradient's norm and the ratio of update to weights. */
export function curvesPanel(host: HTMLElement, pick: (step: number) => void): CurvesPanel {
  const chart = (name: string, options: Omit<LineOptions, "onPick">): LineChart => {
    const box = element("div", { class: `curve ${name}` });
    host.append(box);
    return lineChart(box, { ...options, onPick });
  };
  /** Who points at a step has the keys back for walking from it; who came by keyboard keeps the chart's own. */
  const onPick = (step: number) => {
    const focused = document.activeElement;
    if (focused instanceof HTMLElement && host.contains(focused) && !focused.matches(":focus-visible")) focused.blur();
    pick(step);
  };
  const tall = Math.max(LEAST, Math.round(TALL * window.innerHeight));
  const short = Math.max(LEAST, Math.round(SHORT * window.innerHeight));
  host.replaceChildren();
  const loss = chart("loss", { label: "Loss", smoothing: SMOOTHING, height: tall });
  const accuracy = chart("accuracy", { label: "Accuracy", y: { to: 1 }, smoothing: SMOOTHING, height: short });
  const norms = chart("norms", { label: "Gradient norm", y: { kind: "log" }, height: short });
  const ratios = chart("ratios", { label: "Update ÷ weights", y: { kind: "log" }, height: short });

  return {
    update({ state, curves, picked }, place, others) {
      const watched = { state, curves, place };
      const common: Omit<LineData, "series"> = {
        ...{ planned: state.steps, stepsPerEpoch: state.steps_per_epoch, now: state.step, picked },
        events: [...rateEvents(state.rates), ...divergence(state)],
      };
      const losses = { train: "loss", test: "test_loss", shared: "train" } as const;
      const accuracies = { train: "accuracy", test: "test_accuracy", shared: "test" } as const;
      loss.update({ ...common, series: pairOfCurves(watched, others, losses) });
      accuracy.update({ ...common, series: pairOfCurves(watched, others, accuracies) });
      norms.update({ ...common, series: layerCurves(watched, "grad_norm") });
      ratios.update({ ...common, series: layerCurves(watched, "update_ratio") });
    },
  };
}

/** The learning rate a run begins with is no event. */
function rateEvents(rates: RunView["state"]["rates"]): LineEvent[] {
  return rates.filter(({ step }) => step > 0).map(({ step, lr }) => ({ step, label: `lr ${formatNumber(lr)}` }));
}

function divergence({ members }: RunView["state"]): LineEvent[] {
  return members.flatMap(({ diverged_at: step }) =>
    typeof step === "number" ? [{ step, label: `diverged at ${formatCount(step)}`, wrong: true }] : [],
  );
}
