// What is written beside the maps of a prediction. Pure.

import { formatNumber } from "../format";
import type { Text } from "../state";
import { type Explained, type Kind, type Part, SIDE } from "./why";

/** A digit with its article: a 7, an 8. */
export function aDigit(digit: number): string {
  return digit === 8 ? "an 8" : `a ${digit}`;
}

/** A number with its sign, + as well. */
export function signed(number: number, digits?: number): string {
  return (number > 0 ? "+" : "") + formatNumber(number, digits);
}

/** A number with two decimals; `plus`: its sign is written in any case. */
export function hundredths(number: number, plus = false): string {
  const text = number.toFixed(2);
  return Number(text) === 0 ? "0.00" : (plus && number > 0 ? "+" : "") + text.replace("-", "\u2212");
}

/** A part in hundredths, rounded so that the sum holds as it is written: the rest takes what rounding leaves over. */
export function written({ pixels, score }: Part): { pixels: string; rest: string; score: string } {
  const [whole, given] = [Math.round(100 * score), Math.round(100 * pixels)];
  return {
    pixels: hundredths(given / 100, true),
    rest: hundredths((whole - given) / 100, true),
    score: hundredths(whole / 100),
  };
}

/** What gives the part of a score that no pixel gives: the networks that come with Gradwalk are linear but for ReLU. */
export function restName(network: string): string {
  return network.startsWith("run:") ? "rest" : "biases";
}

/** The check of a map: what it adds up to. */
export function checkText(answer: Explained, kind: Kind): string {
  const { why, parts } = answer;
  const { steps, sum, score, baseline } = why.integrated;
  const part = parts[why.of];
  if (kind === "gradient" || !part) return "";
  if (kind === "evidence") {
    const rest = `${restName(why.network.id)} ${signed(part.rest)}`;
    return `Sum of the map ${signed(part.pixels)}, ${rest}: score ${formatNumber(part.score)}.`;
  }
  const expected = `score ${formatNumber(score)} less baseline ${formatNumber(baseline)}: ${signed(score - baseline)}`;
  return `Sum of the map ${signed(sum)}; ${expected}. Difference ${signed(sum - (score - baseline), 2)}, from ${steps} points on the way.`;
}

/** The number of a pixel under a map. */
export function pixelWords(answer: Explained, kind: Kind, ink: ArrayLike<number>, row: number, column: number): Text {
  const at = row * SIDE + column;
  const number = (map: Kind) => signed(answer.maps[map].numbers[at] ?? 0);
  const pixel: Text = [
    ["plain", `Row ${row}, column ${column}: pixel `],
    ["value", formatNumber(ink[at] ?? 0)],
  ];
  const gradient: Text[number] = ["grad", number("gradient")];
  if (kind === "gradient") return [...pixel, ["plain", ", gradient "], gradient, ["plain", "."]];
  if (kind === "integrated")
    return [...pixel, ["plain", ", integrated gradient "], ["value", number(kind)], ["plain", "."]];
  return [
    ...pixel,
    ["plain", " × gradient "],
    gradient,
    ["plain", " = evidence "],
    ["value", number(kind)],
    ["plain", "."],
  ];
}
