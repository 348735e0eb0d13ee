import { formatCount } from "../../charts/labels";
import type { Reading } from "../../charts/readout";
import { element } from "../element";
import { swatch } from "./swatch";

const ASIDE = 14;

export interface Tip {
  readonly root: HTMLElement;
  /** Beside `x` within `width` pixels, its top at `y`; where there is no room on either side, below `bottom`. */
  show(place: { x: number; y: number; width: number; bottom: number }, ...content: (Node | string)[]): void;
  hide(): void;
}

/** A box of exact numbers that stands beside what it speaks of, never under the pointer. */
export function tipView(): Tip {
  const root = element("div", { class: "chart-tip", "aria-hidden": "true", hidden: true });
  return {
    root,
    show({ x, y, width, bottom }, ...content) {
      root.hidden = false;
      root.replaceChildren(...content);
      const [room, needed] = [width - root.offsetWidth, root.offsetWidth + ASIDE];
      const left = x + ASIDE <= room ? x + ASIDE : x - needed;
      const [across, down] = left >= 0 ? [left, y] : [Math.max(0, Math.min(room, x - needed / 2)), bottom];
      root.style.transform = `translate(${across}px, ${down}px)`;
    },
    hide() {
      root.hidden = true;
    },
  };
}

/** All curves' numbers at one training step. */
export function readingTable(step: number, readings: readonly Reading[]): Node[] {
  const rows = readings.map((reading) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, swatch(reading.series.look), reading.series.label),
      element("td", {}, reading.text),
      element("td", { class: "at" }, reading.step === step ? "" : `at ${formatCount(reading.step)}`),
    ),
  );
  return [element("strong", {}, `step ${formatCount(step)}`), element("table", {}, ...rows)];
}
