// The exponential moving average. Pure: no DOM.
import { countOf, type Samples } from "./series";

/**
 * The average of a curve up to each of its entries, older ones counting less: an entry d training steps back has
 * `weight ** d` of the newest one's weight, and all weights are divided by their sum, so that the first numbers are not
 * drawn towards zero. The weight is one training step's, whatever lies between two entries: curves of one run that are
 * sampled differently have the same memory. 0 leaves a curve as it is.
 *
 * NaN and infinities stay what they are and leave no trace in what follows. `into` is filled and returned; an array too
 * short for it is replaced by one twice as long as needed.
 */
export function smooth(samples: Samples, weight: number, into: Float32Array = new Float32Array(0)): Float32Array {
  const count = countOf(samples);
  const { ys, xs, every = 1 } = samples;
  const smoothed = into.length >= count ? into : new Float32Array(2 * count);
  let gap: number = every;
  let kept = weight ** every;
  let sum = 0;
  let weights = 0;
  // Written for speed: this loop sees every number. Once the sum of the weights has settled, no division is left to do.
  let settled = Number.NaN;
  let share = 1;
  for (let i = 0; i < count; i++) {
    const y = ys[i] as number;
    if (xs !== undefined && i > 0) {
      const now = (xs[i] as number) - (xs[i - 1] as number);
      if (now !== gap) {
        gap = now;
        kept = weight ** now;
        settled = Number.NaN;
      }
    }
    sum *= kept;
    if (y - y !== 0) {
      weights *= kept;
      smoothed[i] = y;
      continue;
    }
    sum += y;
    if (weights !== settled) {
      const before = weights;
      weights = weights * kept + 1;
      share = 1 / weights;
      if (weights === before) settled = weights;
    }
    smoothed[i] = sum * share;
  }
  return smoothed;
}
