// Numbers as people change them. Pure: no DOM.

/** The number nearest to `x` from `low` to `high`; `low` where that is larger than `high`. */
export function clamp(x: number, low: number, high: number): number {
  return Math.max(low, Math.min(x, high));
}

/** A round step for a range: 1, 2 or 5 times a power of ten, about a two-hundredth of it. */
export function niceStep(minimum: number, maximum: number): number {
  const rough = (maximum - minimum) / 200;
  if (!(rough > 0) || !Number.isFinite(rough)) return 0.01;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((n) => n * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** `value` moved by `count` steps, without the dust that adding 0.1 leaves: 0.30000000000000004 becomes 0.3. */
export function nudge(value: number, step: number, count: number): number {
  const digits = Math.max(0, Math.ceil(-Math.log10(step))) + 2;
  return Number((value + step * count).toFixed(Math.min(20, digits)));
}
