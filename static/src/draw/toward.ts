// What gradient steps on the pixels made of a picture. Pure.

import { percent } from "./answer-words";
import { numbersOf, type Toward } from "./api";
import { largestAt, largestOf, likeliest, type PixelMap, SIDE } from "./why";
import { aDigit, signed } from "./why-words";

/** The picture after some gradient steps, and how it differs from the one that was drawn. */
export interface Frame {
  readonly ink: Float32Array;
  readonly change: PixelMap;
  readonly probabilities: readonly number[];
}

/** The frames of an answer; their changes are drawn with one scale, that of the largest. */
export function framesOf({ frames }: Toward): readonly Frame[] {
  const inks = frames.map(({ picture }) => numbersOf(picture));
  const [drawn] = inks;
  const changes = inks.map((ink) => ink.map((pixel, i) => pixel - (drawn?.[i] ?? 0)));
  const scale = Math.max(0, ...changes.map(largestOf));
  return frames.map(({ probabilities }, i) => ({
    ink: inks[i] as Float32Array,
    change: { numbers: changes[i] as Float32Array, scale },
    probabilities,
  }));
}

/** What happened until frame `at`. */
export function towardText(frames: readonly Frame[], at: number, target: number): string {
  const [first, now] = [frames[0], frames[at]];
  if (!first || !now) return "";
  const [began, is] = [likeliest(first.probabilities), likeliest(now.probabilities)];
  const chance = (frame: Frame, digit: number) => percent(frame.probabilities[digit] ?? 0);
  if (at === 0) {
    return began === target
      ? `The network takes it for ${aDigit(target)} already (${chance(now, target)}).`
      : `As drawn, the network takes it for ${aDigit(began)} (${chance(now, began)}); ${aDigit(target)} has ${chance(now, target)}.`;
  }
  const steps = at === 1 ? "1 gradient step" : `${at} gradient steps`;
  const stillOrNow = is === began && is !== target ? "still takes" : "takes";
  const other = is === target ? "" : `; ${aDigit(target)} has ${chance(now, target)}`;
  const most = largestAt(now.change.numbers);
  const change = signed(now.change.numbers[most] ?? 0);
  const where = `row ${Math.floor(most / SIDE)}, column ${most % SIDE} (${change})`;
  return `After ${steps} on the pixels the network ${stillOrNow} it for ${aDigit(is)} (${chance(now, is)}${other}). Largest change: ${where}.`;
}
