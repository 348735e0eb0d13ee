// What was read, in words and percent. Pure.

import { formatCount } from "../charts/labels";
import type { Digit, Opinion, Prediction } from "./api";

/** Below this probability the digits that it may be are named. */
const SURE = 0.8;
/** They are named until they share this probability. */
const SHARED = 0.9;
/** More of them say nothing. */
const MOST_NAMED = 3;

/** A probability with a decimal; softmax gives neither 0 nor 1, so that neither is said. */
export function percent(probability: number): string {
  if (!Number.isFinite(probability)) return "no number";
  if (probability < 0.0005) return "<0.1 %";
  if (probability >= 0.9995) return ">99.9 %";
  return `${(100 * probability).toFixed(1)} %`;
}

/** The digits, the most probable first; equal ones from 0 to 9. */
export function ranked(probabilities: readonly number[]): number[] {
  return probabilities.map((_, digit) => digit).sort((a, b) => (probabilities[b] ?? 0) - (probabilities[a] ?? 0));
}

/** The digits that it may be, most probable first: one where the network is sure, none where it cannot tell. */
export function candidates(probabilities: readonly number[]): number[] {
  const order = ranked(probabilities);
  if ((probabilities[order[0] ?? 0] ?? 0) >= SURE) return order.slice(0, 1);
  let shared = 0;
  const enough = order.findIndex((digit) => {
    shared += probabilities[digit] ?? 0;
    return shared >= SHARED;
  });
  return enough >= 0 && enough < MOST_NAMED ? order.slice(0, enough + 1) : [];
}

/** What speaks against the answer, in a sentence; empty where nothing does. */
export function doubtOf(digit: Digit): string {
  const [main] = digit.opinions;
  const named = main ? candidates(main.probabilities) : [digit.digit];
  const unsure =
    named.length === 1 ? "" : named.length > 1 ? `Not sure: ${listed(named)}.` : "Not sure: it may be any of several.";
  return [unsure, digit.doubt].filter(Boolean).join(" ");
}

/** 3 or 8; 3, 5 or 8. */
export function listed(digits: readonly number[]): string {
  const last = digits.at(-1) ?? "";
  return digits.length > 1 ? `${digits.slice(0, -1).join(", ")} or ${last}` : String(last);
}

/** The answer as it is read out. */
export function spokenAnswer({ problem, digits, text }: Prediction): string {
  const [only] = digits;
  if (!only) return problem;
  if (digits.length > 1) return `Read ${digits.length} digits: ${text.replaceAll("\n", ", ")}.`;
  return [`Read as ${only.digit}, ${percent(only.probability)}.`, doubtOf(only)].filter(Boolean).join(" ");
}

/** What a network says of a digit; null: it was not asked, or has not answered yet. */
export function opinionOf(digit: Digit | null, network: string | undefined): Opinion | null {
  return digit?.opinions.find((opinion) => opinion.network === network) ?? null;
}

/** Where another network stands against the one that is explained, on one digit; empty where they agree. */
export function disagreement(main: Opinion | null, other: Opinion | null): string {
  if (!main || !other || main.digit === other.digit) return "";
  return `Disagrees: takes it for ${other.digit === 8 ? "an" : "a"} ${other.digit}`;
}

/** The same with all digits of the picture: where else they differ, where there are several. */
export function againstText(digits: readonly Digit[], picked: number, main: string | undefined, other: string): string {
  const each = digits.map((digit) => disagreement(opinionOf(digit, main), opinionOf(digit, other)));
  const count = each.filter(Boolean).length;
  const here = each[picked] ?? "";
  if (count === 0 || digits.length === 1) return here;
  const everywhere = `iffers on ${count} of ${digits.length} digits`;
  return here ? `${here}; d${everywhere}` : `D${everywhere}`;
}

/** What the server's stages of work are called; what is not named here is shown by its own name. */
const WORK: Readonly<Record<string, string>> = {
  decode: "decoding",
  read: "finding the digits",
  network: "networks",
};
const TOTAL = "total";

/** How long it took the server: "Read in 7.4 ms: decoding 2, finding the digits 4.2, networks 1.2." */
export function timeText(milliseconds: Readonly<Record<string, number>>): string {
  const parts = Object.entries(milliseconds).filter(([name]) => name !== TOTAL);
  if (parts.length === 0) return "";
  const total = milliseconds[TOTAL] ?? parts.reduce((sum, [, time]) => sum + time, 0);
  const said = parts.map(([name, time]) => `${WORK[name] ?? name} ${duration(time)}`).join(", ");
  return `Read in ${duration(total)} ms: ${said}.`;
}

/** Plain, whatever its size: 0.6, 250, 1,200. */
function duration(milliseconds: number): string {
  const tenths = Math.round(10 * milliseconds) / 10;
  return tenths < 10 ? tenths.toFixed(1) : formatCount(Math.round(milliseconds));
}
