// What an axis shows while its numbers grow: it moves in round steps, seldom, and is left alone in between. Pure.
import { tickStep } from "d3-array";
import type { Interval, Kind } from "./axis";

/** Where an axis of training steps may end, times a power of ten. */
const ENDS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
/** Where a log axis may begin and end. */
const ROUND = [1, 2, 5, 10];
/** An axis shrinks only where that leaves it at most so much of its length. */
const SHRINK = 0.5;
/** What is left free beyond the outermost numbers, as a share of what they span. */
const HEADROOM = 0.02;
/** Linear axes are made of about so many round intervals. */
const INTERVALS = 5;

/**
 * An axis of training steps that shows 0 to `last`, with some room to go on; a run's planned end is its end.
 * What was shown before stays as long as it is long enough, and not far too long.
 */
export function stepDomain(
  previous: Interval | null,
  last: number,
  planned: number = Number.POSITIVE_INFINITY,
): Interval {
  const fitting: Interval = [0, Math.max(last, Math.min(planned, roundUp(Math.max(last, 10), ENDS)))];
  const keeps = previous && last <= previous[1] && previous[1] <= planned && fitting[1] > SHRINK * previous[1];
  return keeps ? previous : fitting;
}

/** An axis of numbers that shows `extent`; `fixed` ends are what they are. */
export function valueDomain(
  previous: Interval | null,
  extent: Interval | null,
  kind: Kind,
  fixed: { readonly from?: number | undefined; readonly to?: number | undefined } = {},
): Interval {
  if (!extent) return previous ?? (kind === "log" ? [0.1, 1] : [fixed.from ?? 0, fixed.to ?? 1]);
  const [low, high] = kind === "log" ? fitLog(extent) : fitLinear(extent);
  const end = (given: number | undefined, fitted: number) =>
    given !== undefined && (kind === "linear" || given > 0) ? given : fitted;
  const fitting: Interval = [end(fixed.from, low), end(fixed.to, high)];
  if (!(fitting[0] < fitting[1])) return [low, high];
  if (!previous || (kind === "log" && !(previous[0] > 0))) return fitting;
  const length = ([from, to]: Interval) => (kind === "log" ? Math.log(to / from) : to - from);
  const contains = previous[0] <= extent[0] && extent[1] <= previous[1];
  return contains && length(fitting) > SHRINK * length(previous) ? previous : fitting;
}

function fitLinear([low, high]: Interval): Interval {
  const span = high - low || Math.abs(high) || 1;
  const step = tickStep(low - HEADROOM * span, high + HEADROOM * span, INTERVALS);
  const bottom = Math.floor((low - HEADROOM * span) / step);
  const top = Math.ceil((high + HEADROOM * span) / step);
  // What is never negative has no room below zero.
  return [(low >= 0 ? Math.max(0, bottom) : bottom) * step, (high <= 0 ? Math.min(0, top) : top) * step];
}

function fitLog([low, high]: Interval): Interval {
  const [from, to] = [roundDown(low, ROUND), roundUp(high, ROUND)];
  return from < to ? [from, to] : [roundDown(from * 0.9, ROUND), roundUp(to * 1.1, ROUND)];
}

/** The smallest of `factors` times a power of ten that is no less than `x`. */
function roundUp(x: number, factors: readonly number[]): number {
  const power = Math.floor(Math.log10(x));
  const found = factors.map((factor) => Number(`${factor}e${power}`)).find((round) => round >= x * (1 - 1e-12));
  return found ?? Number(`1e${power + 1}`);
}

function roundDown(x: number, factors: readonly number[]): number {
  const power = Math.floor(Math.log10(x));
  return factors.map((factor) => Number(`${factor}e${power}`)).findLast((round) => round <= x * (1 + 1e-12)) ?? x;
}
