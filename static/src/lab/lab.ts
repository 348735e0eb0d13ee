// A lab: what it trains, what may be changed about it, and from that the recipe of its run. Pure.

import { formatNumber } from "../format";
import type { ComparisonRecipe, CurveRecipe, NetworkRecipe, RunState, Surface, Variation } from "../protocol";

export type Recipe = RunState["recipe"];

/** Somebody who may take part; `{lr}` in the label stands for the learning rate. */
export interface Member {
  readonly variation: Variation;
  /** Its learning rate over the lab's. */
  readonly factor: number;
  /** The switches that must all be on. */
  readonly needs: readonly string[];
}

export interface Switches {
  readonly legend: string;
  readonly options: readonly { readonly name: string; readonly label: string; readonly on: boolean }[];
}

/** The lab's learning rate: a slider that goes by equal factors. */
export interface Rate {
  readonly label: string;
  readonly says: string;
  readonly value: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** One of several values of a field of the recipe. */
export interface Choice {
  readonly field: string;
  readonly legend: string;
  readonly options: readonly (readonly [value: string | number, label: string])[];
}

export interface Lab {
  readonly id: string;
  readonly title: string;
  /** Of a comparison the base. */
  readonly recipe: CurveRecipe | NetworkRecipe;
  /** None where a curve is fitted. */
  readonly members: readonly Member[];
  readonly switches: readonly Switches[];
  readonly rate: Rate;
  readonly choices: readonly Choice[];
  readonly speed: number;
  /** Training steps that are made as the lab opens, for there to be something to see. */
  readonly begun: number;
  /** By data set, how often every picture is seen. */
  readonly epochs: Readonly<Record<string, number>>;
}

/** A loss surface that may be raced on. */
export interface LossSurface {
  readonly name: Surface["surface"];
  readonly label: string;
  readonly says: string;
  readonly source: string;
  readonly start: readonly [number, number];
  /** By optimizer, a learning rate that suits it. */
  readonly rates: Readonly<Record<string, number>>;
}

/** Gradients of two batches, and their sum as `.grad` holds it; a number a digit. */
export interface Accumulation {
  readonly batch: number;
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly both: readonly number[];
}

/** What the server tells a lab's page. */
export interface LabPage {
  readonly lab: Lab;
  readonly surfaces: readonly LossSurface[];
  readonly accumulation: Accumulation | null;
}

/** What a learner has set. */
export interface Settings {
  readonly rate: number;
  readonly on: ReadonlySet<string>;
  readonly choices: Readonly<Record<string, string | number>>;
}

const DIGITS = 6;

/** As the lab opens. */
export function defaultSettings(lab: Lab): Settings {
  const recipe = lab.recipe as unknown as Record<string, string | number>;
  return {
    rate: lab.rate.value,
    on: new Set(lab.switches.flatMap(({ options }) => options.filter(({ on }) => on).map(({ name }) => name))),
    choices: Object.fromEntries(lab.choices.map(({ field }) => [field, recipe[field] ?? ""])),
  };
}

/** Whether a lab compares networks; else it fits a curve. */
export function compares(lab: Lab): lab is Lab & { readonly recipe: NetworkRecipe } {
  return lab.recipe.kind === "network";
}

/** Who takes part, with label and learning rate. */
export function membersOf(lab: Lab, { rate, on }: Settings): Variation[] {
  return lab.members
    .filter(({ needs }) => needs.every((name) => on.has(name)))
    .map(({ variation, factor }) => {
      const lr = rounded(rate * factor);
      return { ...variation, lr, label: variation.label.replace("{lr}", formatNumber(lr)) };
    });
}

/** What is trained; null where nobody takes part. */
export function recipeOf(lab: Lab, settings: Settings): Recipe | null {
  const { recipe } = lab;
  if (recipe.kind === "curve") return { ...recipe, ...settings.choices, lr: settings.rate } as CurveRecipe;
  const members = membersOf(lab, settings);
  if (members.length === 0) return null;
  const base = { ...recipe, ...settings.choices } as NetworkRecipe;
  return { kind: "comparison", base: { ...base, epochs: lab.epochs[base.dataset] ?? base.epochs }, members };
}

/** The settings that a run's recipe was made with; null where this lab did not make it. */
export function settingsOf(lab: Lab, recipe: Recipe): Settings | null {
  if (recipe.kind === "curve" && lab.recipe.kind === "curve") {
    return { rate: recipe.lr, on: new Set(), choices: chosenIn(lab, recipe) };
  }
  if (recipe.kind !== "comparison" || !compares(lab)) return null;
  const on = new Set<string>();
  let rate = lab.rate.value;
  for (const variation of recipe.members) {
    const member = lab.members.find((member) => alike(member.variation, variation));
    if (!member) return null;
    for (const name of member.needs) on.add(name);
    if (variation.lr !== null) rate = rounded(variation.lr / member.factor);
  }
  const settings = { rate, on, choices: chosenIn(lab, recipe.base) };
  return same(recipeOf(lab, settings), recipe) ? settings : null;
}

/** The learning rate of a member. */
export function rateOf(recipe: Recipe, member: number): number {
  return recipe.kind === "comparison" ? (recipe.members[member]?.lr ?? recipe.base.lr) : recipe.lr;
}

/** Whether a member forgets its gradients before each backward pass. */
export function forgets(recipe: ComparisonRecipe, member: number): boolean {
  return recipe.members[member]?.zero_grad ?? recipe.base.zero_grad;
}

function chosenIn(lab: Lab, recipe: CurveRecipe | NetworkRecipe): Settings["choices"] {
  const fields = recipe as unknown as Record<string, string | number>;
  return Object.fromEntries(lab.choices.map(({ field }) => [field, fields[field] ?? ""]));
}

function alike(one: Variation, other: Variation): boolean {
  return same({ ...one, lr: null, label: "" }, { ...other, lr: null, label: "" });
}

/** Whether both say the same, in whatever order. */
function same(one: unknown, other: unknown): boolean {
  const sorted = (_key: string, part: unknown) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return JSON.stringify(one, sorted) === JSON.stringify(other, sorted);
}

/** Without the last digits that a product leaves. */
function rounded(number: number): number {
  return Number(number.toPrecision(DIGITS));
}
