// Made from app/protocol.py by `make protocol`; do not edit.

export const PROTOCOL_VERSION = 1;

/** Where numbers stand in each kind of answer; "*" is every item of a list or every entry of a map. */
export const SCALARS: Readonly<Record<ServerMessage["type"], readonly string[]>> = {
  "welcome": [],
  "opened": [
    "checks.*.difference",
    "checks.*.left",
    "checks.*.right",
    "grads.*",
    "leaves.*.maximum",
    "leaves.*.minimum",
    "leaves.*.value",
    "leaves.*.value.*",
    "leaves.*.value.*.*",
    "values.*"
  ],
  "steps": [
    "steps.*.contribution",
    "steps.*.grad",
    "steps.*.local",
    "steps.*.quantities.*.value",
    "steps.*.raw",
    "steps.*.upstream",
    "steps.*.value"
  ],
  "at": [],
  "terms": [
    "terms.*.left",
    "terms.*.product",
    "terms.*.right",
    "total"
  ],
  "numbers": [
    "numbers.*.*"
  ],
  "proved": [
    "proofs.*.differences",
    "proofs.*.engine",
    "proofs.*.pytorch"
  ],
  "error": []
};

export type ClientMessage = Protocol["ClientMessage"];
export type ServerMessage = Protocol["ServerMessage"];

export interface Protocol {
  ClientMessage: Hello | Open | SetValue | Seek | Into | Window | Prove;
  ServerMessage: Welcome | Opened | Steps | At | Terms | Numbers | Proved | Error;
  TensorFrame: TensorFrame;
}
/**
 * First message of a connection.
 */
export interface Hello {
  seq: number;
  type: "hello";
  protocol: number;
}
/**
 * Open a scene, at a position; `source`, `values` and `choices` where they differ from the scene's own.
 */
export interface Open {
  seq: number;
  type: "open";
  scene: string;
  source?: string | null;
  values?: {
    [k: string]: number | number[] | number[][];
  };
  choices?: {
    [k: string]: string;
  };
  position?: PositionGiven;
}
/**
 * Where somebody stands: `step` steps are done (0: only the leaves are known); `element` opens one element.
 */
export interface PositionGiven {
  step: number;
  element?: number[] | null;
  /**
   * terms of the opened element already added up
   */
  term?: number;
}
/**
 * Change a leaf; everything is computed anew, the position stays.
 */
export interface SetValue {
  seq: number;
  type: "set_value";
  generation: number;
  name: string;
  value: number | number[] | number[][];
}
/**
 * Stand somewhere else in the trace.
 */
export interface Seek {
  seq: number;
  type: "seek";
  generation: number;
  position: PositionGiven;
}
/**
 * Open one element of what the current step made: the terms that sum to it.
 */
export interface Into {
  seq: number;
  type: "into";
  generation: number;
  step: number;
  element: number[];
}
/**
 * Exact numbers of part of a tensor, seen as a matrix (leading axes flattened into rows); at most 1,024.
 */
export interface Window {
  seq: number;
  type: "window";
  generation: number;
  ref: number;
  /**
   * @minItems 2
   * @maxItems 2
   */
  rows: [number, number];
  /**
   * @minItems 2
   * @maxItems 2
   */
  columns: [number, number];
}
/**
 * Compare the gradients with central differences and with PyTorch.
 */
export interface Prove {
  seq: number;
  type: "prove";
  generation: number;
}
export interface Welcome {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "welcome";
  protocol: number;
  version: string;
  scenes: SceneCard[];
}
/**
 * What the home page says of a scene.
 */
export interface SceneCard {
  id: string;
  title: string;
  says: string;
  /**
   * the expression it opens with; empty where it is not an expression
   */
  source: string;
}
/**
 * A scene: everything but its steps and tensors, which follow as `steps` and binary frames.
 */
export interface Opened {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "opened";
  generation: number;
  scene: string;
  title: string;
  /**
   * what to look for here, in one or two sentences
   */
  says: string;
  /**
   * the expression; None where it cannot be edited
   */
  source: string | null;
  editable: boolean;
  graph: Graph;
  leaves: Leaf[];
  choices: Choice[];
  checks: Check[];
  /**
   * things to be said plainly, such as which data is used
   */
  notes: string[];
  /**
   * the value of every node, by node id
   */
  values: {
    [k: string]: number | TensorRef;
  };
  /**
   * the final grad of every node that has one, by node id
   */
  grads: {
    [k: string]: number | TensorRef;
  };
  steps: number;
  position: Position;
}
/**
 * The graph of a scene; `key` changes only when its structure does, so that positions on screen may stay.
 */
export interface Graph {
  key: string;
  nodes: GraphNode[];
  roots: number[];
}
/**
 * A node of the graph. Its inputs are ordered; one wire an input, so x*x has two.
 */
export interface GraphNode {
  id: number;
  /**
   * plain text, unique within its lane
   */
  name: string;
  latex: string;
  kind: "leaf" | "constant" | "parameter" | "data" | "node";
  op: string | null;
  /**
   * LaTeX of what the node computes from its inputs' names; empty for leaves
   */
  formula: string;
  /**
   * the formula as short plain text, for the picture
   */
  text: string;
  inputs: number[];
  /**
   * ports along which a gradient flows
   */
  gradient_ports: number[];
  shape: number[];
  /**
   * the part of the picture it belongs to; empty where there is one part
   */
  lane: string;
  /**
   * place in the source that it came from
   */
  span: [number, number] | null;
  /**
   * rows are pictures of this height and width
   */
  images: [number, number] | null;
}
/**
 * A value that the learner may change.
 */
export interface Leaf {
  name: string;
  latex: string;
  /**
   * the leaf nodes that hold it (one in each lane)
   */
  nodes: number[];
  value: number | number[] | number[][];
  minimum: number;
  maximum: number;
}
/**
 * A switch of a scene.
 */
export interface Choice {
  name: string;
  label: string;
  says: string;
  value: string;
  /**
   * (value, label)
   */
  options: [string, string][];
}
/**
 * Two numbers that should be equal, and whether they are.
 */
export interface Check {
  label: string;
  left_label: string;
  left: number;
  right_label: string;
  right: number;
  difference: number;
  equal: boolean;
}
/**
 * A tensor that travels in a binary frame of its own.
 */
export interface TensorRef {
  ref: number;
  shape: number[];
}
/**
 * Where somebody stands: `step` steps are done (0: only the leaves are known); `element` opens one element.
 */
export interface Position {
  step: number;
  element: number[] | null;
  /**
   * terms of the opened element already added up
   */
  term: number;
}
/**
 * A run of steps; `last` on the final one, after which the answer is complete.
 */
export interface Steps {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "steps";
  generation: number;
  start: number;
  steps: Step[];
  last: boolean;
}
/**
 * One entry of a trace.
 */
export interface Step {
  index: number;
  phase: "forward" | "loss" | "backward" | "update";
  kind: "compute" | "seed" | "contribution" | "update" | "result";
  /**
   * the node that computes, contributes or is updated
   */
  node: number;
  /**
   * backward: the input it contributes to; the active wire is (node, port)
   */
  port: number | null;
  /**
   * backward: the node that receives
   */
  target: number | null;
  /**
   * forward: the node's value; update: the parameter's new value
   */
  value: number | TensorRef | null;
  upstream: number | TensorRef | null;
  /**
   * local derivative, of elementwise ops only
   */
  local: number | TensorRef | null;
  /**
   * the contribution before broadcasting was undone, where that changed it
   */
  raw: number | TensorRef | null;
  contribution: number | TensorRef | null;
  /**
   * the receiver's grad so far (the seed's for `seed`)
   */
  grad: number | TensorRef | null;
  received: number;
  expected: number;
  /**
   * of the receiver's grad after this step
   */
  state: "unreached" | "partial" | "final";
  equation: Equation | null;
  /**
   * forward and update steps: LaTeX of the rule, then of the numbers
   */
  formula: string;
  numbers: string;
  sentence: ["plain" | "name" | "value" | "grad", string][];
  /**
   * update steps: the optimizer's own state
   */
  quantities: Quantity[];
}
/**
 * The chain rule of one step in LaTeX, stage by stage; the classes `v` and `g` mark values and gradients.
 */
export interface Equation {
  symbols: string;
  upstream: string;
  local: string;
  contribution: string;
}
/**
 * A named tensor of a step, such as Adam's first moment.
 */
export interface Quantity {
  name: string;
  latex: string;
  value: number | TensorRef;
  says: string;
}
export interface At {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "at";
  generation: number;
  position: Position;
}
/**
 * The terms that sum to one element.
 */
export interface Terms {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "terms";
  generation: number;
  step: number;
  element: number[];
  title: ["plain" | "name" | "value" | "grad", string][];
  latex: string;
  left_label: string;
  right_label: string;
  terms: Term[];
  total: number;
  /**
   * terms that are exactly zero and not listed
   */
  omitted: number;
}
/**
 * One summand of an element: a product of two numbers and where they stand.
 */
export interface Term {
  left: number;
  right: number;
  product: number;
  left_at: string;
  right_at: string;
  /**
   * the picture of the batch it belongs to
   */
  picture: number | null;
}
export interface Numbers {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "numbers";
  generation: number;
  ref: number;
  /**
   * @minItems 2
   * @maxItems 2
   */
  rows: [number, number];
  /**
   * @minItems 2
   * @maxItems 2
   */
  columns: [number, number];
  numbers: number[][];
}
export interface Proved {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "proved";
  generation: number;
  proofs: Proof[];
  says: string;
}
/**
 * One leaf's gradient, found three ways.
 */
export interface Proof {
  name: string;
  engine: number;
  differences: number;
  /**
   * None where PyTorch is not installed
   */
  pytorch: number | null;
  /**
   * the element compared where it is a tensor: the one that differs most
   */
  element: number[];
  agree: boolean;
}
/**
 * The one error shape.
 */
export interface Error {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "error";
  code:
    | "bad_message"
    | "too_large"
    | "protocol_version"
    | "out_of_order"
    | "stale"
    | "unknown_scene"
    | "unknown_name"
    | "out_of_range"
    | "expression"
    | "shape"
    | "limit"
    | "busy"
    | "internal";
  message: string;
  given: string;
  expected: string;
  /**
   * place in the source
   */
  span: [number, number] | null;
  suggestion: string;
}
/**
 * A tensor as it travels (MessagePack map with these keys; `bytes` fields are raw little-endian).
 *
 * `picture` is float32, of at most 64x64, averaged down where the tensor is larger (`exact` tells);
 * `maps` (uint8, with `maps_scale`: number = (byte - zero) * scale) holds one picture of `images` size a row.
 */
export interface TensorFrame {
  type: "tensor";
  generation: number;
  ref: number;
  shape: number[];
  dtype: string;
  minimum: number;
  maximum: number;
  mean: number;
  std: number;
  norm: number;
  largest: number;
  not_finite: number;
  zeros: number;
  /**
   * 32 equal bins over [-largest, largest]
   */
  histogram: number[];
  /**
   * whether the picture's pixels are the tensor's elements
   */
  exact: boolean;
  /**
   * @minItems 2
   * @maxItems 2
   */
  picture_shape: [number, number];
  picture: Uint8Array;
  images: [number, number] | null;
  maps: Uint8Array | null;
  maps_scale: number;
  maps_zero: number;
}
