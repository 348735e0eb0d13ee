// The eight looks of categorical series: a colour, and dashes and an end marker for those who do not see it. Pure.

export interface Look {
  /** A colour token of the style sheet. */
  readonly token: string;
  /** Lengths of dashes and gaps, in pixels; empty: a solid line. */
  readonly dash: readonly number[];
  /** The outline of its marker around (0, 0), as an SVG path about eight pixels across. */
  readonly marker: string;
}

export const LOOKS: readonly Look[] = [
  { token: "--series-1", dash: [], marker: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z" },
  { token: "--series-2", dash: [7, 3], marker: "M-3.5-3.5h7v7h-7z" },
  { token: "--series-3", dash: [2, 3], marker: "M0-4.5L4.5 3.5h-9z" },
  { token: "--series-4", dash: [9, 3, 2, 3], marker: "M0-5L5 0L0 5L-5 0z" },
  { token: "--series-5", dash: [12, 4], marker: "M0 4.5L4.5-3.5h-9z" },
  { token: "--series-6", dash: [4, 2], marker: "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z" },
  { token: "--series-7", dash: [7, 2, 2, 2, 2, 2], marker: "M-5-2h10v4h-10z" },
  { token: "--series-8", dash: [1, 2], marker: "M-2-5h4v10h-4z" },
];

/** The look of a series by its number, beginning anew after the eighth. */
export function lookOf(number: number): Look {
  return LOOKS[number % LOOKS.length] as Look;
}
