import type { NetworkRecipe, Planned } from "../../protocol";
import { planText } from "../../run/progress";
import {
  type Choices,
  type Count,
  chosen,
  type Field,
  hyperOf,
  optimizerOf,
  widthsOf,
  withOptimizer,
} from "../../run/recipe";
import { element, setText } from "../element";
import { choose, segments } from "../segments";
import { countsView } from "./counts";
import { type BoundedField, boundedField, type FormField, formField } from "./fields";
import { layersField } from "./layers-field";
import { networkPicture, schedulePicture } from "./network";
import { rateField } from "./rate-field";

export interface Builder {
  readonly recipe: NetworkRecipe;
  show(recipe: NetworkRecipe): void;
  /** What the server makes of the recipe; null: not known. */
  plan(planned: Planned | null): void;
  /** Says what is wrong beside the field it is about, or below all of them. */
  complain(field: Field | null, message: string): void;
}

const SMALL_COUNTS = ["batch", "epochs", "seed"] as const satisfies readonly Count[];

/** The form that a network is built with, its picture and its parameters. */
export function builderView(host: HTMLElement, choices: Choices, changed: (recipe: NetworkRecipe) => void): Builder {
  let recipe = choices.defaults;
  let planned: Planned | null = null;
  /** Where the server's refusal stands. */
  let refused: FormField | null = null;

  const set = (change: Partial<NetworkRecipe>) => {
    recipe = { ...recipe, ...change };
    refresh();
    changed(recipe);
  };
  /** Complaints of a field reach its own place, which is made after it. */
  const complaining = (field: () => FormField) => (message: string) => field().complain(message);

  const layers = layersField(
    choices,
    (hidden) => set({ hidden }),
    complaining(() => layersPart),
  );
  const layersPart = formField("Layers", layers.root);
  const switches = {
    activation: switchOf("activation", "Activation", choices.activations, (activation) => set({ activation })),
    init: switchOf("init", "Initial weights", choices.inits, (init) => set({ init })),
    optimizer: switchOf("optimizer", "Optimizer", choices.optimizers, (optimizer) =>
      set(withOptimizer(recipe, optimizer, choices)),
    ),
    schedule: switchOf("schedule", "Schedule", choices.schedules, (schedule) => set({ schedule })),
    dataset: switchOf("dataset", "Data", choices.datasets, (dataset) => set({ dataset })),
  };

  const activationPart = formField("Activation", ...switches.activation.elements);
  const initPart = formField("Initial weights", ...switches.init.elements);
  const dataPart = formField(
    "Data",
    ...switches.dataset.elements,
    element("a", { href: "/data" }, "Look at the pictures"),
  );
  const hyperHost = element("div", { class: "numbers" });
  const optimizerPart = formField("Optimizer", ...switches.optimizer.elements, hyperHost);
  let hyperOwner = "";
  let hypers: { field: BoundedField; read(): number }[] = [];
  const buildHypers = () => {
    if (hyperOwner === recipe.optimizer) return;
    hyperOwner = recipe.optimizer;
    hypers = optimizerOf(recipe, choices).hyper.map((hyper) => ({
      field: boundedField({
        bounds: hyper,
        whole: false,
        step: hyper.default > 0.1 ? 0.01 : 0.001,
        changed: (number) => set({ hyper: { ...recipe.hyper, [hyper.name]: number } }),
        complain: (message) => optimizerPart.complain(message),
      }),
      read: () => hyperOf(recipe, hyper),
    }));
    hyperHost.replaceChildren(...hypers.map(({ field }) => field.root));
  };

  const rate = rateField({
    label: "Learning rate",
    maximum: Math.max(...choices.optimizers.map((optimizer) => optimizer.lr.maximum)),
    changed: (lr) => set({ lr }),
    complain: complaining(() => ratePart),
  });
  const ratePart = formField("Learning rate", element("div", { class: "rate-row" }, ...rate.elements));

  const count = (name: Count, part: () => FormField) =>
    boundedField({
      bounds: choices.counts[name],
      whole: true,
      step: 1,
      changed: (number) => set({ [name]: number }),
      complain: complaining(part),
    });
  const warmup = count("warmup", () => schedulePart);
  const schedulePictureHost = element("div");
  const schedulePart = formField("Schedule", ...switches.schedule.elements, warmup.root, schedulePictureHost);
  const counts = Object.fromEntries(SMALL_COUNTS.map((name) => [name, count(name, () => countsPart)]));
  const countsPart = formField(
    "Training",
    element("div", { class: "numbers" }, ...Object.values(counts).map(({ root }) => root)),
  );
  const parts: Readonly<Partial<Record<string, FormField>>> = {
    ...{ hidden: layersPart, optimizer: optimizerPart, lr: ratePart, schedule: schedulePart, warmup: schedulePart },
    ...Object.fromEntries([...SMALL_COUNTS].map((name) => [name, countsPart])),
    ...{ activation: activationPart, init: initPart, dataset: dataPart },
  };

  const picture = element("div");
  const sums = element("div");
  const counted = countsView(sums);
  const length = element("p", { class: "quiet" });
  const notes = element("div");
  const wrong = formField("Recipe");
  host.replaceChildren(
    element(
      "div",
      { class: "form" },
      layersPart.root,
      ...[activationPart.root, initPart.root, optimizerPart.root, ratePart.root, schedulePart.root],
      ...[countsPart.root, dataPart.root],
    ),
    element("div", { class: "outcome" }, picture, sums, length, notes, wrong.root),
  );
  wrong.root.hidden = true;

  function refresh(): void {
    buildHypers();
    layers.show(recipe.hidden);
    for (const [name, { show }] of Object.entries(switches)) show(String(recipe[name as keyof typeof switches]));
    activationPart.root.classList.toggle("idle", recipe.hidden.length === 0);
    for (const { field, read } of hypers) field.show(read());
    rate.show(recipe.lr);
    warmup.show(recipe.warmup);
    warmup.root.hidden = !chosen(choices.schedules, recipe.schedule).warms_up;
    for (const name of SMALL_COUNTS) counts[name]?.show(recipe[name]);
    picture.replaceChildren(networkPicture(recipe, choices));
    outcome();
  }

  function outcome(): void {
    schedulePictureHost.replaceChildren(schedulePicture(recipe, choices, planned?.steps ?? 0));
    counted.show(widthsOf(recipe, choices), planned?.members[0] ?? null);
    setText(length, planned ? `${planText(planned)}.` : " ");
    notes.replaceChildren(...(planned?.notes ?? []).map((note) => element("p", { class: "note" }, note)));
  }

  refresh();
  return {
    get recipe() {
      return recipe;
    },
    show(next) {
      recipe = next;
      refresh();
    },
    plan(next) {
      planned = next;
      outcome();
    },
    complain(field, message) {
      refused?.complain("");
      refused = (field && parts[field.startsWith("hyper.") ? "optimizer" : field]) || wrong;
      wrong.root.hidden = refused !== wrong || message === "";
      refused.complain(message);
    },
  };
}

interface Switch {
  readonly elements: readonly HTMLElement[];
  show(name: string): void;
}

/** One of several options, and what the chosen one does. */
function switchOf<Name extends string>(
  name: string,
  label: string,
  options: readonly { readonly name: Name; readonly label: string; readonly says: string }[],
  changed: (name: Name) => void,
): Switch {
  const row = segments(
    `recipe-${name}`,
    label,
    options.map((option) => [option.name, option.label] as const),
    changed,
  );
  const says = element("p", { class: "quiet" });
  return {
    elements: [row, says],
    show(now) {
      choose(row, now);
      const words = options.find((option) => option.name === now)?.says ?? "";
      setText(says, words);
      says.hidden = words === "";
    },
  };
}
