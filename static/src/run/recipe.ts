// A network's recipe between the form, the address and the one line that says it. What may be chosen, with defaults and
// limits, comes from the server's own tables, which stand in the page. Pure.
//
//   /train?hidden=128,64&activation=tanh&optimizer=sgd&lr=0.1&momentum=0.9&epochs=2

import { formatNumber } from "../format";
import type { NetworkRecipe, Error as Problem } from "../protocol";

/** A number that may be set, from `minimum` to `maximum`, both included. */
export interface Bounds {
  readonly label: string;
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly says: string;
}

export interface Hyperparameter extends Bounds {
  readonly name: string;
}

/** One of several things to choose. */
export interface Option<Name extends string = string> {
  readonly name: Name;
  readonly label: string;
  readonly says: string;
}

export interface DatasetOption extends Option<NetworkRecipe["dataset"]> {
  /** Whether it can be had now. */
  readonly ready: boolean;
}

export interface OptimizerOption extends Option<NetworkRecipe["optimizer"]> {
  readonly lr: Bounds;
  readonly hyper: readonly Hyperparameter[];
}

export interface ScheduleOption extends Option<NetworkRecipe["schedule"]> {
  readonly warms_up: boolean;
  /** Shares of the learning rate at equal distances from the end of the warm-up to the end of the run. */
  readonly decay: readonly number[];
}

/** The whole numbers of a recipe. */
export type Count = "batch" | "epochs" | "seed" | "warmup";

/** All that may be chosen; served in the page. */
export interface Choices {
  readonly defaults: NetworkRecipe;
  readonly inputs: number;
  readonly outputs: number;
  readonly datasets: readonly DatasetOption[];
  readonly activations: readonly Option<NetworkRecipe["activation"]>[];
  readonly inits: readonly Option<NetworkRecipe["init"]>[];
  readonly optimizers: readonly OptimizerOption[];
  readonly schedules: readonly ScheduleOption[];
  readonly counts: Readonly<Record<Count, Bounds>>;
  readonly layers: { readonly most: number; readonly width: Bounds };
}

/** Where in the form something is set, and shown to be wrong. */
export type Field = Exclude<keyof NetworkRecipe, "kind" | "zero_grad" | "hyper"> | `hyper.${string}`;

/** What the optimizer of a recipe is, with its own numbers. */
export function optimizerOf(recipe: Pick<NetworkRecipe, "optimizer">, choices: Choices): OptimizerOption {
  return chosen(choices.optimizers, recipe.optimizer);
}

/** The option called `name`; the first one where there is none. */
export function chosen<O extends Option>(options: readonly O[], name: string): O {
  const found = options.find((option) => option.name === name) ?? options[0];
  if (!found) throw new Error("There is nothing to choose from.");
  return found;
}

/** Another optimizer, with the learning rate and the numbers that work for it. */
export function withOptimizer(
  recipe: NetworkRecipe,
  optimizer: NetworkRecipe["optimizer"],
  choices: Choices,
): NetworkRecipe {
  return { ...recipe, optimizer, hyper: {}, lr: optimizerOf({ optimizer }, choices).lr.default };
}

/** A number of the optimizer's own; its default where it is not set. */
export function hyperOf(recipe: NetworkRecipe, { name, default: usual }: Hyperparameter): number {
  return Number(recipe.hyper[name] ?? usual);
}

/** The widths of all layers, pixels and digits included. */
export function widthsOf(recipe: Pick<NetworkRecipe, "hidden">, { inputs, outputs }: Choices): number[] {
  return [inputs, ...recipe.hidden, outputs];
}

/** The recipe as one line: 784-128-10 · ReLU · Adam 0.001 · batch 100 · 5 epochs · seed 0. */
export function recipeLine(recipe: NetworkRecipe, choices: Choices): string {
  const { activations, inits, schedules, defaults } = choices;
  const optimizer = optimizerOf(recipe, choices);
  const numbers = optimizer.hyper
    .filter((hyper) => hyperOf(recipe, hyper) !== hyper.default)
    .map((hyper) => `${hyper.label} ${formatNumber(hyperOf(recipe, hyper))}`);
  const schedule = chosen(schedules, recipe.schedule);
  const warmup = schedule.warms_up && recipe.warmup > 0 ? ` over ${recipe.warmup} steps` : "";
  return [
    widthsOf(recipe, choices).join("-"),
    ...(recipe.hidden.length > 0 ? [chosen(activations, recipe.activation).label] : []),
    ...(recipe.init === defaults.init ? [] : [chosen(inits, recipe.init).label]),
    `${optimizer.label} ${formatNumber(recipe.lr)}`,
    ...numbers,
    ...(recipe.schedule === defaults.schedule ? [] : [schedule.label + warmup]),
    `batch ${recipe.batch}`,
    recipe.epochs === 1 ? "1 epoch" : `${recipe.epochs} epochs`,
    `seed ${recipe.seed}`,
    ...(recipe.dataset === defaults.dataset ? [] : [chosen(choices.datasets, recipe.dataset).label]),
    ...(recipe.zero_grad ? [] : ["without zero_grad"]),
  ].join(" · ");
}

const COUNTS = ["batch", "epochs", "seed", "warmup"] as const satisfies readonly Count[];

/** What an address says of a recipe; the defaults where it says nothing, or nothing that can be read. */
export function readRecipe(query: URLSearchParams, choices: Choices): NetworkRecipe {
  const { defaults } = choices;
  const named = <Name extends string>(options: readonly Option<Name>[], field: keyof NetworkRecipe): Name => {
    const name = query.get(field) ?? "";
    return chosen(options, options.some((option) => option.name === name) ? name : String(defaults[field])).name;
  };
  const optimizer = chosen(choices.optimizers, named(choices.optimizers, "optimizer"));
  const counts = COUNTS.map((count) => [count, wholeIn(query.get(count)) ?? defaults[count]] as const);
  return {
    ...defaults,
    ...(Object.fromEntries(counts) as Record<Count, number>),
    dataset: query.has("dataset") ? named(choices.datasets, "dataset") : readyDataset(choices),
    hidden: query.has("hidden") ? widthsIn(query.get("hidden") ?? "") : [...defaults.hidden],
    activation: named(choices.activations, "activation"),
    init: named(choices.inits, "init"),
    optimizer: optimizer.name,
    hyper: Object.fromEntries(
      optimizer.hyper.flatMap(({ name }) => {
        const number = numberIn(query.get(name));
        return number === null ? [] : [[name, number]];
      }),
    ),
    lr: numberIn(query.get("lr")) ?? lrOf(optimizer, choices),
    schedule: named(choices.schedules, "schedule"),
    zero_grad: query.get("zero_grad") !== "no",
  };
}

/** What an address must say, so that `readRecipe` reads the same recipe again. */
export function writeRecipe(recipe: NetworkRecipe, choices: Choices): URLSearchParams {
  const { defaults } = choices;
  const query = new URLSearchParams();
  const optimizer = optimizerOf(recipe, choices);
  const say = (field: string, now: string | number, usual: string | number) => {
    if (now !== usual) query.set(field, String(now));
  };
  say("dataset", recipe.dataset, defaults.dataset);
  say("hidden", recipe.hidden.join(","), defaults.hidden.join(","));
  say("activation", recipe.activation, defaults.activation);
  say("init", recipe.init, defaults.init);
  say("optimizer", recipe.optimizer, defaults.optimizer);
  for (const hyper of optimizer.hyper) say(hyper.name, hyperOf(recipe, hyper), hyper.default);
  say("lr", recipe.lr, lrOf(optimizer, choices));
  say("schedule", recipe.schedule, defaults.schedule);
  for (const count of COUNTS) say(count, recipe[count], defaults[count]);
  say("zero_grad", recipe.zero_grad ? "yes" : "no", "yes");
  return query;
}

/** The field that a refused recipe should be mended at: the one whose words the refusal uses; null: none of them. */
export function fieldOf(
  { message, given }: Pick<Problem, "message" | "given">,
  recipe: NetworkRecipe,
  choices: Choices,
): Field | null {
  const hyper = optimizerOf(recipe, choices).hyper.map(({ name, label }): [Field, readonly string[]] => [
    `hyper.${name}`,
    [label, name],
  ]);
  const fields: readonly [Field, readonly string[]][] = [...hyper, ...FIELD_WORDS];
  // What was given says it best: the message may name the whole recipe, and all words with it.
  for (const text of [given.toLowerCase(), message.toLowerCase()]) {
    const found = fields.find(([, said]) => said.some((word) => text.includes(word.toLowerCase())));
    if (found) return found[0];
  }
  return null;
}

const FIELD_WORDS: readonly [Field, readonly string[]][] = [
  ["warmup", ["warm-up", "warmup"]],
  ["lr", ["learning rate", "lr"]],
  ["batch", ["batch"]],
  ["epochs", ["epoch", "training steps", "too long"]],
  ["seed", ["seed"]],
  ["dataset", ["dataset", "mnist", "digits", "data"]],
  ["hidden", ["hidden", "layer", "width", "units", "parameters", "deep"]],
];

/** The usual data set, or the first one that can be had instead. */
function readyDataset({ datasets, defaults }: Choices): NetworkRecipe["dataset"] {
  if (datasets.some(({ name, ready }) => ready && name === defaults.dataset)) return defaults.dataset;
  return datasets.find(({ ready }) => ready)?.name ?? defaults.dataset;
}

/** The learning rate a recipe has where it names none: the textbook's for its own optimizer, else what works for it. */
function lrOf(optimizer: OptimizerOption, { defaults }: Choices): number {
  return optimizer.name === defaults.optimizer ? defaults.lr : optimizer.lr.default;
}

function numberIn(text: string | null): number | null {
  const number = Number(text);
  return text === null || text === "" || !Number.isFinite(number) ? null : number;
}

function wholeIn(text: string | null): number | null {
  const number = numberIn(text);
  return number !== null && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

function widthsIn(text: string): number[] {
  return text.split(",").flatMap((width) => wholeIn(width.trim()) ?? []);
}
