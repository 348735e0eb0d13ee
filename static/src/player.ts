// Walking through a trace: where each level's next press leads, and when playing takes it. Pure; the clock is an argument.

import { formatCount } from "./charts/labels";
import { clamp } from "./numbers";
import type { Position, Step, TrainingStep } from "./protocol";
import type { Level, Look, OpenedElement, Scene } from "./state";

/** From coarse to fine. */
export const LEVELS: readonly Level[] = ["training", "phase", "layer", "op", "wire", "term"];

/** The levels that a scene has, from coarse to fine; `into` and `out` walk along them. */
export function levelsOf({ training, graph }: Scene): readonly Level[] {
  const layered = graph.nodes.some((node) => node.layer !== "");
  return LEVELS.filter((level) => (level !== "training" || training) && (level !== "layer" || layered));
}

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4, 8];

/** What one press of Step says it does, by level; at the finest level of whole steps by what the next one is. */
const STEP_LABELS: Readonly<Record<Exclude<Level, "wire" | "term">, string>> = {
  training: "One training step on",
  phase: "Step one phase",
  layer: "Step one layer",
  op: "Step one node",
};
const PART_LABELS: Readonly<Record<OpenedElement["type"], string>> = {
  terms: "Add one product",
  lines: "Compute one line",
};
const KIND_LABELS: Readonly<Record<Step["kind"], string>> = {
  compute: "Step one node",
  seed: "Step to the seed",
  contribution: "Step one wire",
  update: "Step one update",
  result: "Step to the result",
};

/** Between two steps at speed 1: time to read a short sentence. */
const STEP_MILLISECONDS = 1400;
const TERM_MILLISECONDS = 350;

type Direction = 1 | -1;

/** What the next press of Step moves by; at the end what the last one moved by. */
export function stepLabel(scene: Scene, { level, position, opened }: Look): string {
  if (level === "term" && !isDeadEnd(level, opened)) return PART_LABELS[opened?.type ?? "terms"];
  if (level !== "wire" && level !== "term") return STEP_LABELS[level];
  return KIND_LABELS[(scene.steps[position.step] ?? scene.steps.at(-1))?.kind ?? "compute"];
}

/**
 * The position one press further (1) or back (-1) at the look's level; the same position where there is none, and at the
 * level of training steps, each of which is a scene of its own: see `nextTrainingStep`.
 */
export function advance(scene: Scene, look: Look, direction: Direction): Position {
  const { position, level, opened } = look;
  if (level === "training") return position;
  if (level === "term" && position.element !== null && !isDeadEnd(level, opened)) {
    return { ...position, term: clamp(position.term + direction, 0, opened ? partsOf(opened) : 0) };
  }
  let at = position.step;
  do at += direction;
  while (at > 0 && at < scene.steps.length && !isBoundary(scene, at, level));
  return atStep(clamp(at, 0, scene.steps.length));
}

/** The first or the last position at the look's level: of the opened element, else of the trace. */
export function end(scene: Scene, look: Look, direction: Direction): Position {
  const { position, level, opened } = look;
  if (level === "training") return position;
  if (level === "term" && position.element !== null) {
    return { ...position, term: direction > 0 && opened ? partsOf(opened) : 0 };
  }
  return atStep(direction < 0 ? 0 : scene.steps.length);
}

/** The position at a number of steps done, no element opened. */
export function atStep(step: number): Position {
  return { step, element: null, term: 0, largest_first: false };
}

/** The last training step of its run that a scene may be exchanged for: the one that the run would take next. */
export function lastTrainingStep({ step, steps, done, picture }: TrainingStep): number {
  // A picture may be seen after the last update, too.
  return clamp(done + 1, step, picture === null ? steps : steps + 1);
}

/** "training step 1,201 of 3,000" */
export function trainingText({ step, steps }: TrainingStep): string {
  return `training step ${formatCount(step)} of ${formatCount(steps)}`;
}

/** The training step one press further (1) or back (-1); null where there is none. */
export function nextTrainingStep(training: TrainingStep, direction: Direction): number | null {
  const step = training.step + direction;
  return step >= 1 && step <= lastTrainingStep(training) ? step : null;
}

/** Whether a press at the look's level leads anywhere. */
export function canAdvance(scene: Scene, look: Look, direction: Direction): boolean {
  if (look.level === "training" && scene.training) return nextTrainingStep(scene.training, direction) !== null;
  const { step, term } = advance(scene, look, direction);
  return step !== look.position.step || term !== look.position.term;
}

/** How many terms or lines an opened element has. */
export function partsOf(opened: OpenedElement): number {
  return opened.type === "terms" ? opened.terms.length : opened.lines.length;
}

/** One level finer; wires open into terms only where an element has been opened, which is not decided here. */
export function finer(scene: Scene, level: Level): Level {
  return neighbour(levelsOf(scene), level, 1);
}

export function coarser(scene: Scene, level: Level): Level {
  return neighbour(levelsOf(scene), level, -1);
}

function neighbour(levels: readonly Level[], level: Level, direction: Direction): Level {
  return levels[levels.indexOf(level) + direction] ?? level;
}

/** Whether elements of what the step made can be opened: into the products that sum to them, or an update's lines. */
export function canOpen(step: Step | null): boolean {
  return step !== null && (step.kind === "compute" || step.kind === "contribution" || step.kind === "update");
}

/** Milliseconds from one step to the next when playing. */
export function playInterval(level: Level, speed: number): number {
  return (level === "term" ? TERM_MILLISECONDS : STEP_MILLISECONDS) / speed;
}

/** Ends of the phases, as runs of positions: the steps (from, to]. */
export function phaseRuns(steps: readonly Step[]): { phase: Step["phase"]; from: number; to: number }[] {
  const runs: { phase: Step["phase"]; from: number; to: number }[] = [];
  for (const [i, { phase }] of steps.entries()) {
    const run = runs.at(-1);
    if (run?.phase === phase) run.to = i + 1;
    else runs.push({ phase, from: i, to: i + 1 });
  }
  return runs;
}

/** Whether an element was opened that is no sum of products: the next press walks on from there. */
function isDeadEnd(level: Level, opened: Look["opened"]): boolean {
  return level === "term" && opened !== null && partsOf(opened) === 0;
}

/** Whether something of the level ends at a position: the step done last and the next one belong to different ones. */
function isBoundary({ steps, nodes }: Scene, position: number, level: Level): boolean {
  const [before, after] = [steps[position - 1], steps[position]];
  if (!before || !after) return true;
  const phase = before.phase !== after.phase;
  if (level === "phase") return phase;
  if (level === "layer") return phase || nodes.get(before.node)?.layer !== nodes.get(after.node)?.layer;
  if (level === "op") return before.node !== after.node || before.kind !== after.kind;
  return true;
}
