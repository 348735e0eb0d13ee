// Running sums of the terms of an element, and the scale a whole graph shares. Pure: no DOM.
import type { Term } from "./protocol";
import { magnitude, type Scene } from "./state";

/** Sum of the first 0, 1, … n products, in the order shown; sums[k] is the sum of k of them. */
export function runningSums(terms: readonly Term[]): number[] {
  const sums = [0];
  for (const { product } of terms) sums.push((sums.at(-1) ?? 0) + product);
  return sums;
}

/** The largest finite magnitude among all values, or all grads, of a scene: one scale for the whole graph. */
export function graphScale(scene: Scene, role: "value" | "grad"): number {
  const all = role === "value" ? scene.values : scene.grads;
  let largest = 0;
  for (const value of all.values()) largest = Math.max(largest, magnitude(value, scene.tensors));
  return largest;
}
