// Histograms of signed numbers, zero in the middle. Pure: no DOM.

import { formatNumber } from "../format";
import { valueDomain } from "./domain";
import { formatCount } from "./labels";

/** How many numbers lie where: equal bins over [-largest, largest]. */
export interface Bins {
  readonly counts: readonly number[];
  readonly largest: number;
}

export interface HistogramBar {
  readonly x: number;
  readonly width: number;
  readonly y: number;
  readonly height: number;
  readonly negative: boolean;
}

/** A bin that is not empty stays visible beside one of thousands. */
const LOWEST = 1;

/**
 * Bars over the axis [-scale, scale], `width` by `height` pixels. Heights go by the square root of the counts, so that
 * a peak at zero (a ReLU's) leaves something to be seen of the others; the fullest bin has the whole height.
 */
export function histogramBars({ counts, largest }: Bins, scale: number, width: number, height: number): HistogramBar[] {
  if (!(scale > 0) || !(largest > 0) || !Number.isFinite(largest)) return [];
  const most = Math.max(...counts);
  const reach = (largest / scale) * width;
  const wide = reach / counts.length;
  const from = (width - reach) / 2;
  return counts.flatMap((count, i) => {
    if (count === 0) return [];
    const tall = Math.max(LOWEST, Math.sqrt(count / most) * height);
    return [{ x: from + i * wide, width: wide, y: height - tall, height: tall, negative: i < counts.length / 2 }];
  });
}

/** One round scale for several histograms, that moves seldom; 0 where there is nothing to show. */
export function sharedScale(previous: number, all: readonly Bins[]): number {
  const largest = Math.max(0, ...all.map((bins) => bins.largest).filter(Number.isFinite));
  if (largest === 0) return 0;
  return valueDomain(previous > 0 ? [-previous, previous] : null, [-largest, largest], "linear")[1];
}

/** The bin at `share` of the axis, 0 to 1; null where the histogram has none. */
export function binAt({ counts, largest }: Bins, scale: number, share: number): number | null {
  const index = Math.floor((((2 * share - 1) * scale) / largest + 1) * (counts.length / 2));
  return index >= 0 && index < counts.length ? index : null;
}

/** "12 of 100 numbers lie in 0.1 … 0.2". */
export function binText({ counts, largest }: Bins, index: number): string {
  const [width, all] = [(2 * largest) / counts.length, counts.reduce((sum, count) => sum + count, 0)];
  const [from, to] = [index, index + 1].map((edge) => formatNumber(edge * width - largest));
  return `${formatCount(counts[index] ?? 0)} of ${formatCount(all)} numbers lie in ${from} … ${to}`;
}
