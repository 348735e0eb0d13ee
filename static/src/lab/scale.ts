// A slider that goes by equal factors from one number to another. Pure.

/** Places of the slider, ends included. */
export const PLACES = 101;
const DIGITS = 2;

interface Span {
  readonly minimum: number;
  readonly maximum: number;
}

/** The number at a place, in two digits; the ends are what they are. */
export function numberAt({ minimum, maximum }: Span, place: number): number {
  if (place <= 0) return minimum;
  if (place >= PLACES - 1) return maximum;
  return Number((minimum * (maximum / minimum) ** (place / (PLACES - 1))).toPrecision(DIGITS));
}

/** The place that is nearest to a number; an end for what lies beyond. */
export function placeOf({ minimum, maximum }: Span, number: number): number {
  if (!(number > minimum)) return 0;
  const share = Math.log(number / minimum) / Math.log(maximum / minimum);
  return Math.min(PLACES - 1, Math.round(share * (PLACES - 1)));
}
