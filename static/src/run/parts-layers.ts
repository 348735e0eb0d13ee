// What is known of each layer of a run, and what it means, in plain words. Pure: no DOM.
import { formatCount, formatShare } from "../charts/labels";
import type { LayerParts, NetworkRecipe, RunState } from "../protocol";
import type { Curves, Series } from "./curves";

/** What follows a layer's name and a colon; `wrong` where the layer does not learn as it should. */
export interface Verdict {
  readonly text: string;
  readonly wrong: boolean;
}

/** Update over weights: outside of this the weights hardly move, or hardly stay. A rule of thumb, and said to be one. */
export const HEALTHY = { from: 1e-4, to: 1e-2 } as const;
/** Gradients so many times smaller than the last layer's have vanished on their way back. */
const VANISHED = 100;
/** From these shares on, units that pass no gradient, or hardly any, are worth a warning. */
const MANY_DEAD = 0.1;
const MANY_SATURATED = 0.5;

const ACTIVATIONS: Readonly<Record<NetworkRecipe["activation"], string>> = {
  sigmoid: "sigmoid",
  tanh: "tanh",
  relu: "ReLU",
  leaky_relu: "leaky ReLU",
  gelu: "GELU",
};

/** One layer as its charts and sentences want it. */
export interface LayerReading {
  readonly parts: LayerParts;
  /** How many units it has. */
  readonly units: number;
  /** What follows it: "ReLU"; null after the last layer. */
  readonly activation: string | null;
  /** Latest samples; null: none yet. */
  readonly gradNorm: number | null;
  readonly updateRatio: number | null;
  readonly verdicts: readonly Verdict[];
}

/** All layers, in the order of the forward pass. */
export function readLayers(state: RunState, layers: readonly LayerParts[], curves: Curves, member = 0): LayerReading[] {
  const plan = state.members[member]?.layers ?? [];
  const activation = activationOf(state, member);
  const norms = curves.layers("grad_norm", member).map(latest);
  const ratios = curves.layers("update_ratio", member).map(latest);
  const end = norms[layers.length - 1] ?? null;
  return layers.map((parts, index) => {
    const last = index === layers.length - 1;
    const known = {
      parts,
      units: unitsIn(plan[index]?.shape ?? ""),
      activation: last ? null : activation,
      gradNorm: norms[index] ?? null,
      updateRatio: ratios[index] ?? null,
    };
    return { ...known, verdicts: verdictsOn(known, end) };
  });
}

/** The sentences about all layers; those that share one are named together. */
export function sentencesOn(layers: readonly LayerReading[]): Verdict[] {
  const found = new Map<string, { names: string[]; wrong: boolean }>();
  for (const { parts, verdicts } of layers) {
    for (const { text, wrong } of verdicts) {
      const known = found.get(text);
      if (known) known.names.push(parts.name);
      else found.set(text, { names: [parts.name], wrong });
    }
  }
  return [...found].map(([text, { names, wrong }]) => ({ text: `${names.join(", ")}: ${text}`, wrong }));
}

/** What is to be said of a layer beside its numbers; `end` is the gradient norm of the last layer. */
function verdictsOn(layer: Omit<LayerReading, "verdicts">, end: number | null): Verdict[] {
  const { gradNorm, updateRatio, parts, units, activation } = layer;
  return [
    gradNorm === null ? null : onGradient(gradNorm, end),
    updateRatio === null ? null : onUpdate(updateRatio),
    onDead(parts.dead, units, activation ?? ""),
    onSaturated(parts.saturated, activation ?? ""),
  ].filter((verdict) => verdict !== null);
}

function onGradient(norm: number, end: number | null): Verdict | null {
  if (!Number.isFinite(norm)) return wrong("the gradient is no longer a number: training has diverged.");
  if (norm === 0) return wrong("the gradient is 0: nothing tells this layer how to change.");
  if (end === null || !(end / norm >= VANISHED)) return null; // of the last layer itself it is 1
  const times = formatCount(Number((end / norm).toPrecision(2)));
  return wrong(`the gradient is ${times} times smaller than in the last layer: it vanishes on its way back.`);
}

function onUpdate(ratio: number): Verdict | null {
  if (Number.isNaN(ratio)) return wrong("the update is no longer a number: training has diverged.");
  if (ratio === Number.POSITIVE_INFINITY) return fine("all weights were 0, so that any update is infinitely larger.");
  if (ratio === 0) return wrong("the update is 0, the weights stand still.");
  if (ratio < HEALTHY.from) {
    return wrong(`an update moves the weights by less than ${formatShare(HEALTHY.from)} of their length: hardly.`);
  }
  if (ratio <= HEALTHY.to) return null;
  return wrong(
    `an update moves the weights by more than ${formatShare(HEALTHY.to)} of their length. ` +
      "That is common in the first training steps; later it means that the learning rate is too high.",
  );
}

function onDead(dead: number | null, units: number, activation: string): Verdict | null {
  if (dead === null || !(dead > 0)) return null;
  const count = `${formatCount(Math.round(dead * units))} of ${formatCount(units)}`;
  const text = `${count} ${activation} units are 0 for the whole batch: no gradient reaches their weights.`;
  return { text, wrong: dead >= MANY_DEAD };
}

function onSaturated(saturated: number | null, activation: string): Verdict | null {
  if (saturated === null || !(saturated >= MANY_SATURATED)) return null;
  return wrong(
    `more than half of the ${activation} activations are saturated: ` +
      "where they are flat, less than a tenth of the gradient passes.",
  );
}

function fine(text: string): Verdict {
  return { text, wrong: false };
}

function wrong(text: string): Verdict {
  return { text, wrong: true };
}

function latest({ y }: Series): number | null {
  return y.at(-1) ?? null;
}

/** Units of a layer from its shape, "784 → 128". */
function unitsIn(shape: string): number {
  return Number(shape.match(/\d+$/)?.[0] ?? 0);
}

function activationOf({ recipe }: RunState, member: number): string | null {
  if (recipe.kind === "curve") return null;
  const own = recipe.kind === "comparison" ? recipe.members[member]?.activation : null;
  return ACTIVATIONS[own ?? (recipe.kind === "comparison" ? recipe.base : recipe).activation];
}
