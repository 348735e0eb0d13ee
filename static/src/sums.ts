// Running sums of the terms of an element, and the scale a whole graph shares. Pure: no DOM.
import type { GraphNode, Term } from "./protocol";
import { magnitude, type Scene } from "./state";

/** The terms as they are walked: by their place, or by the magnitude of their products. */
export function inOrder(terms: readonly Term[], largestFirst: boolean): readonly Term[] {
  if (!largestFirst) return terms;
  return [...terms].sort((a, b) => Math.abs(b.product) - Math.abs(a.product));
}

/** Sum of the first 0, 1, … n products, in the order shown; sums[k] is the sum of k of them. */
export function runningSums(terms: readonly Term[]): number[] {
  const sums = [0];
  for (const { product } of terms) sums.push((sums.at(-1) ?? 0) + product);
  return sums;
}

/** The largest finite magnitude among all values, or all grads, of a scene: one scale for the whole graph. */
export function graphScale(scene: Scene, role: "value" | "grad"): number {
  return largestOf(scene, role, scene.graph.nodes);
}

/** The same of one layer. */
export function layerScale(scene: Scene, role: "value" | "grad", layer: string): number {
  const nodes = scene.graph.nodes.filter((node) => node.layer === layer);
  return largestOf(scene, role, nodes);
}

function largestOf(scene: Scene, role: "value" | "grad", nodes: readonly GraphNode[]): number {
  const all = role === "value" ? scene.values : scene.grads;
  return nodes.reduce((most, { id }) => Math.max(most, magnitude(all.get(id) ?? null, scene.tensors)), 0);
}
