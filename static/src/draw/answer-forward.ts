// The forward pass of one digit as something to look at, and the way into the stepper. Pure.

import { formatCount } from "../charts/labels";
import { formatNumber } from "../format";
import { toAddress } from "../permalink";
import { type Asked, numbersOf, type Why } from "./api";

/** A layer's numbers between the pixels and the logits. */
export interface Layer {
  readonly title: string;
  readonly numbers: Float32Array;
  readonly columns: number;
  readonly above: number;
  readonly below: number;
}

/** A picture of numbers is at most so many times as wide as it is high. */
const WIDEST = 4;

/** The layers between the pixels and the logits. */
export function hiddenLayers({ layers }: Why): Layer[] {
  return layers.slice(0, -1).map(({ title, values }) => {
    const numbers = numbersOf(values);
    return {
      title,
      numbers,
      columns: columnsOf(numbers.length),
      above: numbers.filter((number) => number > 0).length,
      below: numbers.filter((number) => number < 0).length,
    };
  });
}

/** How many cells of `count` stand beside each other: rows are full where that makes no long stripe. */
export function columnsOf(count: number): number {
  const square = Math.ceil(Math.sqrt(count));
  for (let columns = square; columns * columns <= WIDEST * count; columns++) if (count % columns === 0) return columns;
  return Math.max(1, square);
}

/** The magnitude at which all layers have the full hue, so that they can be compared; 1 where all are 0. */
export function commonScale(layers: readonly Layer[]): number {
  let largest = 0;
  for (const { numbers } of layers) {
    for (const number of numbers) if (Number.isFinite(number)) largest = Math.max(largest, Math.abs(number));
  }
  return largest || 1;
}

/** How many of its numbers are above zero, at zero and below. */
export function countsText({ numbers, above, below }: Layer): string {
  const zero = numbers.length - above - below;
  const parts = [`${above} above zero`, `${zero} at zero`, `${below} below`].filter((part) => !part.startsWith("0 "));
  return `${numbers.length} values: ${parts.join(", ")}.`;
}

/** The numbers of softmax: a logit, e to it, and the sum of e to all of them; null where they are too large to write. */
export function softmaxOf(
  logits: readonly number[],
  digit: number,
): { logit: string; top: string; sum: string } | null {
  const powers = logits.map(Math.exp);
  const sum = powers.reduce((total, power) => total + power, 0);
  const [logit, top] = [logits[digit], powers[digit]];
  if (logit === undefined || top === undefined || !Number.isFinite(sum) || !(sum > 0)) return null;
  return { logit: formatNumber(logit), top: powerText(top), sum: powerText(sum) };
}

/** So many digits that a quotient close to 1 does not look like 1. */
function powerText(power: number): string {
  return power >= 1000 && power < 1e9 ? formatCount(Math.round(power)) : formatNumber(power);
}

/** Where the bar of a logit begins and ends, as shares of an axis on which all ten and 0 lie. */
export function barOf(logits: readonly number[], digit: number): { from: number; to: number } {
  const finite = logits.filter(Number.isFinite);
  const [least, most] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const place = (x: number) => (most > least ? (Math.min(most, Math.max(least, x)) - least) / (most - least) : 0);
  const [zero, end] = [place(0), place(logits[digit] || 0)];
  return { from: Math.min(zero, end), to: Math.max(zero, end) };
}

/** Where the pass through the network is walked, forward and backward, without changing it. */
export function walkAddress({ code, network, lessons, rate }: Asked, label: number | null): string {
  return toAddress({
    scene: "digit",
    source: null,
    values: {},
    choices: {
      picture: code,
      network,
      ...(label === null ? {} : { label: String(label) }),
      ...(lessons ? { lessons, rate: String(rate) } : {}),
      pass: "look",
    },
    position: { step: 0, element: null, term: 0, largest_first: false },
  });
}
