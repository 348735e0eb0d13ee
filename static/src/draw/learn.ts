// What a training step on a drawing did, in words and numbers. Pure.

import { formatCount } from "../charts/labels";
import { formatNumber } from "../format";
import { toAddress } from "../permalink";
import { atStep } from "../player";
import { percent } from "./answer-words";
import type { Asked, Learned, Standing } from "./api";
import { type Lesson, lessonsText } from "./lessons";
import { likeliest } from "./why";
import { aDigit, signed } from "./why-words";

export const RATES = [0.001, 0.01, 0.1, 1] as const;

/** Below this loss a picture is as good as known. */
const KNOWN = 0.05;

/** What the latest training step did to the answer. */
export function lessonText({ label, before, after }: Learned): string {
  const loss = `Loss ${formatNumber(before.loss)} → ${formatNumber(after.loss)}.`;
  const [was, is] = [likeliest(before.probabilities), likeliest(after.probabilities)];
  const chance = ({ probabilities }: Standing, digit: number) => percent(probabilities[digit] ?? 0);
  const moved = `${chance(before, label)} → ${chance(after, label)}`;
  if (after.loss > before.loss) {
    return `${loss} It rose: the training step was too long. A smaller learning rate goes down.`;
  }
  if (before.loss < KNOWN) {
    return `${loss} It is ${aDigit(label)} for the copy already (${moved}): the loss is small, so are its gradients, and little moves. That is a lesson, too.`;
  }
  if (was === is) {
    const other = is === label ? "" : `; ${aDigit(label)} went ${moved}`;
    return `${loss} The copy still takes it for ${aDigit(is)} (${chance(before, is)} → ${chance(after, is)}${other}).`;
  }
  return `${loss} The copy took it for ${aDigit(was)} (${chance(before, was)}), and takes it for ${aDigit(is)} now (${chance(after, is)}).`;
}

/** What the copy says of a picture that it was not taught last. */
export function copyText(came: readonly number[], copy: readonly number[]): string {
  const [was, is] = [likeliest(came), likeliest(copy)];
  const [first, then] = [percent(came[was] ?? 0), percent(copy[is] ?? 0)];
  return was === is
    ? `The taught copy takes it for ${aDigit(is)}, too (${then}; the network as it came: ${first}).`
    : `The taught copy takes it for ${aDigit(is)} (${then}); the network as it came takes it for ${aDigit(was)} (${first}).`;
}

/** A row of the table of parameters. */
export interface ChangeRow {
  readonly title: string;
  readonly name: string;
  readonly gradient: string;
  readonly change: string;
  readonly moved: string;
  /** The number that moved most: "W1[3, 412]", its gradient, before and after, and what it moved by. */
  readonly most: { readonly name: string; readonly gradient: string; readonly values: string; readonly by: string };
}

/** What the update did to each parameter. */
export function changeRows({ changes }: Learned, rate: number): readonly ChangeRow[] {
  return changes.map(({ name, title, shape, gradient, change, moved, most }) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return {
      title,
      name,
      gradient: formatNumber(gradient),
      change: formatNumber(change),
      moved: `${formatCount(moved)} of ${formatCount(size)}`,
      most: {
        name: `${name}[${most.index.join(", ")}]`,
        gradient: signed(most.gradient),
        values: `${formatNumber(most.before, 6)} → ${formatNumber(most.after, 6)}`,
        by: `\u2212${formatNumber(rate)} × ${factor(most.gradient)} = ${signed(-rate * most.gradient)}`,
      },
    };
  });
}

/** Behind a sign of multiplication a negative number stands in brackets. */
function factor(number: number): string {
  return number < 0 ? `(${formatNumber(number)})` : formatNumber(number);
}

/** Where the latest training step on a picture can be walked: `lessons` are those before it. */
export function walkAddress(asked: Asked, label: number, lessons: readonly Lesson[]): string {
  const { code: picture, network, rate } = asked;
  const before = lessonsText(lessons, picture);
  const choices = { picture, network, label: String(label), rate: String(rate), pass: "learn" };
  return toAddress({
    scene: "digit",
    source: null,
    values: {},
    choices: before ? { ...choices, lessons: before } : choices,
    position: atStep(0),
  });
}
