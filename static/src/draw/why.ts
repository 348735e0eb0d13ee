// The maps that say where a score comes from, and what is written beside them. Pure.

import { ranked } from "./answer-words";
import { numbersOf, type Why } from "./api";

export const SIDE = 28;

/** One number for each pixel, row by row; those of magnitude `scale` and beyond are drawn in full hue. */
export interface PixelMap {
  readonly numbers: Float32Array;
  readonly scale: number;
}

/** What the pixels give to the score of a digit, and what no pixel gives; both add up to the score. */
export interface Part {
  readonly digit: number;
  readonly numbers: Float32Array;
  readonly pixels: number;
  readonly rest: number;
  readonly score: number;
}

/** An answer with its maps unpacked. */
export interface Explained {
  readonly why: Why;
  /** The digit that the network takes the picture for. */
  readonly winner: number;
  /** Of each digit; all are drawn with the same scale. */
  readonly parts: readonly Part[];
  readonly maps: Readonly<Record<Kind, PixelMap>>;
}

export type Kind = "evidence" | "gradient" | "integrated";

/** The maps of a digit: what they are called, mean and are computed by; `c` stands for the digit. */
export const KINDS: Readonly<
  Record<
    Kind,
    {
      label: string;
      title: string;
      role: "value" | "grad";
      against: string;
      inFavour: string;
      says: string;
      latex: string;
    }
  >
> = {
  evidence: {
    label: "Evidence",
    title: "Evidence",
    role: "value",
    against: "against it",
    inFavour: "for it",
    says: "How much each pixel adds to the score: its value times the gradient of the score by it.",
    latex:
      "z_{c} = \\sum_i \\htmlClass{v}{x_i} \\cdot \\htmlClass{g}{\\frac{\\partial z_{c}}{\\partial x_i}} + \\text{rest}",
  },
  gradient: {
    label: "Gradient",
    title: "Gradient",
    role: "grad",
    against: "ink lowers it",
    inFavour: "ink raises it",
    says: "How the score would change with a little more ink, for each pixel, also where there is none yet.",
    latex: "\\htmlClass{g}{\\frac{\\partial z_{c}}{\\partial x_i}}",
  },
  integrated: {
    label: "Integrated",
    title: "Integrated gradients",
    role: "value",
    against: "against it",
    inFavour: "for it",
    says: "The same as evidence, with the mean of the gradient at points x′ + α (x − x′) on the way from an empty picture x′ to the drawing x.",
    latex:
      "(\\htmlClass{v}{x_i} - x'_i) \\cdot \\operatorname{mean}_{\\alpha} \\htmlClass{g}{\\frac{\\partial z_{c}}{\\partial x_i}}",
  },
};

/** Unpacks an answer. */
export function explained(why: Why): Explained {
  const parts = why.evidence.map(({ digit, map, rest, score }): Part => {
    const numbers = numbersOf(map);
    return { digit, numbers, pixels: sumOf(numbers), rest, score };
  });
  const [gradient, integrated] = [numbersOf(why.gradient), numbersOf(why.integrated.map)];
  const common = strongOf(...parts.map(({ numbers }) => numbers));
  return {
    why,
    winner: likeliest(why.probabilities),
    parts,
    maps: {
      evidence: { numbers: parts[why.of]?.numbers ?? new Float32Array(), scale: common },
      gradient: { numbers: gradient, scale: strongOf(gradient) },
      integrated: { numbers: integrated, scale: strongOf(integrated) },
    },
  };
}

/** The digit with the largest probability, `but` for one. */
export function likeliest(probabilities: readonly number[], but: number | null = null): number {
  return ranked(probabilities).find((digit) => digit !== but) ?? 0;
}

export function sumOf(numbers: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < numbers.length; i++) sum += numbers[i] ?? 0;
  return sum;
}

/** The largest magnitude. */
export function largestOf(numbers: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i] ?? 0));
  return largest;
}

/** Share of the numbers that the scale holds: the few largest ones would leave all others pale. */
const HELD = 0.99;

/** The magnitude that only a hundredth of the numbers exceeds, zeros left out: a scale that shows the others, too. */
export function strongOf(...maps: readonly Float32Array[]): number {
  const magnitudes = Float32Array.from(maps.flatMap((map) => [...map].filter(Boolean).map(Math.abs))).sort();
  return magnitudes[Math.ceil(HELD * magnitudes.length) - 1] ?? 0;
}

/** Where the largest magnitude is. */
export function largestAt(numbers: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < numbers.length; i++) if (Math.abs(numbers[i] ?? 0) > Math.abs(numbers[at] ?? 0)) at = i;
  return at;
}

/** The drawing as a network reads it: ink from 0 to 1. */
export function inkOf(picture: readonly (readonly number[])[]): Float32Array {
  return Float32Array.from(picture.flat(), (level) => level / 255);
}
