// @vitest-environment happy-dom
// The training page's parts: what they show of a run, and what they ask for.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ConnectionLost, ServerError } from "../../static/src/connection";
import type { NetworkRecipe, Planned } from "../../static/src/protocol";
import type { RunActions, RunView } from "../../static/src/run/actions";
import { Curves } from "../../static/src/run/curves";
import { builderView } from "../../static/src/view/train/builder";
import { runControls } from "../../static/src/view/train/controls";
import { boundedField } from "../../static/src/view/train/fields";
import { progressBar } from "../../static/src/view/train/progress";
import { rateField } from "../../static/src/view/train/rate-field";
import { branchList, runsList } from "../../static/src/view/train/runs";
import { runStatus } from "../../static/src/view/train/status";
import { runSummary } from "../../static/src/view/train/summary";
import { travelBar } from "../../static/src/view/train/travel";
import { tuningPanel } from "../../static/src/view/train/tuning";
import { CHOICES, card, chunk, RECIPE, state } from "./train";

let host: HTMLElement;
let asked: unknown[][];

beforeEach(() => {
  vi.useFakeTimers();
  host = document.createElement("div");
  document.body.replaceChildren(host);
  asked = [];
});
afterEach(() => vi.useRealTimers());

/** Actions that write down what they were asked. */
function noted(answers: Partial<RunActions> = {}): RunActions {
  const names = ["control", "tune", "branch", "evaluate", "compare", "openStep", "pick", "watchPart"] as const;
  const notes = names.map((name) => [
    name,
    (...given: unknown[]) => {
      asked.push([name, ...given]);
      const answer = answers[name] as ((...given: unknown[]) => unknown) | undefined;
      return answer ? answer(...given) : Promise.resolve();
    },
  ]);
  return Object.fromEntries(notes) as unknown as RunActions;
}

const refusal = new ServerError({
  ...{ type: "error", request_seq: 0, code: "limit", message: "Too much", given: "2", expected: "at most 1" },
  ...{ span: null, suggestion: "" },
});

function view(rest: Partial<RunView> = {}): RunView {
  return { state: state({ step: 700 }), frame: null, curves: new Curves(), picked: null, tested: null, ...rest };
}

const button = (words: string | RegExp) => {
  const found = [...host.querySelectorAll("button")].find((one) =>
    `${one.getAttribute("aria-label") ?? ""} ${one.textContent}`.match(words),
  );
  if (!found) throw new Error(`There is no button ${words}.`);
  return found;
};

function type(input: HTMLInputElement, text: string): void {
  input.value = text;
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

const field = (label: string) => {
  const found = host.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`);
  if (!found) throw new Error(`There is no field ${label}.`);
  return found;
};

describe("the form", () => {
  let recipes: NetworkRecipe[];
  let builder: ReturnType<typeof builderView>;
  const last = () => recipes.at(-1);
  const check = (label: string) => {
    const option = [...host.querySelectorAll("label")].find((one) => one.textContent === label);
    const input = option?.querySelector("input");
    if (!input) throw new Error(`There is no option ${label}.`);
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const plan = (engine: number, pytorch: number | null): Planned => ({
    ...{ type: "planned", request_seq: 0, title: "", steps: 3000, steps_per_epoch: 600, counting: false, notes: [] },
    members: [
      {
        ...{ label: "", engine, pytorch, diverged_at: null, says: "" },
        layers: [{ name: "Layer 1", shape: "784 → 10", sum: "784 × 10 + 10", parameters: 7850 }],
      },
    ],
  });

  beforeEach(() => {
    recipes = [];
    builder = builderView(host, CHOICES, (recipe) => recipes.push(recipe));
    builder.show(RECIPE);
  });

  it("adds, widens, narrows and removes layers, up to the most there may be", () => {
    button("Add a hidden layer").click();
    expect(last()?.hidden).toEqual([128]);
    button("twice as wide").click();
    button("twice as wide").click();
    expect(last()?.hidden).toEqual([512]);
    button("half as wide").click();
    expect(last()?.hidden).toEqual([256]);
    for (let i = 1; i < CHOICES.layers.most; i++) button("Add a hidden layer").click();
    expect(button("Add a hidden layer").disabled).toBe(true);
    button("Remove hidden layer 1").click();
    expect(last()?.hidden.length).toBe(CHOICES.layers.most - 1);
  });

  it("keeps a layer between its bounds", () => {
    builder.show({ ...RECIPE, hidden: [1000] });
    button("twice as wide").click();
    expect(last()?.hidden).toEqual([1024]);
    type(field("Width of hidden layer 1"), "2000");
    expect(host.querySelector(".problem:not([hidden])")?.textContent).toContain("from 0 to 1,024");
    expect(recipes.length).toBe(1);
    field("Width of hidden layer 1").dispatchEvent(new Event("blur"));
    expect(field("Width of hidden layer 1").value).toBe("1024");
  });

  it("brings the numbers of an optimizer, and forgets another one's", () => {
    check("Momentum");
    expect(last()).toMatchObject({ optimizer: "momentum", lr: 0.05, hyper: {} });
    type(field("Momentum"), "0.5");
    expect(last()?.hyper).toEqual({ momentum: 0.5 });
    check("Adam");
    expect(last()).toMatchObject({ optimizer: "adam", lr: 0.001, hyper: {} });
    expect(host.querySelector('input[aria-label="Momentum"]')).toBe(null);
  });

  it("asks for a warm-up only where there is one", () => {
    const warmup = field("Warm-up").closest("label");
    expect(warmup?.hidden).toBe(true);
    check("Cosine");
    expect(warmup?.hidden).toBe(false);
    type(field("Warm-up"), "60");
    expect(last()).toMatchObject({ schedule: "cosine", warmup: 60 });
  });

  it("takes no learning rate that is none", () => {
    type(field("Learning rate"), "fast");
    expect(recipes).toEqual([]);
    expect(field("Learning rate").getAttribute("aria-invalid")).toBe("true");
    type(field("Learning rate"), "0,1");
    expect(last()?.lr).toBe(0.1);
  });

  it("counts at once, and says who counts the same once the server has counted", () => {
    expect(host.querySelector(".counts")?.textContent).toContain("784 × 10 + 10= 7,850");
    const verdict = host.querySelector("[aria-live]");
    builder.plan(plan(7850, 7850));
    expect(verdict?.textContent, "in a live region that was there before").toContain("and PyTorch count the same.");
    builder.plan(plan(7840, null));
    expect(host.textContent).toContain("The engine counts 7,840.");
    // The plan is about another network now.
    button("Add a hidden layer").click();
    expect(host.textContent).not.toContain("counts");
    const [member] = plan(7850, null).members;
    const layers = [7850, 7850].map((parameters) => ({ name: "", shape: "", sum: "", parameters }));
    builder.plan({ ...plan(7850, null), members: member ? [{ ...member, layers }] : [] });
    expect(host.textContent).not.toContain("counts");
  });

  it("shows a refusal beside its field, and takes it back", () => {
    const problem = (label: string) => host.querySelector(`[aria-label="${label}"] > .problem:not([hidden])`);
    builder.complain("hidden", "Too wide.");
    expect(problem("Layers")?.textContent).toBe("Too wide.");
    builder.complain("hyper.beta1", "Out of bounds.");
    expect([problem("Layers"), problem("Optimizer")?.textContent]).toEqual([null, "Out of bounds."]);
    builder.complain(null, "You have too many runs.");
    expect([problem("Optimizer"), problem("Recipe")?.textContent]).toEqual([null, "You have too many runs."]);
    builder.complain(null, "");
    expect(host.querySelector(".problem:not([hidden])")).toBe(null);
  });
});

describe("the controls", () => {
  let commands: string[];
  const controls = () => runControls(host, (command) => commands.push(command));
  const words = () => host.querySelector(".main")?.textContent;

  beforeEach(() => {
    commands = [];
  });

  it("name what the main button does", () => {
    const { update } = controls();
    update(null, "3,000 training steps");
    expect([words(), host.querySelector(".where")?.textContent]).toEqual(["Start", "3,000 training steps"]);
    update(view(), "");
    expect(words()).toBe("Go on");
    update(view({ state: state({ step: 700, status: "running" }) }), "");
    expect(words()).toBe("Pause");
    update(view({ state: state({ step: 3000, status: "done" }) }), "");
    expect([words(), host.querySelector<HTMLButtonElement>(".main")?.disabled]).toEqual(["Done", true]);
  });

  it("let a run that was stopped early go on", () => {
    controls().update(view({ state: state({ step: 700, status: "done" }) }), "");
    expect([words(), host.querySelector<HTMLButtonElement>(".main")?.disabled]).toEqual(["Go on", false]);
    expect(button("Stop").disabled).toBe(true);
  });

  it("lead into a training step once there is one: the picked one, else the newest", () => {
    const { update } = controls();
    update(view({ state: state({ step: 0 }) }), "");
    expect(button("Into").disabled).toBe(true);
    update(view(), "");
    expect(button("Into").title).toBe("Into training step 700");
    update(view({ picked: 12 }), "");
    expect(button("Into").title).toBe("Into training step 12");
    button("Into").click();
    expect(commands).toEqual(["into"]);
  });

  it("reset only at a second press, and not long after the first", () => {
    controls().update(view(), "");
    const reset = button("Reset");
    reset.click();
    expect([commands, reset.getAttribute("aria-label")]).toEqual([[], expect.stringContaining("press again")]);
    vi.advanceTimersByTime(4_000);
    reset.click();
    expect(commands).toEqual([]);
    reset.click();
    expect(commands).toEqual(["reset"]);
  });

  it("leave somebody else's run alone", () => {
    controls().update(view({ state: state({ step: 700, mine: false }) }), "");
    for (const name of ["Go on", "One training step", "Stop", "Reset"]) expect(button(name).disabled).toBe(true);
    expect(button("Into").disabled).toBe(false);
  });
});

describe("a step of the past", () => {
  const bar = (answers: Partial<RunActions> = {}) =>
    travelBar(host, { actions: noted(answers), maximumRate: 100, compare: (step) => asked.push(["compare", step]) });
  const changed = state({ step: 700, lr: 0.5, rates: [{ step: 300, lr: 0.5 }] });

  it("is offered only while one is picked", () => {
    const { update } = bar();
    update(view());
    expect(host.hidden).toBe(true);
    update(view({ picked: 1200 }));
    expect([host.hidden, host.querySelector("b")?.textContent]).toEqual([false, "Step 1,200"]);
  });

  it("can be walked into, compared with now, left again", () => {
    bar().update(view({ picked: 12 }));
    for (const name of ["Walk into it", "Compare with now", "Back to now"]) button(name).click();
    expect(asked).toEqual([
      ["openStep", 12],
      ["compare", 12],
      ["pick", null],
    ]);
  });

  it("goes on as a branch with the learning rate that the run went on with, unless it is changed", async () => {
    const { update } = bar();
    const branchAt = async (picked: number) => {
      update(view({ state: changed, picked }));
      const shown = field("Learning rate of the branch").value;
      button("as a branch").click();
      await vi.runAllTimersAsync();
      return shown;
    };
    expect([await branchAt(299), await branchAt(300)]).toEqual(["0.001", "0.5"]);
    type(field("Learning rate of the branch"), "0.01");
    // The run goes on meanwhile: what was typed stays.
    update(view({ state: { ...changed, step: 800 }, picked: 300 }));
    button("as a branch").click();
    expect(asked).toEqual([
      ["branch", 299, undefined],
      ["branch", 300, undefined],
      ["branch", 300, 0.01],
    ]);
  });

  it("of a run that diverged goes on with a tenth of it", () => {
    bar().update(view({ state: state({ step: 9, rates: [{ step: 1, lr: 40 }], status: "diverged" }), picked: 2 }));
    button("as a branch").click();
    expect(asked).toEqual([["branch", 2, 4]]);
  });

  it("says why there is no branch", async () => {
    bar({ branch: () => Promise.reject(refusal) }).update(view({ picked: 2 }));
    button("as a branch").click();
    await vi.runAllTimersAsync();
    expect(host.querySelector(".problem:not([hidden])")?.textContent).toBe("Too much. Expected: at most 1.");
    expect(button("as a branch").disabled).toBe(false);
  });
});

describe("what may be changed while it runs", () => {
  const speed = () => host.querySelector<HTMLInputElement>('input[aria-label="Speed"]');

  it("is asked for as it is moved, and not pulled back by older answers", async () => {
    let answer = () => {};
    const pending = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { update } = tuningPanel(host, noted({ tune: () => pending }), 100);
    update(view());
    expect([field("Learning rate").value, host.querySelector("output")?.textContent]).toEqual(["0.001", "full speed"]);
    const slider = speed();
    if (slider) type(slider, "0");
    expect(asked).toEqual([["tune", { speed: 1 }]]);
    update(view());
    expect(host.querySelector("output")?.textContent).toBe("one step a second");
    answer();
    await vi.runAllTimersAsync();
    update(view({ state: state({ speed: 1, lr: 0.2 }) }));
    expect([field("Learning rate").value, host.querySelector("output")?.textContent]).toEqual([
      "0.2",
      "one step a second",
    ]);
  });

  it("is not sent again by itself, and says so", async () => {
    tuningPanel(host, noted({ tune: () => Promise.reject(new ConnectionLost()) }), 100).update(view());
    type(field("Learning rate"), "0.2");
    await vi.runAllTimersAsync();
    expect(host.querySelector(".problem:not([hidden])")?.textContent).toContain("Try again");
  });

  it("is not for others", () => {
    tuningPanel(host, noted(), 100).update(view({ state: state({ mine: false }) }));
    expect([speed()?.disabled, field("Learning rate").disabled]).toEqual([true, true]);
  });
});

describe("progress", () => {
  it("has a tick an epoch, and marks of what happened", () => {
    const rates = [0, 300].map((step) => ({ step, lr: 0.5 }));
    const { update } = progressBar(host, () => {});
    update(view({ state: state({ step: 700, rates, parent: "run-00000009", branched_at: 100 }) }));
    expect(host.querySelectorAll(".tick").length).toBe(4);
    expect(host.querySelectorAll(".rate").length).toBe(1);
    expect(host.querySelectorAll(".branch").length).toBe(1);
    update(view({ state: state({ step: 700, steps: 600_000 }) }));
    expect(host.querySelectorAll(".tick").length).toBeLessThanOrEqual(60);
  });

  it("is a slider of the past for the arrow keys", () => {
    const picked: (number | null)[] = [];
    const { update } = progressBar(host, (step) => picked.push(step));
    const press = (key: string) =>
      host.querySelector("[role=slider]")?.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
    update(view());
    press("ArrowLeft");
    update(view({ picked: 699 }));
    for (const key of ["ArrowRight", "Home", "PageDown"]) press(key);
    expect(picked).toEqual([699, null, 1, 599]);
  });
});

describe("how it stands", () => {
  it("is said aloud at once, and then only now and then", () => {
    const spoken = document.createElement("p");
    const { update } = runStatus(host, spoken, () => {});
    const at = (step: number) => update(view({ state: state({ step, status: "running" }) }));
    at(1);
    expect(spoken.textContent).toBe("Training.");
    at(600);
    at(1200);
    expect(spoken.textContent).toBe("Training.");
    vi.advanceTimersByTime(5_000);
    expect(spoken.textContent).toBe("Epoch 2 done.");
  });

  it("leads back from where it diverged", () => {
    const curves = new Curves();
    curves.apply(chunk(0, [3, 1, 9]));
    runStatus(host, document.createElement("p"), (step) => asked.push([step])).update(
      view({ state: state({ step: 3, status: "diverged", says: "Diverged." }), curves }),
    );
    button("where the loss was lowest").click();
    expect(asked).toEqual([[2]]);
  });
});

describe("lists of runs", () => {
  const runs = (...cards: ReturnType<typeof card>[]) =>
    ({ type: "runs", request_seq: 0, runs: cards, most: 2 }) as const;

  it("newest first, those of this page only, and what a full list means", () => {
    const { update } = runsList(host, { watch: (id) => asked.push([id]), remove: async () => {} });
    const lab = card("run-00000003", { kind: "comparison" });
    update({ ...runs(card("run-00000001"), card("run-00000002", { created: 9 }), lab), most: 3 }, "run-00000001");
    const links = [...host.querySelectorAll("a")];
    expect(links.map((link) => link.getAttribute("href"))).toEqual([
      "/train?run=run-00000002",
      "/train?run=run-00000001",
    ]);
    expect(links[1]?.getAttribute("aria-current")).toBe("true");
    expect(host.textContent).toContain("3 of 3 runs: the most");
    links[0]?.click();
    expect(asked).toEqual([["run-00000002"]]);
  });

  it("says why a run cannot be deleted", async () => {
    const { update } = runsList(host, { watch: () => {}, remove: () => Promise.reject(refusal) });
    update(runs(card("run-00000001")), null);
    button("Delete").click();
    button("Delete").click();
    await vi.runAllTimersAsync();
    expect(host.querySelector(".problem:not([hidden])")?.textContent).toContain("Too much");
  });

  it("a family of one is none; others are switched between", () => {
    const { update } = branchList(host, (id) => asked.push([id]));
    update([card("run-00000001")], "run-00000001");
    expect(host.hidden).toBe(true);
    update([card("run-00000001"), card("run-00000002")], "run-00000002");
    expect([...host.querySelectorAll("b")].map((name) => name.textContent)).toEqual(["Run", "Branch 1"]);
    expect(host.querySelector("[aria-pressed=true]")?.textContent).toContain("Branch 1");
    button("Run").click();
    expect(asked).toEqual([["run-00000001"]]);
  });
});

it("a run in one line, with whose it is", () => {
  const network = document.createElement("div");
  const { update } = runSummary(host, network, CHOICES, () => asked.push(["edit"]));
  update(view({ state: state({ mine: false, notes: ["Built-in digits."] }) }));
  expect(host.querySelector("p")?.textContent).toBe("784-10 · Adam 0.001 · batch 100 · 5 epochs · seed 0");
  expect(network.textContent).toContain("Somebody else's run");
  expect(network.textContent).toContain("Built-in digits.");
  update(view());
  expect(network.textContent).not.toContain("Somebody else's run");
  button("Edit").click();
  expect(asked).toEqual([["edit"]]);
});

describe("a number that cannot be had", () => {
  const typed = (input: HTMLInputElement, text: string) => {
    input.value = text;
    input.dispatchEvent(new Event("input"));
  };

  it("goes when the field is left; why it went, and what stands now, stays until another one is typed", () => {
    const [said, passed]: [string[], number[]] = [[], []];
    const told = { changed: (number: number) => passed.push(number), complain: (words: string) => said.push(words) };
    const bounded = boundedField({ bounds: CHOICES.counts.batch, whole: true, step: 1, ...told });
    const rate = rateField({ label: "Learning rate", maximum: 100, ...told });
    bounded.show(100);
    rate.show(100);
    for (const input of [bounded.root.querySelector("input"), rate.elements[1]]) {
      if (!(input instanceof HTMLInputElement)) throw new Error("there is no field");
      typed(input, "5000");
      const why = said.at(-1);
      input.dispatchEvent(new Event("blur"));
      expect(why).toMatch(/ from \d+ to 1,?0/);
      expect([said.at(-1), input.value]).toEqual([`${why} It stays at 100.`, "100"]);
      typed(input, "7");
      input.dispatchEvent(new Event("blur"));
      expect([said.at(-1), passed.at(-1)]).toEqual(["", 7]);
    }
  });
});
