// Many points as the few that decide how their line looks. Pure: no DOM.
import type { Interval, Kind } from "./axis";
import { countOf, indexFrom, indexUpTo, type Samples, stepAt } from "./series";

/** In place of an index: the line is broken here. */
export const BREAK = -1;

/** Entries that an axis has no place for: NaN, infinities, and on a log axis zero and below. */
export interface Gap {
  /** The first of them. */
  readonly index: number;
  /** The last entry before them that has a place; -1 where there is none in sight. */
  readonly before: number;
}

export interface Outline {
  /** Entries in order, with `BREAK` between those that no line connects. */
  readonly indices: readonly number[];
  /** At most one in a column. */
  readonly gaps: readonly Gap[];
}

/**
 * The line of a curve over `window`, in training steps, `columns` pixels wide: of every column the smallest and the
 * largest number, and both ends of every stretch of line. No extreme is ever lost, and what lies between two of them in
 * a column one pixel wide could not be seen.
 *
 * One entry beyond either end of the window is kept, so that the line leaves the picture.
 */
export function outline(samples: Samples, kind: Kind, window: Interval, columns: number): Outline {
  const { ys } = samples;
  const [from, to] = window;
  const lowest = kind === "log" ? 0 : Number.NEGATIVE_INFINITY;
  const start = Math.max(0, indexFrom(samples, from) - 1);
  const end = Math.min(countOf(samples), indexUpTo(samples, to) + 2);
  // Fewer entries than columns: each is a column of its own.
  const sparse = end - start <= columns;
  const width = (to - from) / columns;
  const indices: number[] = [];
  const gaps: Gap[] = [];
  let latest = -1;
  let broken = true;
  let i = start;
  for (let column = 0; i < end; column++) {
    // The entries before the window make the first column, those after it the last.
    const next = sparse ? i + 1 : column > columns ? end : Math.min(end, indexFrom(samples, from + column * width));
    if (next <= i) continue;
    const { smallest, largest, first, last, gap, before } = survey(ys, i, next, lowest, broken);
    i = next;
    if (gap >= 0) gaps.push({ index: gap, before: before >= 0 ? before : latest });
    if (last < 0) {
      if (!broken) {
        append(indices, latest);
        indices.push(BREAK);
      }
      broken = true;
      continue;
    }
    if (broken || gap >= 0) append(indices, first);
    append(indices, Math.min(smallest, largest));
    append(indices, Math.max(smallest, largest));
    broken = last !== next - 1;
    if (broken || i >= end) append(indices, last);
    if (broken) indices.push(BREAK);
    latest = last;
  }
  return { indices, gaps };
}

/** What is to be known of a column; all are entries, -1 where there is none. */
interface Column {
  readonly smallest: number;
  readonly largest: number;
  /** The first and the last one with a place on the axis. */
  readonly first: number;
  readonly last: number;
  /** The first of a gap that begins here, and the last one with a place before it. */
  readonly gap: number;
  readonly before: number;
}

/** Written for speed: this sees every number, in nearly all columns only once. */
function survey(ys: Float32Array, from: number, to: number, lowest: number, broken: boolean): Column {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  let check = 0;
  let smallest = from;
  let largest = from;
  for (let i = from; i < to; i++) {
    const y = ys[i] as number;
    // 0 for finite numbers, NaN for all others.
    check += y - y;
    if (y < low) {
      low = y;
      smallest = i;
    }
    if (y > high) {
      high = y;
      largest = i;
    }
  }
  if (check === 0 && low > lowest) return { smallest, largest, first: from, last: to - 1, gap: -1, before: -1 };
  return surveyGaps(ys, from, to, lowest, broken);
}

function surveyGaps(ys: Float32Array, from: number, to: number, lowest: number, broken: boolean): Column {
  let [smallest, largest, first, last, gap, before] = [-1, -1, -1, -1, -1, -1];
  for (let i = from; i < to; i++) {
    const y = ys[i] as number;
    if (y > lowest && y < Number.POSITIVE_INFINITY) {
      if (first < 0) first = i;
      last = i;
      if (smallest < 0 || y < (ys[smallest] as number)) smallest = i;
      if (largest < 0 || y > (ys[largest] as number)) largest = i;
    } else if (gap < 0 && (last >= 0 || !broken || i === 0)) {
      gap = i;
      before = last;
    }
  }
  return { smallest, largest, first, last, gap, before };
}

/** Entries come in order, some of them twice. */
function append(indices: number[], index: number): void {
  if (index > (indices.at(-1) ?? BREAK)) indices.push(index);
}

/** The smallest and largest of the outlined numbers inside the window; null where there is none. */
export function extentOf(samples: Samples, indices: readonly number[], [from, to]: Interval): Interval | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const index of indices) {
    if (index === BREAK) continue;
    const step = stepAt(samples, index);
    if (step < from || step > to) continue;
    const y = samples.ys[index] as number;
    if (y < low) low = y;
    if (y > high) high = y;
  }
  return low <= high ? [low, high] : null;
}
