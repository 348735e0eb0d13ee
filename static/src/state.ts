// What the page knows, as data. A Scene is everything that was said about one pass; a View is what stands on screen:
// a pure function of a scene and of where the learner looks. Nothing here touches the DOM.

import { histories, passes } from "./history";
import type {
  Check,
  Choice,
  Graph,
  GraphNode,
  Leaf,
  Lines,
  Numbers,
  Opened,
  Origin,
  Position,
  Proved,
  Step,
  TensorFrame,
  TensorRef,
  Terms,
  TrainingStep,
} from "./protocol";

export type Value = number | TensorRef;
export type Matrix = Leaf["value"];
export type Text = Step["sentence"];
export type Phase = Step["phase"];
export type GradState = Step["state"];

/** What a button press moves by; the levels of a walk, from coarse to fine. Not every scene has the first and the third. */
export type Level = "training" | "phase" | "layer" | "op" | "wire" | "term";

/** An element, opened: the products that sum to it, or the lines that compute its update. */
export type OpenedElement = Terms | Lines;

/** A tensor as it arrived: statistics, histogram, a picture; exact numbers come through `Actions.window`. */
export interface Tensor extends Omit<TensorFrame, "type" | "picture"> {
  readonly picture: Float32Array;
}

/** One summand of a node's grad. */
export interface Contribution {
  /** The node that contributed, and the port of its input it did it through. */
  readonly node: number;
  readonly port: number;
  readonly value: Value;
  /** The step that brought it. */
  readonly step: number;
}

/** How one node looks from one position on, until its next NodeView. The same look is the same object. */
export interface NodeView {
  readonly id: number;
  /** The position from which it looks like this. */
  readonly since: number;
  /** null: not computed yet. */
  readonly value: Value | null;
  /** Whether `value` is what the update made of it. */
  readonly updated: boolean;
  /** null: unreached, which is not zero. */
  readonly grad: Value | null;
  readonly state: GradState;
  /** Contributions received so far, and in all; 0 expected means that no gradient flows to this node. */
  readonly received: number;
  readonly expected: number;
  readonly contributions: readonly Contribution[];
}

/** When something first passed a wire, as a position; null: never in this trace. */
export interface Pass {
  readonly forward: number | null;
  readonly backward: number | null;
}

/** A wire something passes in this very step. It joins `from`, the input at `port`, to `node`. */
export interface ActiveWire {
  readonly node: number;
  readonly port: number;
  readonly from: number;
  readonly direction: "forward" | "backward";
  /** Forward the value, backward the contribution. */
  readonly value: Value;
  /** 0 to 1: its magnitude beside the largest of its kind in the trace. */
  readonly strength: number;
}

/** One pass, complete: the graph, every step, every tensor. */
export interface Scene {
  readonly generation: number;
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly source: string | null;
  readonly editable: boolean;
  readonly graph: Graph;
  readonly nodes: ReadonlyMap<number, GraphNode>;
  readonly leaves: readonly Leaf[];
  readonly choices: readonly Choice[];
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
  /** Where the scene is a training step of a run. */
  readonly training: TrainingStep | null;
  /** The page that the scene belongs to; null: it stands by itself. */
  readonly origin: Origin | null;
  /** Final values and grads by node id, whatever the position; for the position's own ask `View.node`. */
  readonly values: ReadonlyMap<number, Value>;
  readonly grads: ReadonlyMap<number, Value>;
  readonly steps: readonly Step[];
  readonly tensors: ReadonlyMap<number, Tensor>;
  readonly histories: ReadonlyMap<number, readonly NodeView[]>;
  /** By `wireKey`. */
  readonly passes: ReadonlyMap<string, Pass>;
  /** The largest finite magnitudes of the trace: what `ActiveWire.strength` is measured against. */
  readonly largest: { readonly value: number; readonly contribution: number };
}

/** Where the learner looks. */
export interface Look {
  readonly position: Position;
  readonly level: Level;
  /** The node picked by hand; null follows the walk. */
  readonly selected: number | null;
  /** What the opened element consists of, once it has arrived. */
  readonly opened: OpenedElement | null;
}

/** What stands on screen. */
export interface View extends Look {
  /** The active step, steps[position.step - 1]; null at position 0, where only the leaves are known. */
  readonly step: Step | null;
  readonly wires: readonly ActiveWire[];
  /** The node in the middle of things: the one that computes, receives or is updated. */
  readonly focus: number | null;
  /** What the inspector shows: `selected`, else `focus`. */
  readonly inspected: number | null;
  node(id: number): NodeView;
}

/** What panels and the stage may ask for. Requests answered by the server reject with a ServerError. */
export interface Actions {
  /** Change a leaf; everything is computed anew, the position stays. */
  setValue(name: string, value: Matrix): Promise<void>;
  /** Open another scene, or this one with another source or other choices; what is left out stays as it is. */
  open(change: { scene?: string; source?: string; choices?: Readonly<Record<string, string>> }): Promise<void>;
  /** Open one element of what the current step made; without an element the one of largest magnitude. */
  openElement(element?: readonly number[]): void;
  closeElement(): void;
  /** Stand at a position: `step` steps done, and `term` terms of the opened element gone through. */
  seek(step: number, term?: number): void;
  /** Let the terms of elements go by their magnitude, or by their place. */
  sortTerms(largestFirst: boolean): void;
  /** Move by this from now on. */
  setLevel(level: Level): void;
  /** Pick a node for the inspector; null follows the walk again. */
  select(node: number | null): void;
  prove(): Promise<Proved>;
  /** Exact numbers of a tensor's rows [from, to) and columns [from, to). */
  window(ref: number, rows: readonly [number, number], columns: readonly [number, number]): Promise<Numbers>;
}

/** What a panel looks like to main.ts: made once, then told of every change. */
export interface Panel {
  update(scene: Scene, view: View): void;
}

/** The scene that an `opened` answer, its steps and its tensors make. */
export function buildScene(opened: Opened, steps: readonly Step[], tensors: ReadonlyMap<number, Tensor>): Scene {
  const {
    scene: id,
    graph,
    generation,
    title,
    says,
    source,
    editable,
    leaves,
    choices,
    checks,
    notes,
    training,
    origin,
  } = opened;
  const values = byNode(opened.values);
  const largest = (key: "value" | "contribution") =>
    steps.reduce((size, step) => Math.max(size, magnitude(step[key], tensors)), 0);
  return {
    ...{ generation, id, title, says, source, editable, graph, leaves, choices, checks, notes, training, origin },
    ...{ steps, tensors, values },
    nodes: new Map(graph.nodes.map((node) => [node.id, node])),
    grads: byNode(opened.grads),
    histories: histories(graph, values, steps),
    passes: passes(graph, steps),
    largest: { value: largest("value"), contribution: largest("contribution") },
  };
}

/** What stands on screen for a look at a scene. The position is taken as it is; `clampStep` makes one that exists. */
export function viewAt(scene: Scene, look: Look): View {
  const at = look.position.step;
  const step = scene.steps[at - 1] ?? null;
  const focus = step === null ? null : (step.target ?? step.node);
  return {
    ...look,
    step,
    focus,
    inspected: look.selected ?? focus,
    wires: step === null ? [] : activeWires(scene, step),
    node: (id) => nodeAt(scene, id, at),
  };
}

/** The nearest position that the scene has. */
export function clampStep(scene: Scene, step: number): number {
  return Math.min(Math.max(Math.round(step) || 0, 0), scene.steps.length);
}

/** The largest finite magnitude in a value; 0 where there is none, or where its tensor has not arrived. */
export function magnitude(value: Value | null, tensors: ReadonlyMap<number, Tensor>): number {
  if (value === null) return 0;
  const size = typeof value === "number" ? Math.abs(value) : (tensors.get(value.ref)?.largest ?? 0);
  return Number.isFinite(size) ? size : 0;
}

function nodeAt(scene: Scene, id: number, position: number): NodeView {
  const history = scene.histories.get(id);
  if (!history) throw new RangeError(`The graph has no node ${id}.`);
  let low = 0;
  for (let high = history.length; high - low > 1; ) {
    const middle = (low + high) >> 1;
    if ((history[middle]?.since ?? 0) <= position) low = middle;
    else high = middle;
  }
  return history[low] as NodeView;
}

function activeWires(scene: Scene, step: Step): ActiveWire[] {
  const inputs = scene.nodes.get(step.node)?.inputs ?? [];
  const share = (value: Value, largest: number) =>
    largest > 0 ? Math.min(1, magnitude(value, scene.tensors) / largest) : 0;
  if (step.kind === "compute") {
    return inputs.flatMap((from, port) => {
      const value = nodeAt(scene, from, step.index).value;
      const wire = { node: step.node, port, from, direction: "forward" as const };
      return value === null ? [] : [{ ...wire, value, strength: share(value, scene.largest.value) }];
    });
  }
  const { port, target, contribution } = step;
  if (step.kind !== "contribution" || port === null || target === null || contribution === null) return [];
  const strength = share(contribution, scene.largest.contribution);
  return [{ node: step.node, port, from: target, direction: "backward", value: contribution, strength }];
}

function byNode(values: Readonly<Record<string, Value>>): Map<number, Value> {
  return new Map(Object.entries(values).map(([id, value]) => [Number(id), value]));
}
