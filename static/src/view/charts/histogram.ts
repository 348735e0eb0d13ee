import { type Bins, binAt, binText, histogramBars, sharedScale } from "../../charts/histogram";
import { formatNumber } from "../../format";
import { cellCursor } from "../cursor";
import { element, setText } from "../element";
import { colourOf } from "../theme";
import { cleared, living } from "./living";
import { switchOf } from "./switch";

export interface HistogramOptions {
  readonly label: string;
  /** What the columns hold, such as weights; `token` is the colour of positive numbers. */
  readonly columns: readonly { readonly label: string; readonly token: string }[];
}

export interface HistogramRow {
  readonly label: string;
  /** One a column; null: nothing known. */
  readonly cells: readonly (Bins | null)[];
}

export interface HistogramChart {
  update(rows: readonly HistogramRow[]): void;
  destroy(): void;
}

interface Cell {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly ends: readonly HTMLElement[];
  readonly empty: HTMLElement;
}

const HEIGHT = 44;
/** Narrower cells print their scale as one number. */
const NARROW = 150;
/** The cursor moves over so many places of an axis; a bin is at least one of them. */
const PLACES = 64;
const REST = "Point at a bar, or use the arrow keys, to read its count. Heights go by the square root of the count.";

/** Histograms of layers by kind, aligned in rows and columns, each with its scale. */
export function histogramChart(host: HTMLElement, options: HistogramOptions): HistogramChart {
  let rows: readonly HistogramRow[] = [];
  let cells: Cell[][] = [];
  let shared = false;
  let scales = options.columns.map(() => 0);

  const scaling = switchOf(
    "Scale",
    [
      ["own", "own scales"],
      ["shared", "one scale a column"],
    ],
    (chosen) => {
      shared = chosen === "shared";
      drawing.request();
    },
  );
  const readout = element("output", { class: "quiet" }, REST);
  const table = element("div", { class: "histograms" });
  table.style.setProperty("--columns", String(options.columns.length));
  const head = element("div", { class: "chart-head" }, element("figcaption", {}, options.label));
  head.append(element("div", { class: "chart-tools" }, scaling.root));
  const root = element("figure", { class: "chart histogram-chart" }, head, table, readout);
  host.append(root);

  const scaleOf = (bins: Bins, column: number) => (shared ? (scales[column] ?? 0) : bins.largest);
  const makeCell = (row: number, column: number): Cell => {
    const canvas = element("canvas", { role: "img" });
    const ends = [element("span"), element("span"), element("span")];
    const empty = element("span", { class: "none" });
    cellCursor(canvas, {
      rows: 1,
      columns: PLACES,
      read(_, at) {
        const bins = rows[row]?.cells[column];
        if (!bins) return;
        const index = binAt(bins, scaleOf(bins, column), (at + 0.5) / PLACES);
        const found = index === null ? "no number lies there" : binText(bins, index);
        setText(readout, `${rows[row]?.label}, ${options.columns[column]?.label}: ${found}`);
      },
      leave: () => setText(readout, REST),
    });
    const axis = element("div", { class: "ends", "aria-hidden": "true" }, ...ends);
    return { root: element("div", { class: "histogram-cell" }, canvas, empty, axis), canvas, ends, empty };
  };
  const build = () => {
    cells = rows.map((_, row) => options.columns.map((_, column) => makeCell(row, column)));
    table.replaceChildren(
      element("span"),
      ...options.columns.map(({ label }) => element("span", { class: "column" }, label)),
      ...rows.flatMap(({ label }, row) => [
        element("span", { class: "row" }, label),
        ...(cells[row] ?? []).map((cell) => cell.root),
      ]),
    );
  };
  const drawCell = (cell: Cell, bins: Bins | null, row: number, column: number, width: number) => {
    const scale = bins ? scaleOf(bins, column) : 0;
    const known = bins !== null && Number.isFinite(bins.largest) && scale > 0;
    const name = `${rows[row]?.label}, ${options.columns[column]?.label}`;
    const missing = known ? "" : bins === null ? "not known yet" : bins.largest === 0 ? "all 0" : "not finite";
    const span = `histogram from ${formatNumber(-scale, 3)} to ${formatNumber(scale, 3)}`;
    cell.canvas.setAttribute("aria-label", `${name}: ${missing || span}`);
    setText(cell.empty, missing);
    const ends =
      width < NARROW ? ["", `±${formatNumber(scale, 3)}`, ""] : [-scale, 0, scale].map((x) => formatNumber(x, 3));
    for (const [i, end] of cell.ends.entries()) setText(end, known ? (ends[i] ?? "") : "");
    const context = cleared(cell.canvas, width, HEIGHT);
    if (!context || !known) return;
    const [positive, negative] = [colourOf(options.columns[column]?.token ?? "--ink"), colourOf("--ink")];
    for (const bar of histogramBars(bins, scale, width, HEIGHT)) {
      context.fillStyle = bar.negative ? negative : positive;
      context.fillRect(bar.x + 0.5, bar.y, Math.max(0.5, bar.width - 1), bar.height);
    }
    context.fillStyle = colourOf("--line-strong");
    context.fillRect(width / 2 - 0.5, 0, 1, HEIGHT);
    context.fillRect(0, HEIGHT - 1, width, 1);
  };
  const draw = () => {
    const width = cells[0]?.[0]?.root.clientWidth ?? 0;
    scaling.update(shared ? "shared" : "own");
    if (width === 0) return;
    scales = options.columns.map((_, column) =>
      sharedScale(
        scales[column] ?? 0,
        rows.flatMap((row) => row.cells[column] ?? []),
      ),
    );
    for (const [row, line] of cells.entries()) {
      for (const [column, cell] of line.entries()) drawCell(cell, rows[row]?.cells[column] ?? null, row, column, width);
    }
  };
  const drawing = living(table, draw);

  return {
    update(next) {
      const same = next.length === rows.length && next.every(({ label }, i) => label === rows[i]?.label);
      rows = next;
      if (same) drawing.request();
      else {
        build();
        draw(); // in sight or not: no picture stands there without its name
      }
    },
    destroy() {
      drawing.destroy();
      root.remove();
    },
  };
}
