// In which layer of the drawing each node stands: right of all its inputs, leaves just left of where they are used. Pure.

import type { LayoutNode } from "./layout";

/** Layers from 0 by node id. Inputs must stand before the nodes that use them, as they do in a graph that is sent. */
export function layersOf(nodes: readonly LayoutNode[]): Map<number, number> {
  const layers = new Map<number, number>();
  const firstUse = new Map<number, number>();
  for (const { id, inputs } of nodes) {
    const layer = inputs.reduce((most, input) => Math.max(most, (layers.get(input) ?? -1) + 1), 0);
    layers.set(id, layer);
    for (const input of inputs) firstUse.set(input, Math.min(layer, firstUse.get(input) ?? Infinity));
  }
  for (const { id, inputs } of nodes) {
    if (inputs.length === 0) layers.set(id, Math.max(0, (firstUse.get(id) ?? 1) - 1));
  }
  return layers;
}

/** How many layers each wire passes on its way, by source and target: where it would have to be led around cards. */
export interface Bend {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The bends of all wires, parallel wires once, longest first. */
export function bendsOf(nodes: readonly LayoutNode[], layers: ReadonlyMap<number, number>): Bend[] {
  const passed = (from: number, to: number) => (layers.get(to) ?? 0) - (layers.get(from) ?? 0) - 1;
  return nodes
    .flatMap(({ id, inputs }) => [...new Set(inputs)].map((from) => ({ from, to: id, count: passed(from, id) })))
    .sort((a, b) => b.count - a.count);
}
