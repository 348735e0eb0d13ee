// Numbers and shapes as people read them, the same as in the server's sentences. Pure.

import type { Value } from "./state";

const MINUS = "\u2212";
const DIGITS = 4;

/** A number in four significant digits, or fewer: 0.2231, −0.6691, 1.5, 1.234e−6, NaN, −∞. */
export function formatNumber(number: number, digits = DIGITS): string {
  const exponent = Math.floor(Math.log10(Math.abs(Number(number.toPrecision(digits)))));
  // JavaScript would write 0.000001234 out; large numbers it gives an exponent of its own accord.
  const tiny = number !== 0 && exponent < -4;
  return prettied(number, tiny ? number.toExponential(digits - 1) : number.toPrecision(digits));
}

/** A number with every digit that tells it from its neighbours. */
export function formatExact(number: number): string {
  return prettied(number, String(number));
}

/** The sizes of the axes: 100×784; a scalar has none. */
export function formatShape(shape: readonly number[]): string {
  return shape.length > 0 ? shape.join("×") : "scalar";
}

/** A scalar as its number, anything else as its shape. */
export function formatValue(value: Value): string {
  return typeof value === "number" ? formatNumber(value) : formatShape(value.shape);
}

/** Undoes `formatNumber` and reads what people type: a comma may be the decimal sign. null: not a number. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replaceAll(MINUS, "-").replace(",", ".");
  const words: Readonly<Record<string, number>> = { NaN: Number.NaN, "∞": Infinity, "-∞": -Infinity };
  if (plain in words) return words[plain] ?? null;
  const number = Number(plain);
  return plain === "" || Number.isNaN(number) ? null : number;
}

function prettied(number: number, text: string): string {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : `${MINUS}∞`;
  const [mantissa = "", exponent] = text.split("e");
  const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  const sign = Object.is(number, -0) && !trimmed.startsWith("-") ? MINUS : "";
  return sign + (exponent ? `${trimmed}e${Number(exponent)}` : trimmed).replaceAll("-", MINUS);
}
