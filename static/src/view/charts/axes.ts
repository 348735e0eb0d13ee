import type { Tick } from "../../charts/axis";
import { svgElement } from "../element";

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** A second row of ticks below the first one. */
  readonly epochs?: readonly Tick[];
  /** What stands left of the rows, and left of the uppermost tick. */
  readonly names: readonly string[];
  readonly yName?: string;
  /** Lines across the plot at the ticks of the vertical axis. */
  readonly grid: boolean;
}

/** Space below a plot for one row of tick labels. */
export const ROW = 18;
/** The rows' names stand left of the plot, in its coordinates. */
const NAMES = -52;

/** The lines and numbers around a plot; nothing is touched where they stay the same. */
export function axesView(group: SVGGElement): { update(frame: Frame): void } {
  let shown = "";
  return {
    update(frame) {
      const key = JSON.stringify(frame);
      if (key === shown) return;
      shown = key;
      group.replaceChildren(...yAxis(frame), ...xAxis(frame), ...epochAxis(frame));
    },
  };
}

function yAxis({ width, yTicks, grid, yName = "" }: Frame): SVGElement[] {
  const name = svgElement("text", { x: NAMES, y: 0, dy: "0.32em" }, yName);
  const ticks = yTicks.flatMap(({ at, label }) => [
    svgElement("line", { class: grid ? "grid" : "base", x1: grid ? 0 : -4, x2: grid ? width : 0, y1: at, y2: at }),
    svgElement("text", { class: "y-label", x: -8, y: at, dy: "0.32em" }, label),
  ]);
  return [name, ...ticks];
}

function xAxis({ width, height, xTicks, names }: Frame): SVGElement[] {
  return [
    svgElement("line", { class: "base", x1: 0, x2: width, y1: height, y2: height }),
    ...xTicks.flatMap(({ at, label }) => [
      svgElement("line", { class: "base", x1: at, x2: at, y1: height, y2: height + 4 }),
      svgElement("text", { class: "x-label", x: at, y: height + ROW - 3 }, label),
    ]),
    svgElement("text", { x: NAMES, y: height + ROW - 3 }, names[0] ?? ""),
  ];
}

function epochAxis({ height, epochs = [], names }: Frame): SVGElement[] {
  if (epochs.length === 0) return [];
  return [
    svgElement("text", { x: NAMES, y: height + 2 * ROW - 3 }, names[1] ?? ""),
    ...epochs.flatMap(({ at, label }) => [
      svgElement("line", { class: "epoch", x1: at, x2: at, y1: 0, y2: height }),
      svgElement("text", { class: "x-label epoch", x: at, y: height + 2 * ROW - 3 }, label),
    ]),
  ];
}
