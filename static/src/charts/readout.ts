// What a chart says about one training step: every curve's own number there. Pure: no DOM.
import { formatCount, formatSingle } from "./labels";
import { countOf, indexFrom, indexUpTo, type LineSeries, stepAt } from "./series";

export interface Reading {
  readonly series: LineSeries;
  /** The entry's training step: the one asked for, or the last one before it that the curve has a number for. */
  readonly step: number;
  readonly y: number;
  /** In full. */
  readonly text: string;
}

/** The training step nearest to `x` for which any curve has an entry; null where there is none. */
export function nearestStep(series: readonly LineSeries[], x: number): number | null {
  let nearest: number | null = null;
  for (const one of series) {
    const after = indexFrom(one, x);
    for (const index of [after - 1, after]) {
      if (index < 0 || index >= countOf(one)) continue;
      const step = stepAt(one, index);
      if (nearest === null || Math.abs(step - x) < Math.abs(nearest - x)) nearest = step;
    }
  }
  return nearest;
}

/** The next training step after `step` (before it, where `direction` is -1) for which any curve has an entry. */
export function neighbourStep(series: readonly LineSeries[], step: number, direction: 1 | -1): number {
  let found = step;
  for (const one of series) {
    // Training steps are whole: half a step on lies before the next one.
    const index = direction > 0 ? indexFrom(one, step + 0.5) : indexUpTo(one, step - 0.5);
    if (index < 0 || index >= countOf(one)) continue;
    const at = stepAt(one, index);
    if (found === step || Math.abs(at - step) < Math.abs(found - step)) found = at;
  }
  return found;
}

/** The first and the last training step of all; null where there is no entry at all. */
export function stepsOf(series: readonly LineSeries[]): [first: number, last: number] | null {
  const begun = series.filter((one) => countOf(one) > 0);
  if (begun.length === 0) return null;
  return [
    Math.min(...begun.map((one) => stepAt(one, 0))),
    Math.max(...begun.map((one) => stepAt(one, countOf(one) - 1))),
  ];
}

/** The curves' numbers at a training step; those that begin later have none. */
export function readingsAt(series: readonly LineSeries[], step: number): Reading[] {
  return series.flatMap((one) => {
    const index = indexUpTo(one, step);
    if (index < 0) return [];
    const y = one.ys[index] as number;
    return { series: one, step: stepAt(one, index), y, text: formatSingle(y) };
  });
}

/** The same to be read out: "Step 41: train loss 0.25, test loss 0.5 at step 40". */
export function sentenceAt(series: readonly LineSeries[], step: number): string {
  const parts = readingsAt(series, step).map(
    (reading) =>
      `${reading.series.label} ${reading.text}${reading.step === step ? "" : ` at step ${formatCount(reading.step)}`}`,
  );
  return `Step ${formatCount(step)}: ${parts.length > 0 ? parts.join(", ") : "no numbers yet"}`;
}
