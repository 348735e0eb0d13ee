// From numbers to pixels and back, and where an axis carries its marks. Pure: no DOM.
import { ticks } from "d3-array";
import { formatCount, formatTick } from "./labels";

export type Kind = "linear" | "log";
export type Interval = readonly [from: number, to: number];

/** `domain` is shown over `range`, in pixels; the range of a vertical axis runs upwards: [height, 0]. */
export interface Axis {
  readonly kind: Kind;
  readonly domain: Interval;
  readonly range: Interval;
}

export interface Tick {
  readonly value: number;
  /** Pixels. */
  readonly at: number;
  readonly label: string;
}

/** Whether an axis has a place for a number: log has none for zero and below, neither has one for NaN and infinities. */
export function hasPlace(kind: Kind, x: number): boolean {
  return Number.isFinite(x) && (kind === "linear" || x > 0);
}

/** The pixel of a number; NaN where the axis has no place for it. */
export function place({ kind, domain, range }: Axis, x: number): number {
  const [from, to] = kind === "log" ? [Math.log(domain[0]), Math.log(domain[1])] : domain;
  const share = ((kind === "log" ? Math.log(x) : x) - from) / (to - from);
  return Number.isFinite(share) ? range[0] + share * (range[1] - range[0]) : Number.NaN;
}

/** The number at a pixel. */
export function invert({ kind, domain, range }: Axis, pixel: number): number {
  const share = (pixel - range[0]) / (range[1] - range[0]);
  if (kind === "linear") return domain[0] + share * (domain[1] - domain[0]);
  return Math.exp(Math.log(domain[0]) + share * Math.log(domain[1] / domain[0]));
}

/** Round numbers along an axis, no closer than `room` pixels. */
export function ticksOf(axis: Axis, room: number): Tick[] {
  const count = Math.max(2, Math.floor(Math.abs(axis.range[1] - axis.range[0]) / room));
  const values = axis.kind === "log" ? logTicks(axis.domain, count) : ticks(axis.domain[0], axis.domain[1], count);
  return values.map((value) => ({ value, at: place(axis, value), label: formatTick(value) }));
}

/** Whole training steps along an axis. */
export function stepTicks(axis: Axis, room: number): Tick[] {
  const count = Math.max(1, Math.floor(Math.abs(axis.range[1] - axis.range[0]) / room));
  return ticks(axis.domain[0], axis.domain[1], count)
    .filter(Number.isInteger)
    .map((value) => ({ value, at: place(axis, value), label: formatCount(value) }));
}

/** The ends of epochs along an axis of training steps, every n-th where they would be closer than `room` pixels. */
export function epochTicks(axis: Axis, stepsPerEpoch: number, room: number): Tick[] {
  const [from, to] = axis.domain;
  const width = Math.abs(place(axis, from + stepsPerEpoch) - place(axis, from));
  if (!(stepsPerEpoch > 0 && width > 0)) return [];
  const every = roundCount(room / width);
  const found: Tick[] = [];
  for (let epoch = every * Math.max(1, Math.ceil(from / stepsPerEpoch / every)); ; epoch += every) {
    const value = epoch * stepsPerEpoch;
    if (value > to) return found;
    found.push({ value, at: place(axis, value), label: formatCount(epoch) });
  }
}

/** Powers of ten; between few of them also their doubles and fives, among many only every n-th. */
function logTicks([from, to]: Interval, count: number): number[] {
  const [low, high] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  const inside = (x: number) => x >= from * (1 - 1e-9) && x <= to * (1 + 1e-9);
  const every = roundCount((high - low) / count);
  const factors = high - low <= count / 2 ? [1, 2, 5] : [1];
  const found: number[] = [];
  for (let power = Math.ceil(low / every) * every; power <= high; power += every) {
    for (const factor of factors) found.push(Number(`${factor}e${power}`));
  }
  return found.filter(inside);
}

/** The smallest of 1, 2, 5, 10, 20 ... that is no less than `x`. */
function roundCount(x: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(x, 1))));
  return power * ([1, 2, 5].find((factor) => factor * power >= x) ?? 10);
}
