// The numbers of a curve, one for each training step or for some of them. Pure: no DOM.
import { formatCount } from "./labels";

/** Entry i holds the number `ys[i]` of training step `xs[i]`. */
export interface Samples {
  /** Training steps, ascending. Left out: entry i is training step `first + i * every`. */
  readonly xs?: Float64Array | Int32Array | undefined;
  /** Training step of the first entry; 0 where left out. */
  readonly first?: number | undefined;
  /** Training steps from one entry to the next; 1 where left out. */
  readonly every?: number | undefined;
  readonly ys: Float32Array;
  /** How many entries count, where the arrays are longer than what is known so far. */
  readonly length?: number | undefined;
}

export interface LineSeries extends Samples {
  readonly id: string;
  readonly label: string;
  /** Which of the eight looks, from 0 (`looks.ts`): colour, dashes, end marker. */
  readonly look: number;
  /** Where this curve goes on from another one. */
  readonly branch?: { readonly of: string; readonly from: number } | undefined;
}

export function countOf({ ys, length }: Samples): number {
  return Math.min(length ?? ys.length, ys.length);
}

/** The training step of an entry. */
export function stepAt({ xs, first = 0, every = 1 }: Samples, index: number): number {
  return xs ? (xs[index] ?? Number.NaN) : first + index * every;
}

/** The first entry at training step `step` or later; as many as there are where there is none. */
export function indexFrom(samples: Samples, step: number): number {
  const count = countOf(samples);
  const { xs, first = 0, every = 1 } = samples;
  if (!xs) return Math.min(count, Math.max(0, Math.ceil((step - first) / every)));
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xs[middle] ?? Number.POSITIVE_INFINITY) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The last entry at training step `step` or earlier; -1 where there is none. */
export function indexUpTo(samples: Samples, step: number): number {
  const index = indexFrom(samples, step);
  return index < countOf(samples) && stepAt(samples, index) === step ? index : index - 1;
}

/** The training step from which on a curve holds no finite number; null where it ends well, or never began. */
export function divergedAt(samples: Samples): number | null {
  let index = countOf(samples);
  while (index > 0 && !Number.isFinite(samples.ys[index - 1])) index -= 1;
  return index < countOf(samples) ? stepAt(samples, index) : null;
}

/** A curve by name, and how it ended where it ended badly. */
export function captionOf(series: LineSeries): string {
  const step = divergedAt(series);
  return step === null ? series.label : `${series.label}, diverged at step ${formatCount(step)}`;
}
