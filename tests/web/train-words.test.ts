// How a run is put in words and small pictures: progress, sliders, addresses, series, drawings.
import { describe, expect, test } from "vitest";
import type { RunView } from "../../static/src/run/actions";
import { recipeAddress, runIn, stepIn, trainAddress } from "../../static/src/run/address";
import { Curves } from "../../static/src/run/curves";
import { drawNetwork, drawSchedule } from "../../static/src/run/drawing";
import {
  durationText,
  lowestLoss,
  paceText,
  planText,
  readouts,
  spokenText,
  statusText,
  whereText,
} from "../../static/src/run/progress";
import {
  FULL_SPEED,
  placeOf,
  RATE_PLACES,
  rateAt,
  ratePlace,
  SPEED_PLACES,
  speedAt,
  speedText,
} from "../../static/src/run/scales";
import { layerCurves, lookOfPlace, pairOfCurves } from "../../static/src/run/series";
import { CHOICES, chunk, frame, RECIPE, state } from "./train";

/** A run after 700 training steps of 3,000, with losses, and accuracies where they were measured. */
function view(rest: Partial<RunView> = {}): RunView {
  const curves = new Curves();
  curves.apply(chunk(0, [2.5, 2, 1.5]));
  curves.apply(chunk(0, [0.1, 0.9], "accuracy", [1, 3]));
  curves.apply(chunk(0, [0.875], "test_accuracy", [2]));
  const running = state({ step: 700, status: "running" });
  return {
    state: running,
    frame: frame(700, { pace: 412.3, seconds_left: 5.6 }),
    curves,
    picked: null,
    tested: null,
    ...rest,
  };
}

describe("progress", () => {
  test("where a run is: the epoch that goes on, the last one at the end", () => {
    expect(whereText(state({ step: 0 }))).toBe("step 0 of 3,000 · epoch 1 of 5");
    expect(whereText(state({ step: 600 }))).toBe("step 600 of 3,000 · epoch 2 of 5");
    expect(whereText(state({ step: 3000 }))).toBe("step 3,000 of 3,000 · epoch 5 of 5");
  });

  test("how long a run would be", () => {
    expect(planText({ steps: 3000, steps_per_epoch: 600 })).toBe("3,000 training steps: 5 epochs of 600");
    expect(planText({ steps: 600, steps_per_epoch: 600 })).toBe("600 training steps, one epoch");
  });

  test("the pace, only while it runs and once it is known", () => {
    const { state: running, frame: shown } = view();
    expect(paceText(running, shown)).toBe("412 steps/s · 6 s left");
    expect(paceText({ ...running, status: "paused" }, shown)).toBe("");
    expect(paceText(running, frame(1, { pace: Number.NaN }))).toBe("");
    expect(paceText(running, frame(1, { pace: 2 }))).toBe("2 steps/s");
  });

  test.each([
    [0.2, "1 s"],
    [59.6, "1 min"],
    [125, "2 min 5 s"],
    [3_600, "1 h"],
    [12_000, "3 h 20 min"],
  ])("%s seconds are %s", (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });

  test("the numbers are the newest ones, or those of the step that was picked", () => {
    const values = (shown: RunView) => Object.fromEntries(readouts(shown).map(({ name, value }) => [name, value]));
    expect(values(view())).toEqual({
      Loss: "1.5",
      "Train accuracy": "90.0 %",
      "Test accuracy": "87.5 %",
      "Learning rate": "0.001",
    });
    expect(values(view({ picked: 1 }))).toEqual({
      Loss: "2.5",
      "Train accuracy": "10.0 %",
      "Test accuracy": "–",
      "Learning rate": "0.001",
    });
  });

  test("a step of the past has the learning rate it was made with, where that is no matter of a schedule", () => {
    const rate = (picked: number, recipe = RECIPE) => {
      const changed = state({ step: 700, lr: 0.1, rates: [{ step: 300, lr: 0.1 }], recipe });
      return readouts(view({ state: changed, picked })).find(({ name }) => name === "Learning rate")?.value;
    };
    expect([rate(300), rate(301)]).toEqual(["0.001", "0.1"]);
    expect(rate(300, { ...RECIPE, schedule: "cosine" })).toBeUndefined();
  });

  test("the test accuracy is of all pictures at the step they were asked about, else of a sample, and says so", () => {
    const accuracy = (rest: Partial<RunView>) => {
      const tested = { step: 700, count: 10_000, accuracy: 0.9235 };
      return readouts(view({ tested, ...rest })).find(({ name }) => name === "Test accuracy");
    };
    const whole = { value: "92.35 %", note: "of all 10,000 test pictures" };
    const sampled = { value: "87.5 %", note: "of a sample of the test set" };
    expect(accuracy({ state: state({ step: 700 }) })).toMatchObject(whole);
    expect(accuracy({ state: state({ step: 701 }) })).toMatchObject(sampled);
    expect(accuracy({ state: state({ step: 800 }), picked: 700 })).toMatchObject(whole);
    expect(accuracy({ state: state({ step: 700 }), picked: 699 })).toMatchObject(sampled);
  });

  test("a schedule's learning rate names what it is a part of", () => {
    const scheduled = view({ frame: frame(700, { rate: 0.0005 }) });
    expect(readouts(scheduled).at(-1)).toMatchObject({ value: "0.0005", note: "of 0.001, by the schedule" });
  });

  test("what the server says of a run wins", () => {
    expect(statusText(state({ status: "done", says: "92% right." }))).toBe("92% right.");
    expect(statusText(state({ step: 0 }))).toContain("not a single");
    expect(statusText(state({ step: 1234 }))).toBe("Paused after training step 1,234.");
  });

  test("aloud it is told by epochs, never by steps", () => {
    expect(spokenText(view())).toBe("Epoch 1 done, test accuracy 87.5 %.");
    expect(spokenText(view({ state: state({ status: "running", step: 800 }) }))).toBe(spokenText(view()));
    expect(spokenText(view({ state: state({ status: "running", step: 5 }) }))).toBe("Training.");
    expect(spokenText(view({ state: state({ status: "done", says: "92% right." }) }))).toBe("92% right.");
  });

  test("the lowest loss is none that is no number", () => {
    const series = (losses: number[]) => {
      const curves = new Curves();
      curves.apply(chunk(0, losses));
      return curves.series("loss");
    };
    expect(lowestLoss(series([2, 1, 3, Number.NaN]))).toBe(2);
    expect(lowestLoss(series([]))).toBe(1);
  });
});

describe("sliders", () => {
  test("every place of the speed is found again, from one step a second to full", () => {
    const places = Array.from({ length: SPEED_PLACES }, (_, place) => place);
    expect([speedAt(0), speedAt(SPEED_PLACES - 2), speedAt(SPEED_PLACES - 1)]).toEqual([1, 1000, FULL_SPEED]);
    for (const place of places) expect(speedAt(placeOf(speedAt(place)))).toBe(speedAt(place));
    expect([placeOf(0.01), placeOf(1e6)]).toEqual([0, SPEED_PLACES - 2]);
  });

  test("speeds in words", () => {
    expect([1, 20, 0].map(speedText)).toEqual(["one step a second", "20 steps a second", "full speed"]);
  });

  test("every place of the learning rate is found again; zero and beyond are its ends", () => {
    for (let place = 0; place < RATE_PLACES; place++) expect(rateAt(ratePlace(rateAt(place)))).toBe(rateAt(place));
    expect([rateAt(0), rateAt(RATE_PLACES - 1)]).toEqual([1e-6, 10]);
    expect([ratePlace(0), ratePlace(1e-9), ratePlace(99)]).toEqual([0, 0, RATE_PLACES - 1]);
    expect(rateAt(ratePlace(0.001))).toBe(0.001);
  });
});

describe("addresses", () => {
  const url = (address: string) => new URL(address, "http://here");

  test("name a run, and a step of its past", () => {
    const address = trainAddress("run-00000001", 5);
    expect(address).toBe("/train?run=run-00000001&at=5");
    expect([runIn(url(address)), stepIn(url(address))]).toEqual(["run-00000001", 5]);
    expect(stepIn(url(trainAddress("run-00000001")))).toBe(null);
  });

  test("that name no run name none", () => {
    expect(["/train", "/train?run=x", "/train?run=<b>12345678"].map((address) => runIn(url(address)))).toEqual([
      null,
      null,
      null,
    ]);
    expect(stepIn(url("/train?at=-3"))).toBe(null);
  });

  test("name a recipe by what is unusual in it", () => {
    expect(recipeAddress(RECIPE, CHOICES)).toBe("/train");
    expect(recipeAddress({ ...RECIPE, hidden: [128, 64] }, CHOICES)).toBe("/train?hidden=128,64");
  });
});

describe("the curves of a family", () => {
  const names = { train: "loss", test: "test_loss", shared: "train" } as const;

  function relative(place: number, losses: number[], rest: Parameters<typeof state>[0] = {}) {
    const curves = new Curves();
    curves.apply(chunk(0, losses));
    curves.apply(chunk(0, [9], "test_loss", [2]));
    return { state: state({ id: `run-0000000${place}`, ...rest }), curves, place };
  }

  test("a run alone has two, by what they are", () => {
    const series = pairOfCurves(relative(0, [3, 2]), [], names);
    expect(series.map(({ label, look }) => [label, look])).toEqual([
      ["train", 0],
      ["test", 1],
    ]);
  });

  test("a branch has its own part only, and says where it goes on from", () => {
    const branch = relative(1, [3, 2, 1, 0.5], { parent: "run-00000000", branched_at: 2 });
    const [root, shown] = [pairOfCurves(relative(0, [3, 2]), [branch], names), pairOfCurves(branch, [], names)];
    expect(root.map(({ label }) => label)).toEqual(["Run, train", "Run, test", "Branch 1, train"]);
    expect([...(shown[0]?.xs ?? [])]).toEqual([3, 4]);
    expect(shown[0]?.branch).toEqual({ of: "run-00000000 loss", from: 2 });
    // Its only test so far was the parent's.
    expect(shown.length).toBe(1);
  });

  test("a run looks the same whether it is watched or not, and like no other", () => {
    const [a, b] = [relative(0, [1]), relative(1, [1])];
    const find = (id: string, series: ReturnType<typeof pairOfCurves>) => series.find((one) => one.id.startsWith(id));
    for (const { state } of [a, b]) {
      const looks = [pairOfCurves(a, [b], names), pairOfCurves(b, [a], names)].map((s) => find(state.id, s)?.look);
      expect(new Set(looks).size).toBe(1);
    }
    expect(new Set([0, 1, 2, 3].map(lookOfPlace)).size).toBe(4);
    expect([0, 1, 2, 3].map(lookOfPlace)).not.toContain(1);
  });

  test("layers are numbered as people count", () => {
    const curves = new Curves();
    curves.apply(chunk(0, [1], "grad_norm.0", [1]));
    curves.apply(chunk(0, [2], "grad_norm.1", [1]));
    expect(layerCurves({ curves }, "grad_norm").map(({ label, look }) => [label, look])).toEqual([
      ["Layer 1", 0],
      ["Layer 2", 1],
    ]);
  });
});

describe("small pictures", () => {
  test("wider layers are taller, and all are seen", () => {
    const { bars, links } = drawNetwork([784, 1, 10], { width: 100, height: 50 });
    expect(bars.map(({ x }) => x)).toEqual([0, 50, 100]);
    expect(bars[0]?.height).toBe(50);
    expect(bars[1]?.height).toBeGreaterThan(8);
    expect(bars[1]?.height).toBeLessThan(bars[2]?.height ?? 0);
    expect(links.length).toBe(2);
  });

  test("a schedule climbs where it warms up, then goes its way to the end", () => {
    const [constant, cosine] = CHOICES.schedules;
    if (!constant || !cosine) throw new Error("no schedules");
    expect(drawSchedule(cosine, { warmup: 25 }, 100)).toEqual([
      [0, 0],
      [0.25, 1],
      [0.625, 0.5],
      [1, 0],
    ]);
    expect(drawSchedule(constant, { warmup: 25 }, 100)).toEqual([
      [0, 1],
      [1, 1],
    ]);
    expect(drawSchedule(cosine, { warmup: 0 }, 0)[0]).toEqual([0, 1]);
  });
});
