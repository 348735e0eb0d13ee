// Made from app/protocol by `make protocol`; do not edit.

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
  "lines": [
    "lines.*.value"
  ],
  "numbers": [
    "numbers.*.*"
  ],
  "proved": [
    "proofs.*.differences",
    "proofs.*.engine",
    "proofs.*.pytorch"
  ],
  "planned": [],
  "run": [
    "state.lr",
    "state.rates.*.lr",
    "state.speed"
  ],
  "unwatched": [],
  "deleted": [],
  "runs": [
    "runs.*.created"
  ],
  "error": []
};

export type ClientMessage = Protocol["ClientMessage"];
export type ServerMessage = Protocol["ServerMessage"];
export type BinaryFrame = Protocol["BinaryFrame"];

export interface Protocol {
  ClientMessage:
    | Hello
    | Open
    | SetValue
    | Seek
    | Into
    | Window
    | Prove
    | Plan
    | CreateRun
    | Watch
    | Unwatch
    | Control
    | Tune
    | Branch
    | Evaluate
    | Compare
    | ListRuns
    | Surface;
  ServerMessage:
    | Welcome
    | Opened
    | Steps
    | At
    | Terms
    | Lines
    | Numbers
    | Proved
    | Planned
    | RunAnswer
    | Unwatched
    | Deleted
    | Runs
    | Error;
  BinaryFrame: TensorFrame | RunFrame | Evaluation | Comparison | SurfaceRace;
}
/**
 * First message of a connection.
 *
 * `visitor` is a secret that the page made up and keeps: whoever shows it finds the visitor's runs again.
 */
export interface Hello {
  seq: number;
  type: "hello";
  protocol: number;
  visitor?: string;
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
   * terms or lines of the opened element already gone through
   */
  term?: number;
  /**
   * terms go by their magnitude, not by their place
   */
  largest_first?: boolean;
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
 * Open one element of what the current step made: the terms that sum to it, or the lines of its update.
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
/**
 * What would come of a recipe: parameters, steps; errors where it breaks a limit.
 */
export interface Plan {
  seq: number;
  type: "plan";
  recipe: NetworkRecipeGiven | ComparisonRecipeGiven | CurveRecipeGiven;
}
/**
 * One network and how it is trained. Limits beyond these come from the settings, and are explained there.
 */
export interface NetworkRecipeGiven {
  kind?: "network";
  dataset?: "mnist" | "built-in";
  /**
   * widths between the 784 pixels and ten
   */
  hidden?: number[];
  activation?: "sigmoid" | "tanh" | "relu" | "leaky_relu" | "gelu";
  init?: "pytorch" | "xavier" | "he" | "zeros";
  batch?: number;
  optimizer?: "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw";
  /**
   * the optimizer's own numbers, where not its defaults
   */
  hyper?: {
    [k: string]: number | "NaN" | "Infinity" | "-Infinity";
  };
  lr?: number;
  schedule?: "constant" | "warmup" | "cosine";
  /**
   * steps over which the learning rate rises
   */
  warmup?: number;
  epochs?: number;
  seed?: number;
  /**
   * False: gradients of all steps so far add up
   */
  zero_grad?: boolean;
}
/**
 * Several networks, trained step by step on the same batches.
 */
export interface ComparisonRecipeGiven {
  kind?: "comparison";
  base?: NetworkRecipeGiven;
  members: VariationGiven[];
}
/**
 * A member of a comparison: the base with some fields of its own.
 */
export interface VariationGiven {
  label: string;
  hidden?: number[] | null;
  activation?: ("sigmoid" | "tanh" | "relu" | "leaky_relu" | "gelu") | null;
  init?: ("pytorch" | "xavier" | "he" | "zeros") | null;
  optimizer?: ("sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw") | null;
  hyper?: {
    [k: string]: number | "NaN" | "Infinity" | "-Infinity";
  } | null;
  lr?: number | null;
  schedule?: ("constant" | "warmup" | "cosine") | null;
  zero_grad?: boolean | null;
}
/**
 * y = 3x^2 + 2 + noise fitted by one hidden layer, its gradients by hand beside the engine's own.
 */
export interface CurveRecipeGiven {
  kind?: "curve";
  /**
   * what follows the first layer
   */
  layers?: "linear" | "sigmoid";
  hidden?: number;
  points?: number;
  noise?: number;
  optimizer?: "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw";
  hyper?: {
    [k: string]: number | "NaN" | "Infinity" | "-Infinity";
  };
  lr?: number;
  steps?: number;
  seed?: number;
}
/**
 * A new run, paused at step 0, and watched.
 */
export interface CreateRun {
  seq: number;
  type: "create_run";
  recipe: NetworkRecipeGiven | ComparisonRecipeGiven | CurveRecipeGiven;
}
/**
 * See a run live; one run a connection. Curves come from `known` on: how many losses the page has already.
 */
export interface Watch {
  seq: number;
  type: "watch";
  run: string;
  parts?: ("layers" | "maps" | "batch")[];
  /**
   * whose parts
   */
  member?: number;
  known?: number;
}
export interface Unwatch {
  seq: number;
  type: "unwatch";
}
/**
 * Start, pause, one training step, on to the end of the epoch, stop, reset, delete.
 */
export interface Control {
  seq: number;
  type: "control";
  run: string;
  action: "start" | "pause" | "step" | "epoch" | "stop" | "reset" | "delete";
}
/**
 * Change the learning rate from the next training step on, or the speed.
 */
export interface Tune {
  seq: number;
  type: "tune";
  run: string;
  lr?: number | null;
  speed?: number | null;
}
/**
 * A new run that goes on from a training step of another one, paused, and watched.
 */
export interface Branch {
  seq: number;
  type: "branch";
  run: string;
  step: number;
  lr?: number | null;
}
/**
 * The whole test set at a training step: confusion matrix, and the wrong pictures by loss.
 */
export interface Evaluate {
  seq: number;
  type: "evaluate";
  run: string;
  /**
   * None: now
   */
  step?: number | null;
  member?: number;
  /**
   * only pictures of this digit
   */
  true?: number | null;
  /**
   * only those taken for this one
   */
  predicted?: number | null;
  start?: number;
  count?: number;
}
/**
 * Values, gradients and weights at two training steps, and their differences, on the batch of the first.
 */
export interface Compare {
  seq: number;
  type: "compare";
  run: string;
  step: number;
  /**
   * None: now
   */
  other?: number | null;
  member?: number;
}
/**
 * The visitor's runs.
 */
export interface ListRuns {
  seq: number;
  type: "list_runs";
}
/**
 * Optimizers on a loss surface of two parameters, from one start.
 */
export interface Surface {
  seq: number;
  type: "surface";
  surface: "valley" | "saddle" | "ravine";
  /**
   * @minItems 2
   * @maxItems 2
   */
  start: [number, number];
  steps: number;
  /**
   * label, optimizer, hyper and lr count
   */
  racers: VariationGiven[];
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
   * where the scene is a training step of a run
   */
  training: TrainingStep | null;
  /**
   * where the scene belongs to another page
   */
  origin: Origin | null;
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
   * the layer of a network it belongs to; empty where it belongs to none
   */
  layer: string;
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
 * The training step of a run that is open: the update that takes the run from `step` - 1 steps done to `step`.
 */
export interface TrainingStep {
  run: string;
  /**
   * the run in a few words; of a comparison, the member
   */
  title: string;
  step: number;
  /**
   * training steps of the run in all
   */
  steps: number;
  /**
   * training steps it has done so far
   */
  done: number;
  member: number;
  /**
   * the test picture seen before this step, in the place of its batch
   */
  picture: number | null;
}
/**
 * Where a scene was opened from: a page of this server that the learner may go back to.
 */
export interface Origin {
  title: string;
  address: string;
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
   * terms or lines of the opened element already gone through
   */
  term: number;
  /**
   * terms go by their magnitude, not by their place
   */
  largest_first: boolean;
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
  /**
   * by their place; those that are exactly zero are not listed
   */
  terms: Term[];
  total: number;
  /**
   * terms that are exactly zero and not listed
   */
  omitted: number;
  /**
   * the picture that the element belongs to
   */
  spot: Spot | null;
}
/**
 * One summand of an element: a product of two numbers, where they stand, and the pictures they belong to.
 */
export interface Term {
  left: number;
  right: number;
  product: number;
  left_at: string;
  right_at: string;
  left_spot: Spot | null;
  right_spot: Spot | null;
}
/**
 * The picture that a number belongs to: a row of a node; and the pixel it is, where it is one of its pixels.
 */
export interface Spot {
  node: number;
  row: number;
  pixel: number | null;
}
/**
 * The update of one element of a parameter, quantity by quantity from its gradient to its new value.
 */
export interface Lines {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "lines";
  generation: number;
  step: number;
  element: number[];
  title: ["plain" | "name" | "value" | "grad", string][];
  lines: Line[];
  /**
   * the picture that the element belongs to
   */
  spot: Spot | null;
}
/**
 * One quantity of the update of one element, in the order they are computed.
 */
export interface Line {
  name: string;
  /**
   * the quantity and its formula
   */
  latex: string;
  /**
   * the same with the numbers filled in
   */
  numbers: string;
  value: number;
  says: string;
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
export interface Planned {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "planned";
  title: string;
  members: MemberPlan[];
  steps: number;
  steps_per_epoch: number;
  /**
   * PyTorch is being loaded to count the parameters too: ask again in a moment
   */
  counting: boolean;
  notes: string[];
}
/**
 * A member: what it is, and where its training ended early, if it did.
 */
export interface MemberPlan {
  label: string;
  layers: LayerCount[];
  /**
   * parameters that the engine counts
   */
  engine: number;
  /**
   * and PyTorch; None where it is not installed, or not loaded yet
   */
  pytorch: number | null;
  /**
   * the training step that its loss went out of bounds at
   */
  diverged_at: number | null;
  /**
   * why, in plain words
   */
  says: string;
}
/**
 * The parameters of one layer, as a student would count them.
 */
export interface LayerCount {
  /**
   * Layer 1
   */
  name: string;
  /**
   * 784 → 128
   */
  shape: string;
  /**
   * 784 × 128 + 128
   */
  sum: string;
  parameters: number;
}
/**
 * A run as it stands now; sent unasked, too, whenever it changes for a viewer.
 */
export interface RunAnswer {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "run";
  state: RunState;
}
/**
 * All that is known of a run but its curves; `version` grows with every change.
 */
export interface RunState {
  id: string;
  version: number;
  kind: "network" | "comparison" | "curve";
  title: string;
  recipe: NetworkRecipe | ComparisonRecipe | CurveRecipe;
  status: "paused" | "running" | "done" | "diverged";
  /**
   * why it stands as it does, in plain words; empty while that is plain
   */
  says: string;
  /**
   * training steps done
   */
  step: number;
  /**
   * training steps in all
   */
  steps: number;
  steps_per_epoch: number;
  lr: number;
  rates: RateChange[];
  speed: number;
  members: MemberPlan[];
  parent: string | null;
  branched_at: number | null;
  /**
   * False: somebody else's; look, or branch
   */
  mine: boolean;
  /**
   * training steps that are kept; any other is reached from the one before
   */
  snapshots: number[];
  /**
   * things to be said plainly, such as which data is used
   */
  notes: string[];
}
/**
 * One network and how it is trained. Limits beyond these come from the settings, and are explained there.
 */
export interface NetworkRecipe {
  kind: "network";
  dataset: "mnist" | "built-in";
  /**
   * widths between the 784 pixels and ten
   */
  hidden: number[];
  activation: "sigmoid" | "tanh" | "relu" | "leaky_relu" | "gelu";
  init: "pytorch" | "xavier" | "he" | "zeros";
  batch: number;
  optimizer: "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw";
  /**
   * the optimizer's own numbers, where not its defaults
   */
  hyper: {
    [k: string]: number | "NaN" | "Infinity" | "-Infinity";
  };
  lr: number;
  schedule: "constant" | "warmup" | "cosine";
  /**
   * steps over which the learning rate rises
   */
  warmup: number;
  epochs: number;
  seed: number;
  /**
   * False: gradients of all steps so far add up
   */
  zero_grad: boolean;
}
/**
 * Several networks, trained step by step on the same batches.
 */
export interface ComparisonRecipe {
  kind: "comparison";
  base: NetworkRecipe;
  members: Variation[];
}
/**
 * A member of a comparison: the base with some fields of its own.
 */
export interface Variation {
  label: string;
  hidden: number[] | null;
  activation: ("sigmoid" | "tanh" | "relu" | "leaky_relu" | "gelu") | null;
  init: ("pytorch" | "xavier" | "he" | "zeros") | null;
  optimizer: ("sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw") | null;
  hyper: {
    [k: string]: number | "NaN" | "Infinity" | "-Infinity";
  } | null;
  lr: number | null;
  schedule: ("constant" | "warmup" | "cosine") | null;
  zero_grad: boolean | null;
}
/**
 * y = 3x^2 + 2 + noise fitted by one hidden layer, its gradients by hand beside the engine's own.
 */
export interface CurveRecipe {
  kind: "curve";
  /**
   * what follows the first layer
   */
  layers: "linear" | "sigmoid";
  hidden: number;
  points: number;
  noise: number;
  optimizer: "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adadelta" | "adam" | "adamw";
  hyper: {
    [k: string]: number | "NaN" | "Infinity" | "-Infinity";
  };
  lr: number;
  steps: number;
  seed: number;
}
/**
 * From this training step on the run had this learning rate.
 */
export interface RateChange {
  step: number;
  lr: number;
}
export interface Unwatched {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "unwatched";
}
export interface Deleted {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "deleted";
  run: string;
}
export interface Runs {
  /**
   * the request answered; None where the server speaks first
   */
  request_seq: number | null;
  type: "runs";
  runs: RunCard[];
  /**
   * how many this visitor may have
   */
  most: number;
}
/**
 * A run in a list.
 */
export interface RunCard {
  id: string;
  kind: "network" | "comparison" | "curve";
  title: string;
  status: "paused" | "running" | "done" | "diverged";
  step: number;
  steps: number;
  parent: string | null;
  created: number;
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
    | "unknown_run"
    | "unknown_name"
    | "out_of_range"
    | "expression"
    | "shape"
    | "limit"
    | "data"
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
/**
 * What is new in a run: always the newest state; parts only where somebody looks at them.
 */
export interface RunFrame {
  type: "run_frame";
  run: string;
  step: number;
  rate: number;
  pace: number;
  seconds_left: number | null;
  series: SeriesChunk[];
  layers: LayerParts[] | null;
  /**
   * weights of the first layer, a picture a unit
   */
  maps: Maps | null;
  gradient_maps: Maps | null;
  batch: BatchParts | null;
  curve: CurveParts | null;
}
/**
 * Part of a curve: from entry `start` on; what a page has from there on is replaced.
 *
 * Names: `loss` (of every training step; entry i is step i + 1), and sampled ones with their training steps in `x`:
 * `accuracy`, `test_loss`, `test_accuracy`, `grad_norm.0`, `update_ratio.0`, one for each layer.
 */
export interface SeriesChunk {
  member: number;
  name: string;
  start: number;
  /**
   * int32; None where entry i is training step i + 1
   */
  x: Uint8Array | null;
  y: Uint8Array;
}
/**
 * One layer: of its latest pass the activations, else its parameters.
 */
export interface LayerParts {
  name: string;
  weights: Histogram;
  gradients: Histogram | null;
  activations: Histogram | null;
  /**
   * share of units that are 0 for the whole batch (ReLU)
   */
  dead: number | null;
  /**
   * share of activations where the slope is below a tenth of its largest
   */
  saturated: number | null;
}
/**
 * 32 equal bins over [-largest, largest].
 */
export interface Histogram {
  counts: number[];
  largest: number;
  mean: number;
  std: number;
}
/**
 * Rows as 8-bit pictures: number = (byte - zero) * scale.
 */
export interface Maps {
  count: number;
  /**
   * rows in all
   */
  of: number;
  pixels: Uint8Array;
  scale: number;
  zero: number;
}
/**
 * Pictures of the batch just trained on, as many as are shown, with what was said of them before the update.
 */
export interface BatchParts {
  of: number;
  indices: number[];
  labels: number[];
  predictions: number[];
  confidence: number[];
  losses: number[];
  pixels: Uint8Array;
}
/**
 * The fitted curve, from the hand-written backward and from the engine's, and how far their gradients differ.
 */
export interface CurveParts {
  x: Uint8Array;
  points_x: Uint8Array;
  points_y: Uint8Array;
  by_hand: Uint8Array;
  by_engine: Uint8Array;
  /**
   * parameter, norm of its gradient by hand, by the engine, largest difference
   */
  gradients: [string, number, number, number][];
}
/**
 * The test set seen by a run at a training step.
 */
export interface Evaluation {
  type: "evaluation";
  request_seq: number | null;
  run: string;
  step: number;
  count: number;
  loss: number;
  accuracy: number;
  /**
   * rows are true digits, columns predicted ones
   */
  confusion: number[][];
  /**
   * pictures that match the filter, all in all
   */
  wrong: number;
  start: number;
  /**
   * by loss, largest first
   */
  indices: number[];
  labels: number[];
  predictions: number[];
  losses: number[];
  /**
   * of the predicted digit
   */
  confidence: number[];
  pixels: Uint8Array;
}
export interface Comparison {
  type: "comparison";
  request_seq: number | null;
  run: string;
  step: number;
  other: number;
  /**
   * on the same batch
   *
   * @minItems 2
   * @maxItems 2
   */
  losses: [number, number];
  tensors: Compared[];
}
/**
 * One tensor at two training steps, and the difference second - first.
 */
export interface Compared {
  name: string;
  what: "value" | "gradient" | "weight";
  first: TensorFrame;
  second: TensorFrame;
  difference: TensorFrame;
}
export interface SurfaceRace {
  type: "surface_race";
  request_seq: number | null;
  surface: string;
  /**
   * the loss as an expression of x and y
   */
  source: string;
  /**
   * @minItems 2
   * @maxItems 2
   */
  x: [number, number];
  /**
   * @minItems 2
   * @maxItems 2
   */
  y: [number, number];
  /**
   * the loss on a grid of size x size, rows are y
   */
  size: number;
  grid: Uint8Array;
  minimum: [number, number][];
  paths: SurfacePath[];
}
/**
 * One optimizer's way: (steps + 1) points and the loss at each; it ends early where it leaves all bounds.
 */
export interface SurfacePath {
  label: string;
  points: Uint8Array;
  losses: Uint8Array;
  /**
   * how it ended
   */
  says: string;
}
