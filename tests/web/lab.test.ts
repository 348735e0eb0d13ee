import { beforeEach, describe, expect, test } from "vitest";
import { ServerError } from "../../static/src/connection";
import { commandOf } from "../../static/src/keys";
import { Experiment, type Memory } from "../../static/src/lab/experiment";
import { fitMarks, gradientRows, verdict } from "../../static/src/lab/fit";
import { LAB_KEYS } from "../../static/src/lab/keys";
import { defaultSettings, type Lab, type LossSurface, membersOf, recipeOf, settingsOf } from "../../static/src/lab/lab";
import { layerLengths, totalLength } from "../../static/src/lab/layers";
import { memberRows } from "../../static/src/lab/members";
import { numberAt, PLACES, placeOf } from "../../static/src/lab/scale";
import { runStanding, surfaceStanding } from "../../static/src/lab/standing";
import { racedOf, racersOf, STEPS, surfaceRequest } from "../../static/src/lab/surface";
import { fromAddress } from "../../static/src/permalink";
import type { CurveParts, CurveRecipe, MemberPlan, RunState, Variation } from "../../static/src/protocol";
import type { RunView } from "../../static/src/run/actions";
import { Curves } from "../../static/src/run/curves";
import { Book } from "../../static/src/run/kept";
import { RUN_KEYS } from "../../static/src/run/keys";
import { chunk, FakeLink, frame, RECIPE, settled, state } from "./train";

const NOTHING: Omit<Variation, "label"> = {
  ...{ hidden: null, activation: null, init: null, optimizer: null },
  ...{ hyper: null, lr: null, schedule: null, zero_grad: null },
};
const CURVE: CurveRecipe = {
  ...{ kind: "curve", layers: "sigmoid", hidden: 8, points: 100, noise: 0.1, optimizer: "sgd", hyper: {} },
  ...{ lr: 0.3, steps: 3000, seed: 0 },
};
const COMPARISON: Lab = {
  id: "race",
  title: "Race",
  recipe: RECIPE,
  members: [
    { variation: { ...NOTHING, label: "lr {lr}" }, factor: 0.1, needs: [] },
    { variation: { ...NOTHING, label: "Adam", optimizer: "adam" }, factor: 1, needs: ["adam", "deep"] },
    { variation: { ...NOTHING, label: "SGD", optimizer: "sgd" }, factor: 3, needs: ["sgd"] },
  ],
  switches: [
    { legend: "Optimizers", options: [option("adam", true), option("sgd", false)] },
    { legend: "Depth", options: [option("deep", true)] },
  ],
  rate: { label: "Rate", says: "", value: 0.1, minimum: 0.001, maximum: 10 },
  choices: [{ field: "dataset", legend: "Digits", options: [["mnist", "MNIST"]] }],
  speed: 0,
  begun: 0,
  epochs: { mnist: 1, "built-in": 40 },
};
const FITTING: Lab = {
  ...COMPARISON,
  ...{ id: "manualgrad", recipe: CURVE, members: [], switches: [], speed: 100, epochs: {} },
  choices: [{ field: "hidden", legend: "Hidden", options: [[8, "8"]] }],
};

function option(name: string, on: boolean) {
  return { name, label: name, on };
}

describe("a lab's recipe", () => {
  test("has the members whose switches are all on, with labels and learning rates of their own", () => {
    const settings = defaultSettings(COMPARISON);
    expect(membersOf(COMPARISON, settings).map(({ label, lr }) => [label, lr])).toEqual([
      ["lr 0.01", 0.01],
      ["Adam", 0.1],
    ]);
    const other = { ...settings, rate: 0.2, on: new Set(["sgd", "adam"]) };
    expect(membersOf(COMPARISON, other).map(({ label, lr }) => [label, lr])).toEqual([
      ["lr 0.02", 0.02],
      ["SGD", 0.6],
    ]);
  });

  test("sees each data set as often as it takes for as many training steps", () => {
    const settings = { ...defaultSettings(COMPARISON), choices: { dataset: "built-in" } };
    expect(recipeOf(COMPARISON, settings)).toMatchObject({ base: { dataset: "built-in", epochs: 40 } });
    expect(recipeOf(COMPARISON, defaultSettings(COMPARISON))).toMatchObject({ base: { dataset: "mnist", epochs: 1 } });
  });

  test("is none where nobody takes part", () => {
    const lab = { ...COMPARISON, members: COMPARISON.members.slice(1) };
    expect(recipeOf(lab, { ...defaultSettings(lab), on: new Set() })).toBe(null);
  });

  test("gives the settings back that it was made with, and tells another lab's", () => {
    const settings = { rate: 0.5, on: new Set(["sgd"]), choices: { dataset: "built-in" } };
    const recipe = recipeOf(COMPARISON, settings);
    expect(recipe && settingsOf(COMPARISON, recipe)).toEqual(settings);
    const foreign = { ...recipe, members: [{ ...NOTHING, label: "x", optimizer: "adagrad" }] } as RunState["recipe"];
    expect(settingsOf(COMPARISON, foreign)).toBe(null);
    const changed = { ...recipe, base: { ...RECIPE, batch: 7 } } as RunState["recipe"];
    expect(settingsOf(COMPARISON, changed)).toBe(null);
    expect(settingsOf(COMPARISON, RECIPE)).toBe(null);
    expect(settingsOf(COMPARISON, CURVE)).toBe(null);
  });

  test("of a curve is the curve's own", () => {
    const settings = { rate: 0.7, on: new Set<string>(), choices: { hidden: 4 } };
    expect(recipeOf(FITTING, settings)).toEqual({ ...CURVE, lr: 0.7, hidden: 4 });
    expect(settingsOf(FITTING, { ...CURVE, lr: 0.7, hidden: 4 })).toEqual(settings);
  });
});

test("a slider goes by equal factors, to two digits, from end to end", () => {
  const span = { minimum: 0.001, maximum: 10 };
  expect([numberAt(span, 0), numberAt(span, 50), numberAt(span, PLACES - 1)]).toEqual([0.001, 0.1, 10]);
  expect(numberAt(span, 1)).toBe(0.0011);
  for (let place = 0; place < PLACES; place++) expect(placeOf(span, numberAt(span, place))).toBeCloseTo(place, -1);
  expect([placeOf(span, 0), placeOf(span, Number.NaN), placeOf(span, 99)]).toEqual([0, 0, PLACES - 1]);
});

describe("an experiment", () => {
  let link: FakeLink;
  let memory: Memory & { run: string | null };
  const [A, B] = ["run-00000001", "run-00000002"];
  const recipe = recipeOf(COMPARISON, defaultSettings(COMPARISON)) as RunState["recipe"];
  const asked = () => link.asked.map((request) => ("action" in request ? request.action : request.type));
  const answer = async (rest: Partial<RunState>) => {
    experiment.run.arrived(state({ recipe, ...rest }));
    await link.answer(-1, { type: "run", request_seq: 0, state: state({ recipe, ...rest }) });
  };
  let experiment: Experiment;

  const make = (lab: Lab) => {
    const options = { lab, link, book: new Book(), memory, changed: () => {} };
    experiment = new Experiment(options);
  };

  beforeEach(() => {
    link = new FakeLink();
    memory = {
      run: null,
      read: () => memory.run,
      write: (run) => {
        memory.run = run;
      },
    };
    make(COMPARISON);
  });

  /** Start, with all that it asks for answered. */
  async function started(): Promise<void> {
    const done = experiment.control("start");
    await answer({ id: A }); // created
    await answer({ id: A }); // watched
    await answer({ id: A, status: "running" });
    await done;
  }

  test("makes its run when it is started, and remembers it", async () => {
    await experiment.comeBack(false);
    expect(link.asked).toEqual([]);
    await started();
    expect(asked()).toEqual(["create_run", "watch", "start"]);
    expect(link.asked[0]).toMatchObject({ recipe });
    expect([experiment.run.id, memory.run]).toEqual([A, A]);
  });

  test("is there from the beginning where it is wanted, with the training steps that it begins with", async () => {
    make({ ...COMPARISON, begun: 2 });
    const back = experiment.comeBack();
    for (let i = 0; i < 4; i++) {
      await settled();
      await answer({ id: A });
    }
    await back;
    expect(asked()).toEqual(["create_run", "watch", "step", "step"]);
  });

  test("pauses a run that is going when somebody walks into a step of it", async () => {
    await started();
    void experiment.leave();
    expect(asked().at(-1)).toBe("pause");
    await answer({ id: A, status: "paused" });
    await experiment.leave();
    expect(asked().length).toBe(4);
  });

  test("replaces a run whose settings change; it goes on, and the old one is deleted", async () => {
    await started();
    const done = experiment.changeRate(0.2);
    expect(experiment.settings.rate).toBe(0.2);
    for (let i = 0; i < 2; i++) await answer({ id: B });
    expect(link.asked.at(-1)).toMatchObject({ action: "delete", run: A });
    await link.answer(-1, { type: "deleted", request_seq: 0, run: A });
    await answer({ id: B, status: "running" });
    await done;
    expect(asked().slice(3)).toEqual(["create_run", "watch", "delete", "start"]);
    expect([experiment.run.id, memory.run]).toEqual([B, B]);
  });

  test("keeps its run, and shows its settings again, where another one is refused", async () => {
    await started();
    const done = experiment.change({ choices: { dataset: "built-in" } });
    expect(experiment.settings.choices).toEqual({ dataset: "built-in" });
    const refusal = new ServerError({ ...REFUSAL, code: "internal", message: "no such data" });
    await Promise.all([expect(done).rejects.toThrow("no such data"), link.refuse(-1, refusal)]);
    expect(experiment.settings.choices).toEqual({ dataset: "mnist" });
    expect([experiment.run.id, memory.run]).toEqual([A, A]);
  });

  test("makes one run of many changes that come while one is being made", async () => {
    await started();
    const all = [0.2, 0.3, 0.4].map((rate) => experiment.changeRate(rate));
    const last = "run-00000003";
    for (const [id, old] of [
      [B, A],
      [last, B],
    ] as const) {
      for (let i = 0; i < 2; i++) await answer({ id });
      await link.answer(-1, { type: "deleted", request_seq: 0, run: old });
      await answer({ id, status: "running" });
    }
    await Promise.all(all);
    const made = link.asked.filter(({ type }) => type === "create_run");
    expect(made.length).toBe(3); // started, the first change, the newest
    expect(made.at(-1)).toMatchObject({ recipe: { members: [{ lr: 0.04 }, { lr: 0.4 }] } });
  });

  test("finds its run again with the settings it was made with, and forgets one that is gone", async () => {
    const found = recipeOf(COMPARISON, { rate: 0.5, on: new Set(["sgd"]), choices: { dataset: "mnist" } });
    memory.run = A;
    make(COMPARISON);
    let back = experiment.comeBack();
    await answer({ id: A, recipe: found as RunState["recipe"], speed: 7 });
    await back;
    expect([experiment.settings.rate, [...experiment.settings.on], experiment.speed]).toEqual([0.5, ["sgd"], 7]);

    make(COMPARISON);
    back = experiment.comeBack(false);
    await link.refuse(-1, new ServerError({ ...REFUSAL, code: "unknown_run" }));
    await back;
    expect([experiment.run.id, memory.run]).toEqual([null, null]);
  });

  test("keeps its run when only the line is lost", async () => {
    memory.run = A;
    make(COMPARISON);
    const back = experiment.comeBack();
    await Promise.all([expect(back).rejects.toThrow("gone"), link.refuse(-1, new Error("gone"))]);
    expect([experiment.run.id, memory.run]).toEqual([A, A]);
  });

  test("keeps its run when the server is busy with other things", async () => {
    memory.run = A;
    make(COMPARISON);
    const back = experiment.comeBack();
    const refusal = new ServerError({ ...REFUSAL, code: "internal", message: "busy" });
    await Promise.all([expect(back).rejects.toThrow("busy"), link.refuse(-1, refusal)]);
    expect([experiment.run.id, memory.run]).toEqual([A, A]);
  });

  test("leaves a run of another lab alone", async () => {
    memory.run = A;
    make(COMPARISON);
    const back = experiment.comeBack(false);
    await answer({ id: A, recipe: RECIPE });
    await back;
    expect(experiment.run.id).toBe(null);
    expect(experiment.settings).toEqual(defaultSettings(COMPARISON));
  });

  test("with a curve is there from the beginning, at its speed, and changes its learning rate as it goes", async () => {
    make(FITTING);
    const curve = { id: A, recipe: CURVE, kind: "curve" } as const;
    const back = experiment.comeBack();
    await settled();
    for (let i = 0; i < 3; i++) await answer(curve);
    await back;
    expect(asked()).toEqual(["create_run", "watch", "tune"]);
    expect(link.asked.at(-1)).toMatchObject({ speed: 100 });
    const tuned = experiment.changeRate(0.7);
    await answer({ ...curve, lr: 0.7 });
    await tuned;
    expect(link.asked.at(-1)).toMatchObject({ type: "tune", lr: 0.7 });
    expect(experiment.settings.rate).toBe(0.7);
  });
});

test("a run that stands at its beginning keeps the frame that shows it, and forgets those after", () => {
  const book = new Book();
  const kept = book.take(state());
  kept.show(frame(0));
  book.take(state({ lr: 0.2 }));
  expect(kept.frame?.step).toBe(0);
  kept.show(frame(5));
  book.take(state());
  expect(kept.frame).toBe(null);
});

const REFUSAL = {
  type: "error",
  request_seq: 0,
  message: "",
  given: "",
  expected: "",
  span: null,
  suggestion: "",
} as const;

// ---------------------------------------------------------------------------------------------------- what is shown

const plan = (label: string, layers: number, rest: Partial<MemberPlan> = {}): MemberPlan => ({
  ...{ label, engine: 0, pytorch: null, diverged_at: null, says: "" },
  layers: Array.from({ length: layers }, (_, i) => ({ name: `Layer ${i + 1}`, shape: "", sum: "", parameters: 0 })),
  ...rest,
});

function viewOf(rest: Partial<RunState>, picked: number | null = null): RunView {
  const curves = new Curves();
  const put = (member: number, name: string, y: number[], x: number[] | null = null) =>
    curves.apply({ ...chunk(0, y, name, x), member });
  put(0, "loss", [2.3, 2.2, 2.1]);
  put(1, "loss", [2.3, 700, Number.NaN]);
  put(0, "test_accuracy", [0.25, 0.5], [1, 3]);
  put(0, "grad_norm.0", [3, 0.3], [1, 3]);
  put(0, "grad_norm.1", [4, 0.4], [1, 3]);
  put(1, "grad_norm.0", [5], [1]);
  const recipe = recipeOf(COMPARISON, defaultSettings(COMPARISON)) as RunState["recipe"];
  const members = [plan("one", 2), plan("two", 1, { diverged_at: 2 })];
  return { state: state({ recipe, members, step: 3, ...rest }), frame: null, curves, picked, tested: null };
}

describe("how a lab stands", () => {
  const says = (rest: Partial<RunState>, picked: number | null = null) =>
    runStanding(COMPARISON, viewOf(rest, picked), true);

  test("at its beginning: what to press", () => {
    expect(says({ step: 0, steps: 600, steps_per_epoch: 600 })).toEqual({
      ...{ running: false, main: "Start", mayRun: true, mayStep: true, mayReset: false, where: "step 0 of 600" },
      says: "Start trains both side by side, on the same batches; Step makes one training step.",
    });
    expect(runStanding(FITTING, viewOf({ step: 0 }), true).says).toMatch(/^Start, and both curves/);
  });

  test("with the training steps it begins with it has not been started", () => {
    const standing = (begun: number) => runStanding({ ...COMPARISON, begun }, viewOf({ step: 3 }), true);
    expect([standing(3).main, standing(2).main]).toEqual(["Start", "Go on"]);
    expect(standing(2).says).toMatch(/^Paused after training step 3\./);
  });

  test("while it trains: only pausing and going back to the beginning", () => {
    expect(says({ status: "running" })).toMatchObject({
      ...{ running: true, main: "Pause", mayRun: true, mayStep: false, mayReset: true },
    });
  });

  test("in the past: the way back to now, even where the run is over", () => {
    expect(says({ step: 600, steps: 600, status: "done" })).toMatchObject({ main: "Go on", mayRun: false });
    const past = says({ step: 600, steps: 600, status: "done" }, 12);
    expect(past).toMatchObject({ main: "Back to now", mayRun: true, mayStep: false });
    expect([past.says, past.where]).toEqual([
      "Training step 12 is shown, as it was.",
      expect.stringMatching(/looking at step 12$/),
    ]);
  });

  test("says what the server says of it", () => {
    expect(says({ status: "diverged", says: "All have diverged." })).toMatchObject({
      ...{ says: "All have diverged.", mayRun: false, mayReset: true },
    });
  });

  test("somebody else's run may be looked at", () => {
    expect(says({ mine: false })).toMatchObject({ mayRun: false, mayStep: false, mayReset: false });
  });

  test("without anybody who takes part: nothing may be started", () => {
    for (const standing of [
      runStanding(COMPARISON, null, false),
      runStanding(COMPARISON, viewOf({}), false),
      surfaceStanding(0, 300, false, 0),
    ]) {
      expect(standing).toMatchObject({ mayRun: false, mayStep: false });
      expect(standing.says).toBe("Nobody takes part: switch somebody on.");
    }
  });

  test("down a surface: by step, of so many", () => {
    expect(surfaceStanding(0, 300, false, 5)).toMatchObject({ main: "Start", mayReset: false, where: "step 0 of 300" });
    expect(surfaceStanding(7, 300, true, 5)).toMatchObject({ main: "Pause", mayStep: false });
    expect(surfaceStanding(7, 300, false, 5)).toMatchObject({ main: "Go on", mayStep: true });
    expect(surfaceStanding(300, 300, false, 5)).toMatchObject({ main: "Start", mayRun: true, mayStep: false });
  });
});

test("keys mean in a lab what they mean on the training page", () => {
  for (const { keys, command } of LAB_KEYS) {
    for (const key of keys) {
      const press = { key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };
      expect(commandOf(press, RUN_KEYS)).toBe(command);
    }
  }
  expect(LAB_KEYS.map(({ shown }) => shown)).toEqual(["Space", "→", "←", "Home", "End", "?"]);
});

describe("the rows of members", () => {
  test("say the last numbers, and why one has stopped", () => {
    const [one, two] = memberRows(viewOf({ status: "running" }));
    expect(one).toMatchObject({ label: "one", loss: "2.1", accuracy: "50 %", says: "training", step: 3 });
    expect(two).toMatchObject({ loss: "700", accuracy: "–", diverged: true, step: 2 });
    expect(two?.says).toBe(
      "Diverged at step 2: the loss had grown from 2.3 to 700, because each step overshoots farther than the one before. A learning rate of 0.1 is too large for the curvature here.",
    );
  });

  test("say what was at a picked step", () => {
    const [one, two] = memberRows(viewOf({}, 1));
    expect(one).toMatchObject({ loss: "2.3", accuracy: "25 %", says: "at step 1", step: 1 });
    expect(two).toMatchObject({ loss: "2.3", diverged: false, step: 1 });
  });

  test("know no step before the first one", () => {
    const view = { ...viewOf({ step: 0, members: [plan("one", 1)] }), curves: new Curves() };
    expect(memberRows(view)).toEqual([
      { label: "one", loss: "–", accuracy: "–", says: "ready", diverged: false, step: null, address: "" },
    ]);
  });

  test.each([
    [Number.POSITIVE_INFINITY, "the loss became infinite"],
    [Number.NaN, "the loss is no longer a number"],
  ])("say what became of a loss of %s", (loss, words) => {
    const view = viewOf({});
    view.curves.apply({ ...chunk(1, [loss]), member: 1 });
    expect(memberRows(view)[1]?.says).toContain(`Diverged at step 2: ${words}, because each step`);
  });

  test("blame gradients that add up where nobody forgets them", () => {
    const { recipe } = viewOf({}).state;
    if (recipe.kind !== "comparison") throw new Error("not a comparison");
    const members = recipe.members.map((member) => ({ ...member, zero_grad: false }));
    const [, two] = memberRows(viewOf({ recipe: { ...recipe, members } }));
    expect(two?.says).toContain("because the gradients of all batches so far add up");
  });

  test("lead into the member's training step", () => {
    const [, two] = memberRows(viewOf({}));
    const place = fromAddress(new URL(two?.address ?? "", "http://here"));
    expect(place).toMatchObject({ scene: "run-step", choices: { run: "run-00000001", step: "2", member: "1" } });
  });
});

describe("the length of gradients", () => {
  test("layer by layer, now and at a picked step", () => {
    const [one, two] = layerLengths(viewOf({}));
    expect(one?.rows.map(({ label, value }) => [label, value?.toFixed(2)])).toEqual([
      ["Layer 1", "0.30"],
      ["Layer 2", "0.40"],
    ]);
    expect(one?.says).toBe("Layer 1 has 0.75 × that of Layer 2");
    expect(two?.says).toBe("");
    expect(layerLengths(viewOf({}, 2))[0]?.rows[0]?.value).toBe(3);
    expect(layerLengths({ ...viewOf({}), curves: new Curves() })[0]?.rows[0]?.value).toBe(null);
  });

  test("of all layers together", () => {
    const { x, y } = totalLength(viewOf({}).curves, 0);
    expect([...x]).toEqual([1, 3]);
    expect([...y].map((length) => length.toFixed(3))).toEqual(["5.000", "0.500"]);
    expect(totalLength(new Curves(), 0).y.length).toBe(0);
  });
});

const bytes = (...numbers: number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const parts = (gradients: CurveParts["gradients"], byHand = bytes(2, 3, 4)): CurveParts => ({
  ...{ x: bytes(-1, 0, 1), points_x: bytes(-1, 1), points_y: bytes(2, 4), by_hand: byHand, by_engine: bytes(2, 2, 2) },
  gradients,
});

describe("a curve fitted twice", () => {
  test("is drawn to the points' scale", () => {
    const { points, byHand, byEngine } = fitMarks(parts([]), { width: 100, height: 124 }, null);
    expect(points).toEqual(
      [
        [0, 112],
        [100, 12],
      ].map(([x, y]) => [x, expect.closeTo(y as number)]),
    );
    expect(byHand).toBe("M0.0 112.0L50.0 62.0L100.0 12.0");
    expect(byEngine).toBe("M0.0 112.0L50.0 112.0L100.0 112.0");
  });

  test("has gaps where there is no number, and does not run away", () => {
    const { byHand } = fitMarks(parts([], bytes(Number.NaN, -1e30, 1e30)), { width: 100, height: 124 }, null);
    expect(byHand).toBe("M50.0 248.0L100.0 -124.0");
  });

  test("leaves room for the curves that nobody has trained yet", () => {
    const untrained = parts([], bytes(0, 0, 0));
    const { byHand, points } = fitMarks(untrained, { width: 100, height: 124 }, untrained);
    expect(byHand).toBe("M0.0 112.0L50.0 112.0L100.0 112.0");
    expect(points[0]).toEqual([0, expect.closeTo(62)]);
  });

  test("has equal gradients where only rounding differs", () => {
    const same = parts([
      ["0.weight", 2, 2, 4e-16],
      ["2.bias", 1e-16, 3e-16, 2e-16],
    ]);
    expect(gradientRows(same).map(({ name, equal }) => [name, equal])).toEqual([
      ["Layer 1 weight", true],
      ["Layer 2 bias", true],
    ]);
    expect(verdict(same)).toBe(
      "Equal: no element of any gradient differs by more than 4e−16, which is rounding in float64.",
    );
  });

  test("says which gradients differ", () => {
    const wrong = parts([
      ["0.weight", 1, 2, 0.5],
      ["2.bias", 1, 1, 0],
    ]);
    expect(verdict(wrong)).toBe("Not equal: layer 1 weight differ by up to 0.5.");
    expect(verdict(parts([["0.weight", Number.NaN, Number.NaN, Number.NaN]]))).toMatch(/^Neither is a number/);
  });
});

describe("a race down a surface", () => {
  const surface: LossSurface = {
    ...{ name: "ravine", label: "Ravine", says: "", source: "x", start: [1, 2] },
    rates: { adam: 0.3, sgd: 0.18 },
  };

  test("has the lab's racers with the surface's learning rates, scaled by the slider", () => {
    const settings = { ...defaultSettings(COMPARISON), rate: 0.5 };
    const racers = racersOf(COMPARISON, settings, surface);
    expect(racers.map(({ label, lr }) => [label, lr])).toEqual([
      ["lr 0.05", 0.09],
      ["Adam", 0.15],
    ]);
    expect(surfaceRequest(surface, [3, 4], racers)).toMatchObject({ surface: "ravine", start: [3, 4], steps: STEPS });
  });

  test("is read from the answer", () => {
    const raced = racedOf({
      ...{ type: "surface_race", request_seq: 1, surface: "ravine", source: "x", x: [0, 1], y: [2, 3] },
      ...{ size: 2, grid: bytes(1, 2, 3, 4), minimum: [[0, 0]] },
      paths: [{ label: "Adam", points: bytes(1, 2, 3, 4), losses: bytes(9, 8), says: "there" }],
    });
    expect(raced.grid).toMatchObject({ columns: 2, rows: 2, x: [0, 1], y: [2, 3] });
    expect([...raced.grid.values]).toEqual([1, 2, 3, 4]);
    expect(raced.paths[0]).toMatchObject({ id: "Adam", look: 0 });
    expect([...(raced.paths[0]?.points ?? [])]).toEqual([1, 2, 3, 4]);
    expect(raced.endings).toEqual([{ label: "Adam", says: "there" }]);
  });
});
