// A trace read once from the first step to the last: how every node and every wire looks, and from which position on.

import type { Graph, Step } from "./protocol";
import type { NodeView, Pass, Value } from "./state";

/** For every node its looks in the order of their positions; the first is that of position 0. */
export function histories(
  graph: Graph,
  values: ReadonlyMap<number, Value>,
  steps: readonly Step[],
): Map<number, NodeView[]> {
  const computed = new Set(steps.filter((step) => step.kind === "compute").map((step) => step.node));
  const expected = new Map<number, number>();
  for (const step of steps) if (receives(step)) expected.set(receiver(step), step.expected);

  const looks = new Map<number, NodeView[]>();
  for (const { id } of graph.nodes) {
    const value = computed.has(id) ? null : (values.get(id) ?? null);
    const grad = { grad: null, state: "unreached", received: 0, expected: expected.get(id) ?? 0 } as const;
    looks.set(id, [{ id, since: 0, value, updated: false, ...grad, contributions: [] }]);
  }
  for (const step of steps) {
    const history = looks.get(receives(step) ? receiver(step) : step.node);
    const before = history?.at(-1);
    if (history && before) history.push({ ...before, ...change(step, before), since: step.index + 1 });
  }
  return looks;
}

/** When each wire first carried something, each way. */
export function passes(graph: Graph, steps: readonly Step[]): Map<string, Pass> {
  const all = new Map<string, { forward: number | null; backward: number | null }>();
  const inputs = new Map(graph.nodes.map((node) => [node.id, node.inputs]));
  for (const node of graph.nodes) {
    for (const port of node.inputs.keys()) all.set(wireKey(node.id, port), { forward: null, backward: null });
  }
  for (const step of steps) {
    const ports = step.kind === "compute" ? [...(inputs.get(step.node)?.keys() ?? [])] : [step.port ?? -1];
    const way = step.kind === "compute" ? "forward" : "backward";
    for (const port of ports) {
      const pass = all.get(wireKey(step.node, port));
      if (pass) pass[way] ??= step.index + 1;
    }
  }
  return all;
}

/** A name for the wire into `port` of `node`: parallel wires differ in their port. */
export function wireKey(node: number, port: number): string {
  return `${node}:${port}`;
}

function receives(step: Step): boolean {
  return step.kind === "seed" || step.kind === "contribution";
}

function receiver(step: Step): number {
  return step.target ?? step.node;
}

/** What a step changes in the look of its node. */
function change(step: Step, before: NodeView): Partial<NodeView> {
  if (!receives(step)) {
    return step.value === null ? {} : { value: step.value, updated: step.kind !== "compute" };
  }
  const { received, expected, state, grad, contribution, port, index } = step;
  const contributions =
    contribution === null || port === null
      ? before.contributions
      : [...before.contributions, { node: step.node, port, value: contribution, step: index }];
  return { grad, received, expected, state, contributions };
}
