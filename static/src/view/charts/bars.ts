import type { Interval } from "../../charts/axis";
import { type BarMarks, type BarRow, barMarks } from "../../charts/bars";
import { formatShare } from "../../charts/labels";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import { living } from "./living";

export type { BarRow } from "../../charts/bars";

export interface BarsOptions {
  readonly label: string;
  /** `log` for numbers of any size, `share` for 0 to 1, written in percent. */
  readonly kind: "log" | "share";
  /** The colour of the bars. */
  readonly token: string;
  /** What is usual, shaded: numbers outside of it are said to be. */
  readonly band?: { readonly from: number; readonly to: number; readonly label: string };
}

export interface BarsChart {
  update(rows: readonly BarRow[]): void;
  destroy(): void;
}

interface Row {
  readonly root: HTMLElement;
  readonly label: HTMLElement;
  readonly track: HTMLElement;
  readonly number: HTMLElement;
  readonly side: HTMLElement;
}

/** A bar a layer, on one axis, with its exact number. */
export function barsChart(host: HTMLElement, options: BarsOptions): BarsChart {
  const { band, kind } = options;
  let rows: readonly BarRow[] = [];
  let previous: Interval | null = null;
  const lines: Row[] = [];
  const body = element("tbody");
  const axis = element("td", { class: "bar-axis" });
  const foot = element("tfoot", { "aria-hidden": "true" }, element("tr", {}, element("td"), axis, element("td")));
  const table = element("table", { class: "bars" }, element("caption", {}, options.label), body, foot);
  table.style.setProperty("--bar", `var(${options.token})`);
  const root = element("div", { class: "chart bars-chart" }, table);
  if (band) root.append(element("p", { class: "quiet bar-band" }, band.label));
  host.append(root);

  const makeRow = (): Row => {
    const [label, number, side] = [element("th", { scope: "row" }), element("span"), element("em")];
    const track = element("td", { class: "track", "aria-hidden": "true" });
    const value = element("td", { class: "value" }, number, side);
    return { root: element("tr", {}, label, track, value), label, track, number, side };
  };
  const draw = () => {
    const width = axis.clientWidth;
    if (width === 0) return;
    const fixed = kind === "share" ? { from: 0, to: 1 } : {};
    const marks = barMarks(rows, {
      ...{ kind: kind === "log" ? "log" : "linear", width, previous, ...fixed },
      band: band && [band.from, band.to],
    });
    previous = marks.axis.domain;
    const share = (pixels: number) => `${(100 * pixels) / width}%`;
    table.style.setProperty("--band-from", share(marks.band?.[0] ?? 0));
    table.style.setProperty("--band-to", share(marks.band?.[1] ?? 0));
    for (const [i, row] of rows.entries()) showRow(lines[i] as Row, row, marks, i, share);
    const ticks = marks.ticks.map(({ at, label, value }) => {
      const tick = element("span", {}, kind === "share" ? formatShare(value) : label);
      tick.style.left = share(at);
      return tick;
    });
    axis.replaceChildren(...ticks);
  };
  const showRow = (line: Row, row: BarRow, marks: BarMarks, i: number, share: (pixels: number) => string) => {
    const length = marks.lengths[i] ?? null;
    const side = marks.sides[i];
    setText(line.label, row.label);
    setText(
      line.number,
      row.value === null ? "not yet" : kind === "share" ? formatShare(row.value) : formatNumber(row.value),
    );
    setText(line.side, side === "below" || side === "above" ? side : "");
    line.track.style.setProperty("--length", length === null ? "0%" : share(length));
    line.track.classList.toggle("none", length === null);
    line.track.classList.toggle("outside", side === "below" || side === "above");
  };
  const drawing = living(table, draw);

  return {
    update(next) {
      rows = next;
      while (lines.length < rows.length) lines.push(makeRow());
      lines.length = rows.length;
      if (body.childElementCount === rows.length) drawing.request();
      else {
        body.replaceChildren(...lines.map((line) => line.root));
        draw(); // in sight or not: no row stands there without its name
      }
    },
    destroy() {
      drawing.destroy();
      root.remove();
    },
  };
}
