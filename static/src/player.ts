// Walking through a trace: where each level's next press leads, and when playing takes it. Pure; the clock is an argument.

import type { Position, Step } from "./protocol";
import type { Level, Look, Scene } from "./state";

/** From coarse to fine; `into` and `out` walk along it. */
export const LEVELS: readonly Level[] = ["phase", "op", "wire", "term"];

export const SPEEDS: readonly number[] = [0.25, 0.5, 1, 2, 4, 8];

/** What one press of Step says it does, by level; at the finest level of whole steps by what the next one is. */
const STEP_LABELS: Readonly<Record<Exclude<Level, "wire">, string>> = {
  phase: "Step one phase",
  op: "Step one node",
  term: "Add one product",
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
export function stepLabel(scene: Scene, { level, position, terms }: Look): string {
  if (level !== "wire" && !isDeadEnd(level, terms)) return STEP_LABELS[level];
  return KIND_LABELS[(scene.steps[position.step] ?? scene.steps.at(-1))?.kind ?? "compute"];
}

/** The position one press further (1) or back (-1) at the look's level; the same position where there is none. */
export function advance(scene: Scene, look: Look, direction: Direction): Position {
  const { position, level } = look;
  if (level === "term" && position.element !== null && !isDeadEnd(level, look.terms)) {
    const last = look.terms?.terms.length ?? 0;
    return { ...position, term: clamp(position.term + direction, 0, last) };
  }
  let at = position.step;
  do at += direction;
  while (at > 0 && at < scene.steps.length && !isBoundary(scene.steps, at, level));
  return atStep(clamp(at, 0, scene.steps.length));
}

/** The first or the last position at the look's level: of the opened element, else of the trace. */
export function end(scene: Scene, look: Look, direction: Direction): Position {
  if (look.level === "term" && look.position.element !== null) {
    return { ...look.position, term: direction < 0 ? 0 : (look.terms?.terms.length ?? 0) };
  }
  return atStep(direction < 0 ? 0 : scene.steps.length);
}

/** The position at a number of steps done, no element opened. */
export function atStep(step: number): Position {
  return { step, element: null, term: 0 };
}

/** One level finer; wires open into terms only where an element has been opened, which is not decided here. */
export function finer(level: Level): Level {
  return LEVELS[Math.min(LEVELS.indexOf(level) + 1, LEVELS.length - 1)] ?? level;
}

export function coarser(level: Level): Level {
  return LEVELS[Math.max(LEVELS.indexOf(level) - 1, 0)] ?? level;
}

/** Whether what the step made can be opened into the products that sum to it: something was computed along wires. */
export function canOpen(step: Step | null): boolean {
  return step !== null && (step.kind === "compute" || step.kind === "contribution");
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
function isDeadEnd(level: Level, terms: Look["terms"]): boolean {
  return level === "term" && terms?.terms.length === 0;
}

/** Whether something of the level ends at a position: the step done last and the next one belong to different ones. */
function isBoundary(steps: readonly Step[], position: number, level: Level): boolean {
  const [before, after] = [steps[position - 1], steps[position]];
  if (!before || !after) return true;
  if (level === "phase") return before.phase !== after.phase;
  if (level === "op") return before.node !== after.node || before.kind !== after.kind;
  return true;
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}
