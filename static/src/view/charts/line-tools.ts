import type { Kind } from "../../charts/axis";
import { element, setText } from "../element";
import { switchOf } from "./switch";

/** Weights of the moving average that the control goes through; 0 is none. */
const WEIGHTS = [0, 0.6, 0.9, 0.97, 0.99, 0.999];

export interface LineTools {
  readonly root: HTMLElement;
  update(state: { readonly kind: Kind; readonly zoomed: boolean }): void;
}

interface Options {
  /** null: this chart does not smooth. */
  readonly smoothing: number | null;
  scale(kind: Kind): void;
  smooth(weight: number): void;
  reset(): void;
}

/** What a line chart can be told: the whole run again, smoother curves, linear or log. */
export function lineTools(options: Options): LineTools {
  const whole = element("button", { type: "button", class: "whole", hidden: true }, "Whole run");
  whole.addEventListener("click", options.reset);
  const scales = switchOf<Kind>(
    "Vertical scale",
    [
      ["linear", "linear"],
      ["log", "log"],
    ],
    options.scale,
  );
  const root = element("div", { class: "chart-tools" }, whole);
  if (options.smoothing !== null) root.append(smoother(options.smoothing, options.smooth));
  root.append(scales.root);
  return {
    root,
    update({ kind, zoomed }) {
      whole.hidden = !zoomed;
      scales.update(kind);
    },
  };
}

function smoother(initial: number, changed: (weight: number) => void): HTMLElement {
  const nearest = WEIGHTS.findLastIndex((weight) => weight <= initial);
  const range = element("input", { type: "range", min: 0, max: WEIGHTS.length - 1, step: 1, value: nearest });
  const output = element("output");
  const show = () => {
    const weight = WEIGHTS[range.valueAsNumber] ?? 0;
    setText(output, weight === 0 ? "off" : String(weight));
    range.setAttribute("aria-valuetext", output.textContent ?? "");
    return weight;
  };
  range.addEventListener("input", () => changed(show()));
  show();
  return element("label", { class: "smoother" }, "smoothing", range, output);
}
