import type { Interval, Kind } from "../../charts/axis";
import { invert, place } from "../../charts/axis";
import { type LineData, type LineMarks, lineMarks } from "../../charts/lines";
import { nearestStep, readingsAt, sentenceAt, stepsOf } from "../../charts/readout";
import { smooth } from "../../charts/smooth";
import { element, setText, svgElement } from "../element";
import { axesView, ROW } from "./axes";
import { plotGestures } from "./gestures";
import { drawLines } from "./line-canvas";
import { lineKeys } from "./line-keys";
import { lineLabels } from "./line-labels";
import { lineTools } from "./line-tools";
import { crosshairAt, uprights } from "./line-uprights";
import { cleared, living } from "./living";
import { readingTable, tipView } from "./tip";

export type { LineData } from "../../charts/lines";
export type { LineSeries } from "../../charts/series";

export interface LineOptions {
  /** What the chart shows, such as "Loss". */
  readonly label: string;
  /** The vertical axis: how it begins (people may switch), and ends that stay, such as 0 and 1 for shares. */
  readonly y?: { readonly kind?: Kind; readonly from?: number; readonly to?: number };
  /** Weight of the moving average to begin with, for one training step; left out: the chart does not smooth. */
  readonly smoothing?: number;
  /** Height of the plot with its axes, in pixels. */
  readonly height?: number;
  /** Opens a training step. */
  onPick?(step: number): void;
}

export interface LineChart {
  /** Draws in the next frame; of several updates in one frame the last one. */
  update(data: LineData): void;
  destroy(): void;
}

const LEFT = 56;
const RIGHT = 12;
const TOP = 10;
const HEIGHT = 260;

/** Curves by training step; exact under the pointer or the arrow keys. */
export function lineChart(host: HTMLElement, options: LineOptions): LineChart {
  const height = options.height ?? HEIGHT;
  let data: LineData = { series: [] };
  let kind: Kind = options.y?.kind ?? "linear";
  let weight = options.smoothing ?? 0;
  let zoom: Interval | null = null;
  let previous: { x: Interval | null; y: Interval | null } = { x: null, y: null };
  let marks: LineMarks | null = null;
  /** The training step that is pointed at. */
  let cursor: number | null = null;
  let plotWidth = 0;
  const hidden = new Set<string>();
  /** Smoothed curves, in arrays that serve again. */
  let averages = new Map<string, Float32Array>();
  const shown = () => data.series.filter(({ id }) => !hidden.has(id));

  const canvas = element("canvas", { "aria-hidden": "true" });
  const frame = svgElement("g");
  const verticals = svgElement("g", { class: "verticals" });
  const crosshair = svgElement("g", { class: "crosshair" });
  const brush = svgElement("rect", { class: "brush", y: 0 });
  const name = element("figcaption", { id: `chart-${++made}` }, options.label);
  const help = element("span", { id: `chart-${made}-keys`, hidden: true }, helpText(options.onPick !== undefined));
  const plot = element("div", {
    ...{ class: "plot", tabindex: 0, role: "application", "aria-roledescription": "line chart" },
    ...{ "aria-labelledby": name.id, "aria-describedby": help.id },
  });
  const spoken = element("p", { class: "spoken", "aria-live": "polite" });
  const tip = tipView();
  const labels = lineLabels((id) => {
    if (!hidden.delete(id)) hidden.add(id);
    previous = { ...previous, y: null };
    drawing.request();
  });
  const tools = lineTools({
    smoothing: options.smoothing ?? null,
    scale(chosen) {
      kind = chosen;
      previous = { ...previous, y: null };
      drawing.request();
    },
    smooth(chosen) {
      weight = chosen;
      drawing.request();
    },
    reset: () => zoomTo(null),
  });
  const below = svgElement("svg", { "aria-hidden": "true" }, frame, labels.leaders);
  const above = svgElement("svg", { "aria-hidden": "true" }, brush, verticals, crosshair);
  const box = element("div", { class: "plot-box" }, below, canvas, above, plot, labels.beside, tip.root);
  box.style.height = `${height}px`;
  const root = element(
    "figure",
    { class: "chart line-chart" },
    element("div", { class: "chart-head" }, name, tools.root),
  );
  root.append(box, labels.below, help, spoken);
  host.append(root);
  const axes = axesView(frame);

  const draw = () => {
    const width = box.clientWidth;
    if (width === 0) return;
    const rows = data.stepsPerEpoch ? 2 : 1;
    const plotHeight = height - TOP - rows * ROW - 4;
    const beside = labels.widthFor(data.series, width, plotHeight);
    plotWidth = Math.max(80, width - LEFT - (beside || RIGHT));
    const last = stepsOf(data.series)?.[1] ?? 0;
    if (zoom && last < zoom[0]) zoom = null; // the run has begun anew
    averages = new Map(weight > 0 ? shown().map((one) => [one.id, smooth(one, weight, averages.get(one.id))]) : []);
    const size = { width: plotWidth, height: plotHeight };
    const ends = { from: options.y?.from, to: options.y?.to };
    marks = lineMarks(data, { ...size, ...ends, kind, zoom, smoothed: averages, hidden, previous });
    previous = { x: zoom ? previous.x : marks.x.domain, y: marks.y.domain };
    const context = cleared(canvas, width, height);
    if (context) {
      context.translate(LEFT, TOP);
      drawLines(context, marks);
    }
    for (const group of [frame, labels.leaders, brush, verticals, crosshair]) {
      group.setAttribute("transform", `translate(${LEFT} ${TOP})`);
    }
    plot.style.inset = `${TOP}px ${width - LEFT - plotWidth}px ${height - TOP - plotHeight}px ${LEFT}px`;
    labels.beside.style.inset = `${TOP}px 0 auto ${LEFT + plotWidth + 12}px`;
    brush.setAttribute("height", String(plotHeight));
    const { xTicks, yTicks, epochs } = marks;
    axes.update({
      ...{ width: plotWidth, height: plotHeight, names: ["step", "epoch"], grid: true },
      ...{ xTicks, yTicks, epochs },
    });
    labels.update(data.series, hidden, marks.ends, { width: plotWidth, height: plotHeight, beside: beside > 0 });
    tools.update({ kind, zoomed: zoom !== null });
    verticals.replaceChildren(...uprights(marks));
    point();
  };
  const drawing = living(box, draw);

  /** Shows the crosshair and the numbers of the step it stands at. */
  const point = () => {
    const x = marks && cursor !== null ? place(marks.x, cursor) : Number.NaN;
    if (!marks || cursor === null || !(x >= 0 && x <= plotWidth)) {
      crosshair.replaceChildren();
      tip.hide();
      return;
    }
    const readings = readingsAt(shown(), cursor);
    crosshair.replaceChildren(...crosshairAt(x, cursor, readings, marks.y));
    tip.show({ x: LEFT + x, y: TOP, width: box.clientWidth, bottom: height + TOP }, ...readingTable(cursor, readings));
  };
  const moveTo = (step: number | null) => {
    cursor = step;
    point();
  };
  const stepAtPixel = (x: number) => (marks ? nearestStep(shown(), invert(marks.x, x)) : null);
  const zoomTo = (next: Interval | null) => {
    zoom = next;
    previous = { ...previous, y: null };
    drawing.request();
  };

  plotGestures(plot, {
    point: (x) => moveTo(x === null ? null : stepAtPixel(x)),
    pick(x) {
      const step = stepAtPixel(x);
      if (step !== null) options.onPick?.(step);
    },
    brush(stretch) {
      brush.setAttribute("x", String(stretch?.[0] ?? 0));
      brush.setAttribute("width", String(stretch ? stretch[1] - stretch[0] : 0));
    },
    zoom([from, to]) {
      // Less than one step could not be zoomed into.
      if (marks) zoomTo(atLeastOneStep([invert(marks.x, from), invert(marks.x, to)]));
    },
    reset: () => zoomTo(null),
    zoomed: () => zoom !== null,
  });
  lineKeys(plot, {
    series: shown,
    cursor: () => cursor ?? data.now ?? stepsOf(data.series)?.[1] ?? null,
    window: () => marks?.x.domain ?? [0, 1],
    zoomed: () => zoom !== null,
    move(step) {
      moveTo(step);
      if (step !== null) setText(spoken, sentenceAt(shown(), step));
    },
    zoomTo: (window) => zoomTo(window && atLeastOneStep(window)),
    pick: (step) => options.onPick?.(step),
  });

  return {
    update(next) {
      data = next;
      drawing.request();
    },
    destroy() {
      drawing.destroy();
      root.remove();
    },
  };
}

let made = 0;

function helpText(picks: boolean): string {
  const enter = picks ? " Enter opens the step." : "";
  return `Left and Right move from step to step, with Shift further.${enter} Plus and minus zoom, 0 shows all.`;
}

function atLeastOneStep([from, to]: Interval): Interval {
  const missing = Math.max(0, 1 - (to - from)) / 2;
  return [from - missing, to + missing];
}
