import type { Lab } from "../../lab/lab";
import { totalLength } from "../../lab/layers";
import type { RunView } from "../../run/actions";
import type { Series } from "../../run/curves";
import { type LineChart, type LineOptions, type LineSeries, lineChart } from "../charts/line";
import { element } from "../element";

export interface LabCurves {
  update(view: RunView | null): void;
}

/** A chart of a lab: a curve for each member. */
interface Kind extends LineOptions {
  /** The curve of a member. */
  series(view: RunView, member: number): Series;
}

const HEIGHT = 230;
/** Above this loss nothing is learned; who goes there is said to in words. */
const WORST = 5;
const NOISY = 0.9;

const LOSS: Kind = {
  label: "Loss of the batch",
  height: HEIGHT,
  smoothing: NOISY,
  y: { from: 0 },
  series: ({ curves }, member) => curves.series("loss", member),
};
const ON_LOG_SCALE: Kind = { ...LOSS, y: { kind: "log" } };
const BOUNDED: Kind = { ...LOSS, y: { from: 0, to: WORST } };
const FIT: Kind = { ...ON_LOG_SCALE, label: "Loss", smoothing: 0 };
const ACCURACY: Kind = {
  label: "Accuracy on the batch",
  height: HEIGHT,
  smoothing: NOISY,
  y: { from: 0, to: 1 },
  series: ({ curves }, member) => curves.series("accuracy", member),
};
const LENGTH: Kind = {
  label: "Length of the gradient that the update uses",
  height: HEIGHT,
  y: { kind: "log" },
  series: ({ curves }, member) => totalLength(curves, member),
};

/** The charts of each lab. */
const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  manualgrad: [FIT],
  race: [ON_LOG_SCALE, ACCURACY],
  "learning-rate": [BOUNDED, ACCURACY],
  "zero-grad": [BOUNDED, LENGTH, ACCURACY],
};

/** Loss and accuracy of all members over each other, and what else the lab is about; a click picks a training step. */
export function labCurves(host: HTMLElement, lab: Lab, pick: (step: number) => void): LabCurves {
  const charts = (KINDS[lab.id] ?? [LOSS, ACCURACY]).map((kind): [Kind, LineChart] => {
    const box = element("div", { class: "lab-chart" });
    host.append(box);
    return [kind, lineChart(box, { ...kind, onPick: pick })];
  });

  return {
    update(view) {
      host.hidden = !view;
      if (!view) return;
      const { state, picked } = view;
      for (const [kind, chart] of charts) {
        const series = state.members.map(({ label, diverged_at: ended }, member): LineSeries => {
          const { x, y } = kind.series(view, member);
          const known = { id: String(member), look: member, xs: x, ys: y };
          if (ended === null) return { ...known, label };
          // The server says where it ended; what follows are places without a number.
          return { ...known, label: `${label}, diverged`, length: countUpTo(x, ended) };
        });
        const epochs = state.steps_per_epoch > 1 ? { stepsPerEpoch: state.steps_per_epoch } : {};
        chart.update({ series, planned: state.steps, picked, now: state.step, ...epochs });
      }
    },
  };
}

/** How many of these training steps, ascending, are no later than `step`. */
function countUpTo(steps: Int32Array, step: number): number {
  const later = steps.findIndex((one) => one > step);
  return later < 0 ? steps.length : later;
}
