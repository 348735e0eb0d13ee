// Small scenes made by hand, for what the recorded conversation does not hold.
import { atStep } from "../../static/src/player";
import type { GraphNode, Opened, Step, TrainingStep } from "../../static/src/protocol";
import { buildScene, type Scene } from "../../static/src/state";

export function node(id: number, inputs: number[], rest: Partial<GraphNode> = {}): GraphNode {
  const kind = inputs.length > 0 ? "node" : "leaf";
  const names = { name: `n${id}`, latex: `n_${id}`, op: inputs.length > 0 ? "add" : null, formula: "", text: "" };
  const place = { lane: "", layer: "", span: null, images: null, shape: [], gradient_ports: [...inputs.keys()] };
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
  const lists = { leaves: [], choices: [], checks: [], notes: [], training: null, origin: null, grads: {}, steps: 0 };
  const graph = { key: "made", nodes, roots: [nodes.length - 1] };
  const position = atStep(0);
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

/** One training step of a run, in a few steps: layer 1 is h = x*w, layer 2 is z = h*v, then the loss and the way back. */
export function trained(rest: Partial<TrainingStep> = {}, generation = 1): Scene {
  const [first, second] = [{ layer: "Layer 1: 1 → 1, tanh" }, { layer: "Layer 2: 1 → 1" }];
  const nodes = [
    node(0, [], { name: "x", kind: "data" }),
    node(1, [], { name: "w", kind: "parameter", ...first }),
    node(2, [0, 1], { name: "s", ...first }),
    node(3, [2], { name: "h", ...first }),
    node(4, [], { name: "v", kind: "parameter", ...second }),
    node(5, [3, 4], { name: "z", ...second }),
    node(6, [5], { name: "L" }),
  ];
  const back = { phase: "backward", kind: "contribution", upstream: 1, contribution: 1, grad: 1, received: 1 } as const;
  const wire = (index: number, node: number, port: number, target: number) =>
    step(index, { ...back, node, port, target, expected: 1, state: "final" });
  const update = (index: number, node: number) =>
    step(index, { phase: "update", kind: "update", node, value: 2, grad: 1 });
  const steps = [
    step(0, { node: 2, value: 1 }),
    step(1, { node: 3, value: 1 }),
    step(2, { node: 5, value: 1 }),
    step(3, { phase: "loss", node: 6, value: 1 }),
    step(4, { phase: "loss", kind: "seed", node: 6, grad: 1, received: 1, expected: 1, state: "final" }),
    wire(5, 6, 0, 5),
    wire(6, 5, 0, 3),
    wire(7, 5, 1, 4),
    wire(8, 3, 0, 2),
    wire(9, 2, 1, 1),
    update(10, 1),
    update(11, 4),
    step(12, { phase: "update", kind: "result", node: 6, value: 0.5 }),
  ];
  const training = { run: "run12345", title: "784-10", step: 1201, steps: 3000, done: 2000, member: 0, picture: null };
  const values = { 0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1 };
  const all = { steps: steps.length, training: { ...training, ...rest }, generation };
  return buildScene(opened(nodes, values, all), steps, new Map());
}
