// A line chart as marks: from curves, a window and a size to pixels. Pure: no DOM; drawing only consumes these numbers.

import { clamp } from "../numbers";
import { type Axis, epochTicks, type Interval, type Kind, place, stepTicks, type Tick, ticksOf } from "./axis";
import { BREAK, extentOf, type Outline, outline } from "./decimate";
import { stepDomain, valueDomain } from "./domain";
import { stepsOf } from "./readout";
import { countOf, indexUpTo, type LineSeries, type Samples, stepAt } from "./series";

/** What a line chart shows; everything about training steps. */
export interface LineData {
  /** At most eight look different. */
  readonly series: readonly LineSeries[];
  /** Planned training steps: the axis ends there at the latest. */
  readonly planned?: number | undefined;
  readonly stepsPerEpoch?: number | undefined;
  /** Where the run stands. */
  readonly now?: number | null | undefined;
  /** The training step that was picked. */
  readonly picked?: number | null | undefined;
  /** What happened to the run, such as another learning rate, and at which training step. */
  readonly events?: readonly LineEvent[] | undefined;
}

/** How it is shown. */
export interface LineView {
  /** Pixels of the plot itself. */
  readonly width: number;
  readonly height: number;
  readonly kind: Kind;
  /** Ends of the vertical axis that stay what they are. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** The training steps zoomed to; null: all. */
  readonly zoom: Interval | null;
  /** Smoothed curves by id; those that have one are drawn faintly below it. */
  readonly smoothed: ReadonlyMap<string, Float32Array>;
  readonly hidden: ReadonlySet<string>;
  /** What the axes showed before. */
  readonly previous: { readonly x: Interval | null; readonly y: Interval | null };
}

export interface Line {
  readonly look: number;
  /** x and y by turns, in pixels; NaN breaks the line. */
  readonly points: Float32Array;
  /** The curve as it is, below its smoothed self. */
  readonly faint: boolean;
  /** A band of noise rather than a line: it fills its columns, where dashes and a wider stroke could not be seen. */
  readonly dense: boolean;
}

export interface Point {
  readonly look: number;
  readonly x: number;
  readonly y: number;
}

/** What happened at a training step. */
export interface LineEvent {
  readonly step: number;
  readonly label: string;
  /** It is what went wrong, and not what somebody did. */
  readonly wrong?: boolean;
}

/** What happened, in sight, its label on the side of its line that has more room. */
export interface EventMark {
  readonly x: number;
  readonly label: string;
  readonly wrong: boolean;
  readonly side: "left" | "right";
  /** Labels that would overlap stand in rows of their own; null: there is no row left for this one. */
  readonly row: number | null;
}

export interface LineMarks {
  readonly x: Axis;
  readonly y: Axis;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  readonly epochs: readonly Tick[];
  readonly lines: readonly Line[];
  /** Where a curve stops having numbers. */
  readonly gaps: readonly Point[];
  /** Its last number, by series; beyond a fixed end of the vertical axis it lies outside of the plot. */
  readonly ends: ReadonlyMap<string, Point>;
  /** From a curve to one that branches off. */
  readonly branches: readonly { readonly look: number; readonly from: Point; readonly to: Point }[];
  /** Pixels; null: out of sight. */
  readonly now: number | null;
  readonly picked: number | null;
  readonly events: readonly EventMark[];
}

const X_ROOM = 84;
const Y_ROOM = 44;
const EPOCH_ROOM = 48;
/** About how wide a letter of a label is, and how many rows of labels a plot has room for. */
const LETTER = 6.4;
const ROWS = 3;

/** Everything there is to draw. */
export function lineMarks(data: LineData, view: LineView): LineMarks {
  const shown = data.series.filter(({ id }) => !view.hidden.has(id));
  const last = stepsOf(data.series)?.[1] ?? 0;
  const x: Axis = {
    kind: "linear",
    domain: view.zoom ?? stepDomain(view.previous.x, Math.max(last, data.now ?? 0), data.planned),
    range: [0, view.width],
  };
  const columns = Math.max(1, Math.round(view.width));
  const outlines = shown.flatMap((series) => {
    const smoothed = view.smoothed.get(series.id);
    const drawn = (samples: Samples, faint: boolean, columns: number) => {
      return { series, samples, faint, outline: outline(samples, view.kind, x.domain, columns) };
    };
    if (!smoothed) return drawn(series, false, columns);
    // A smooth line is two pixels wide; narrower columns would only cost time.
    return [drawn(series, true, columns), drawn({ ...series, ys: smoothed }, false, Math.ceil(columns / 2))];
  });
  const extents = outlines.flatMap(({ samples, outline }) => extentOf(samples, outline.indices, x.domain) ?? []);
  const extent: Interval | null = extents.length > 0 ? [Math.min(...extents), Math.max(...extents)] : null;
  const y: Axis = {
    kind: view.kind,
    domain: valueDomain(view.previous.y, extent, view.kind, view),
    range: [view.height, 0],
  };
  const strong = outlines.filter(({ faint }) => !faint);
  const inside = (step: number | null | undefined) =>
    step !== null && step !== undefined && step >= x.domain[0] && step <= x.domain[1] ? place(x, step) : null;
  return {
    x,
    y,
    xTicks: stepTicks(x, X_ROOM),
    yTicks: ticksOf(y, Y_ROOM),
    epochs: data.stepsPerEpoch ? epochTicks(x, data.stepsPerEpoch, EPOCH_ROOM) : [],
    // Faint lines lie below all others.
    lines: [...outlines.filter(({ faint }) => faint), ...strong].map(({ series, samples, faint, outline }) => ({
      look: series.look,
      points: pointsOf(samples, outline, x, y),
      faint,
      dense: faint || (samples === series && outline.indices.length > columns),
    })),
    gaps: strong.flatMap(({ series, samples, outline }) =>
      outline.gaps.map(({ index, before }) => ({
        look: series.look,
        x: place(x, stepAt(samples, index)),
        // Also where the last number lies beyond a fixed end of the axis, its gap is in sight.
        y: before >= 0 ? clamp(place(y, samples.ys[before] as number), 0, view.height) : view.height / 2,
      })),
    ),
    ends: new Map(strong.flatMap(({ series, samples, outline }) => endOf(series, samples, outline, x, y))),
    branches: shown.flatMap((series) => branchOf(series, data.series, x, y)),
    now: inside(data.now),
    picked: inside(data.picked),
    events: eventMarks(
      (data.events ?? []).flatMap(({ step, label, wrong = false }) => {
        const at = inside(step);
        return at === null ? [] : [{ x: at, label, wrong }];
      }),
      view.width,
    ),
  };
}

function pointsOf(samples: Samples, { indices }: Outline, x: Axis, y: Axis): Float32Array {
  const points = new Float32Array(2 * indices.length);
  const [across, up] = [placer(x), placer(y)];
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] as number;
    points[2 * i] = index === BREAK ? Number.NaN : across(stepAt(samples, index));
    points[2 * i + 1] = index === BREAK ? Number.NaN : up(samples.ys[index] as number);
  }
  return points;
}

/** `place` for many numbers: what depends on the axis alone is worked out once. */
function placer(axis: Axis): (x: number) => number {
  const measure = axis.kind === "log" ? Math.log : (x: number) => x;
  const from = measure(axis.domain[0]);
  const scale = (axis.range[1] - axis.range[0]) / (measure(axis.domain[1]) - from);
  return (x) => axis.range[0] + (measure(x) - from) * scale;
}

function endOf({ id, look }: LineSeries, samples: Samples, { indices }: Outline, x: Axis, y: Axis): [string, Point][] {
  const index = indices.findLast((index) => index !== BREAK && stepAt(samples, index) <= x.domain[1]);
  if (index === undefined) return [];
  return [[id, { look, x: place(x, stepAt(samples, index)), y: place(y, samples.ys[index] as number) }]];
}

function branchOf(series: LineSeries, all: readonly LineSeries[], x: Axis, y: Axis): LineMarks["branches"] {
  const { branch, look } = series;
  const parent = branch && all.find(({ id }) => id === branch.of);
  const index = parent ? indexUpTo(parent, branch.from) : -1;
  if (!parent || index < 0 || countOf(series) === 0) return [];
  const point = (one: LineSeries, index: number): Point => ({
    look,
    x: place(x, stepAt(one, index)),
    y: place(y, one.ys[index] as number),
  });
  const [from, to] = [point(parent, index), point(series, 0)];
  return Number.isFinite(from.y + to.y) && from.x >= x.range[0] && from.x <= x.range[1] ? [{ look, from, to }] : [];
}

function eventMarks(events: readonly Pick<EventMark, "x" | "label" | "wrong">[], width: number): EventMark[] {
  const taken: Interval[][] = Array.from({ length: ROWS }, () => []);
  return [...events]
    .sort((a, b) => a.x - b.x)
    .map(({ x, label, wrong }) => {
      const side = x < width / 2 ? "right" : "left";
      const [from, to] = side === "right" ? [x, x + label.length * LETTER] : [x - label.length * LETTER, x];
      const row = taken.findIndex((spans) => spans.every((span) => to < span[0] || from > span[1]));
      taken[row]?.push([from, to]);
      return { x, label, wrong, side, row: row < 0 ? null : row };
    });
}
