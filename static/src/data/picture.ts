// One picture of a data set, and what is counted on it. Pure.

import type { Picture } from "../picture";
import type { Means, Pictures } from "./api";

/** Full ink. */
export const FULL = 255;

export interface Shown {
  readonly picture: Picture;
  readonly label: number;
  readonly index: number;
}

/** The picture at a place of the page; null where there is none. */
export function pictureAt(pictures: Pictures, at: number): Shown | null {
  const index = pictures.indices[at];
  const label = pictures.labels[at];
  if (index === undefined || label === undefined) return null;
  return { picture: cut(pictures.pixels, pictures.side, at), label, index };
}

/** The mean picture of a digit. */
export function meanOf(means: Means, digit: number): Picture {
  return cut(means.pixels, means.side, digit);
}

/** The mean picture of all digits. */
export function meanOfAll(means: Means): Picture {
  const size = means.side ** 2;
  const total = means.counts.reduce((sum, count) => sum + count, 0);
  const numbers = new Float32Array(size);
  for (const [digit, count] of means.counts.entries()) {
    for (let i = 0; i < size; i++) {
      numbers[i] = (numbers[i] ?? 0) + ((means.pixels[digit * size + i] ?? 0) * count) / Math.max(1, total);
    }
  }
  return { rows: means.side, columns: means.side, numbers };
}

/** Mean grey level, and how many pixels have any ink. */
export function ink({ numbers }: Picture): { mean: number; inked: number } {
  const sum = numbers.reduce((total, number) => total + number, 0);
  return { mean: sum / numbers.length, inked: numbers.filter((number) => number > 0).length };
}

function cut(pixels: ArrayLike<number>, side: number, at: number): Picture {
  const size = side ** 2;
  return {
    rows: side,
    columns: side,
    numbers: Float32Array.from({ length: size }, (_, i) => pixels[at * size + i] ?? 0),
  };
}
