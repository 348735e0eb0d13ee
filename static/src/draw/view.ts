// What the parts of the drawing page share: what they see, and what they may ask for.

import type { Asked, Digit, Prediction } from "./api";
import type { Lesson } from "./lessons";

/** The page as it stands. */
export interface DrawView {
  /** What was read last; null: nothing was drawn or uploaded, or it was cleared. */
  readonly prediction: Prediction | null;
  /** Which of its digits is looked at. */
  readonly picked: number;
  /** Networks that are asked, the first is the one that is explained. */
  readonly networks: readonly string[];
  /** An answer is on its way, or the picture is being drawn. */
  readonly reading: boolean;
  /** What was read last is not what lies there: it is drawn on, or the newer picture could not be read. */
  readonly outdated: boolean;
  /** What the visitor's copy of the first network has been taught. */
  readonly lessons: readonly Lesson[];
  /** The learning rate of lessons. */
  readonly rate: number;
}

/** What may be asked of the page. */
export interface DrawActions {
  /** Looks at another digit of the picture. */
  pick(digit: number): void;
  /** Other networks; the first is the one that is explained. */
  choose(networks: readonly string[]): void;
  /** Other lessons for the visitor's copy. */
  teach(lessons: readonly Lesson[], rate: number): void;
}

/** A part of the page. */
export interface DrawPanel {
  update(view: DrawView): void;
}

/** Whether what was read last may not be what counts in the end. */
export function isPassing({ reading, outdated }: DrawView): boolean {
  return reading || outdated;
}

/** The digit that is looked at. */
export function pickedDigit(view: DrawView): Digit | null {
  return view.prediction?.digits[view.picked] ?? null;
}

/** What is asked about it; null where there is none. `taught`: of the visitor's copy, or of the network as it came. */
export function askedOf(view: DrawView, lessons: string): Asked | null {
  const digit = pickedDigit(view);
  const [network] = view.networks;
  return digit && network !== undefined ? { code: digit.code, network, lessons, rate: view.rate } : null;
}
