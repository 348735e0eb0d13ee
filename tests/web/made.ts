// Small scenes made by hand, for what the recorded conversation does not hold.
import type { GraphNode, Opened, Step } from "../../static/src/protocol";
import { buildScene, type Scene } from "../../static/src/state";

export function node(id: number, inputs: number[], rest: Partial<GraphNode> = {}): GraphNode {
  const kind = inputs.length > 0 ? "node" : "leaf";
  const names = { name: `n${id}`, latex: `n_${id}`, op: inputs.length > 0 ? "add" : null, formula: "", text: "" };
  const place = { lane: "", span: null, images: null, shape: [], gradient_ports: [...inputs.keys()] };
  return { id, inputs, kind, ...names, ...place, ...rest };
}

export function step(index: number, rest: Partial<Step>): Step {
  const nothing = { value: null, upstream: null, local: null, raw: null, contribution: null, grad: null };
  const words = { equation: null, formula: "", numbers: "", sentence: [], quantities: [] };
  const receiver = { port: null, target: null, received: 0, expected: 0, state: "unreached" as const };
  return { index, phase: "forward", kind: "compute", node: 0, ...nothing, ...words, ...receiver, ...rest };
}

export function opened(nodes: GraphNode[], values: Record<string, number>, rest: Partial<Opened> = {}): Opened {
  const about = { scene: "made", title: "Made", says: "", source: null, editable: false };
  const lists = { leaves: [], choices: [], checks: [], notes: [], grads: {}, steps: 0 };
  const graph = { key: "made", nodes, roots: [nodes.length - 1] };
  const position = { step: 0, element: null, term: 0 };
  return { type: "opened", request_seq: 0, generation: 1, ...about, ...lists, graph, values, position, ...rest };
}

/** x*x at 3: two parallel wires, two contributions of 3, a gradient of 6. */
export function square(): Scene {
  const nodes = [node(0, []), node(1, [0, 0])];
  const wire = {
    phase: "backward",
    kind: "contribution",
    node: 1,
    target: 0,
    upstream: 1,
    local: 3,
    contribution: 3,
  } as const;
  const steps = [
    step(0, { node: 1, value: 9 }),
    step(1, { phase: "loss", kind: "seed", node: 1, grad: 1, received: 1, expected: 1, state: "final" }),
    step(2, { ...wire, port: 0, grad: 3, received: 1, expected: 2, state: "partial" }),
    step(3, { ...wire, port: 1, grad: 6, received: 2, expected: 2, state: "final" }),
  ];
  return buildScene(opened(nodes, { 0: 3, 1: 9 }, { grads: { 0: 6, 1: 1 }, steps: 4 }), steps, new Map());
}
