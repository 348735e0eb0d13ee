// Where the learner stands, from the coarsest level to the finest: run, training step, phase, layer, node, wire, element,
// product. Pure.

import { formatCount } from "./charts/labels";
import { partsOf, trainingText } from "./player";
import type { Step } from "./protocol";
import { runOf } from "./run/address";
import type { Level, Scene, View } from "./state";

export interface Crumb {
  readonly label: string;
  /** What it says in full. */
  readonly says: string;
  /** The level whose unit it names; null: a place on another page, at `address`. */
  readonly level: Level | null;
  readonly address?: string;
  /** Of an element, where the walk through its parts begins. */
  readonly term?: number;
}

export function crumbsOf(scene: Scene, view: View): Crumb[] {
  return [...runCrumbs(scene), ...stepCrumbs(scene, view.step), ...elementCrumbs(view)];
}

function runCrumbs({ training, origin }: Scene): Crumb[] {
  if (origin) {
    const { title: label, address } = origin;
    return [{ label, says: "back to where it came from", level: null, address }];
  }
  if (!training) return [];
  const { title, step, picture } = training;
  const number = formatCount(step);
  const inside =
    picture === null
      ? { label: `step ${number}`, says: trainingText(training) }
      : {
          label: `test picture ${formatCount(picture)}, before step ${number}`,
          says: "one test picture, forward and backward",
        };
  return [
    { label: `Run ${title}`, says: "to the run", level: null, address: runOf(training) },
    { ...inside, level: "training" },
  ];
}

function stepCrumbs(scene: Scene, step: Step | null): Crumb[] {
  if (!step) return [{ label: "nothing computed yet", says: "only the leaves are known", level: "phase" }];
  const [node, target] = [scene.nodes.get(step.node), scene.nodes.get(step.target ?? -1)];
  const phase: Crumb = { label: step.phase, says: `the ${step.phase} phase`, level: "phase" };
  const layer: Crumb[] = node?.layer
    ? [{ label: node.layer.split(":", 1)[0] ?? "", says: node.layer, level: "layer" }]
    : [];
  const op: Crumb = { label: node?.name ?? "", says: `the node ${node?.name ?? ""}`, level: "op" };
  const wire: Crumb[] = target
    ? [{ label: `→ ${target.name}`, says: `the wire along which ${target.name} receives`, level: "wire" }]
    : [];
  return [phase, ...layer, op, ...wire];
}

function elementCrumbs({ position: { element, term }, opened }: View): Crumb[] {
  if (!element) return [];
  const label = element.length > 0 ? `[${element.join(", ")}]` : "its number";
  const unit = opened?.type === "lines" ? "line" : "product";
  const whole: Crumb = { label, says: `one element, before its first ${unit}`, level: "term", term: 0 };
  if (term === 0 || !opened || partsOf(opened) === 0) return [whole];
  const part: Crumb = { label: `${unit} ${term}`, says: `${unit} ${term} of ${partsOf(opened)}`, level: "term", term };
  return [whole, part];
}

/** The crumb that names what a press moves by: the finest one of its level. */
export function currentCrumb(crumbs: readonly Crumb[], level: Level): Crumb | undefined {
  const exact = crumbs.findLast((crumb) => crumb.level === level);
  // A node that computes has no wire of its own: its step is both.
  return exact ?? (level === "wire" ? crumbs.findLast((crumb) => crumb.level === "op") : undefined);
}
