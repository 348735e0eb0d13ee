// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";
import { tensorOf } from "../../static/src/codec";
import type { BatchParts, Comparison, Evaluation, LayerParts, Maps, TensorFrame } from "../../static/src/protocol";
import type { RunActions, RunView } from "../../static/src/run/actions";
import { Curves } from "../../static/src/run/curves";
import { Dated } from "../../static/src/run/parts";
import { compareStanding, sayChange, sheetOf, spotAt } from "../../static/src/run/parts-compare";
import { readLayers, sentencesOn } from "../../static/src/run/parts-layers";
import { pixelText, shownOf, unitName } from "../../static/src/run/parts-maps";
import { digitPictures, sayBatch } from "../../static/src/run/parts-pictures";
import { sayPictures, sayScore, testStanding } from "../../static/src/run/parts-testset";
import { batchPanel } from "../../static/src/view/train/parts/batch";
import { comparePanel } from "../../static/src/view/train/parts/compare";
import { mapsPanel } from "../../static/src/view/train/parts/maps";
import { unitsExplained } from "../../static/src/view/train/parts/measures";
import { testSetPanel } from "../../static/src/view/train/parts/test-set";
import { chunk, frame, RECIPE, settled, state } from "./train";

let host: HTMLElement;

beforeEach(() => {
  host = document.createElement("div");
  document.body.replaceChildren(host);
  for (const name of ["zero", "value", "grad", "negative", "invalid"]) {
    document.documentElement.style.setProperty(`--heat-${name}`, "#808080");
  }
  vi.stubGlobal("IntersectionObserver", Sight);
  vi.stubGlobal("requestAnimationFrame", (draw: () => void) => {
    draw();
    return 0;
  });
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      getContext = () => null;
    },
  );
});

/** Everything is in sight at once, until the test turns away. */
class Sight {
  static tell: (seen: boolean) => void = () => {};
  constructor(tell: (entries: { isIntersecting: boolean }[]) => void) {
    Sight.tell = (seen) => tell([{ isIntersecting: seen }]);
  }
  observe(): void {
    Sight.tell(true);
  }
}

function look(rest: Partial<RunView> = {}): RunView {
  return { state: state(), frame: null, curves: new Curves(), picked: null, tested: null, ...rest };
}

/** Actions of somebody who takes notes; what is asked is answered by `answers`. */
function noted(answers: Partial<RunActions> = {}) {
  const done: unknown[][] = [];
  const note =
    (name: string) =>
    (...given: unknown[]) => {
      done.push([name, ...given]);
      return Promise.resolve();
    };
  const names = ["control", "tune", "branch", "openStep", "pick", "watchPart", "evaluate", "compare"];
  const actions = Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as RunActions;
  return { done, actions: { ...actions, ...answers } };
}

const text = (selector: string) => host.querySelector(selector)?.textContent ?? "";
const click = (selector: string) => host.querySelector<HTMLElement>(selector)?.click();

it("remembers the training step that a part came at, while frames go on without it", () => {
  const dated = new Dated<object>();
  const part = {};
  expect(dated.take(part, 7)).toBe(true);
  expect(dated.take(part, 9)).toBe(false);
  expect(dated.step).toBe(7);
});

describe("readings of layers", () => {
  const histogram = { counts: [], largest: 1, mean: 0, std: 1 };
  const layer = (rest: Partial<LayerParts> = {}): LayerParts => ({
    ...{ name: "Layer", weights: histogram, gradients: histogram, activations: histogram, dead: null, saturated: null },
    ...rest,
  });
  const members = [
    {
      ...{ label: "784-128-10", engine: 0, pytorch: null, diverged_at: null, says: "" },
      layers: [
        { name: "Layer 1", shape: "784 → 128", sum: "", parameters: 100_480 },
        { name: "Layer 2", shape: "128 → 10", sum: "", parameters: 1_290 },
      ],
    },
  ];
  const read = (first: Partial<LayerParts>, norms: [number, number], ratio = 0.001) => {
    const curves = new Curves();
    curves.apply(chunk(0, [norms[0]], "grad_norm.0", [50]));
    curves.apply(chunk(0, [norms[1]], "grad_norm.1", [50]));
    curves.apply(chunk(0, [ratio], "update_ratio.0", [50]));
    return readLayers(state({ members, recipe: { ...RECIPE, hidden: [128] } }), [layer(first), layer()], curves);
  };
  const sentences = (...given: Parameters<typeof read>) => read(...given)[0]?.verdicts.map((verdict) => verdict.text);

  it("takes the latest sample of each curve, and what follows each layer", () => {
    const [first, last] = read({}, [0.5, 0.25]);
    expect(first).toMatchObject({
      units: 128,
      activation: "ReLU",
      gradNorm: 0.5,
    });
    expect(last).toMatchObject({ activation: null, updateRatio: null });
  });

  it("counts dead units and says what they cost", () => {
    expect(sentences({ dead: 31 / 128 }, [1, 1])).toContain(
      "31 of 128 ReLU units are 0 for the whole batch: no gradient reaches their weights.",
    );
    expect(read({ dead: 31 / 128 }, [1, 1])[0]?.verdicts.at(-1)?.wrong).toBe(true);
    expect(read({ dead: 1 / 128 }, [1, 1])[0]?.verdicts.at(-1)?.wrong).toBe(false);
    expect(sentences({ dead: 0 }, [1, 1])).toEqual([]);
  });

  it("says of an update outside of the healthy band what that means", () => {
    expect(sentences({}, [1, 1], 0.001)).toEqual([]);
    expect(sentences({}, [1, 1], 0.00001)?.[0]).toContain("less than 0.01 % of their length: hardly");
    expect(sentences({}, [1, 1], 0.05)?.[0]).toContain("more than 1 % of their length");
    expect(sentences({}, [1, 1], 0)?.[0]).toContain("stand still");
    expect(sentences({}, [1, 1], Number.POSITIVE_INFINITY)?.[0]).toContain("were 0");
    expect(sentences({}, [1, 1], Number.NaN)?.[0]).toContain("diverged");
  });

  it("notices gradients that vanish, are zero, or are no numbers", () => {
    expect(sentences({}, [1 / 1024, 0.5])?.[0]).toBe(
      "the gradient is 510 times smaller than in the last layer: it vanishes on its way back.",
    );
    expect(sentences({}, [0.1, 0.5])).toEqual([]);
    expect(sentences({}, [0, 0.5])?.[0]).toContain("nothing tells this layer");
    expect(sentences({}, [Number.NaN, 0.5])?.[0]).toContain("diverged");
  });

  it("warns of saturation only where half of the activations are", () => {
    expect(sentences({ saturated: 0.6 }, [1, 1])).toEqual([
      "more than half of the ReLU activations are saturated: where they are flat, less than a tenth of the gradient passes.",
    ]);
    expect(sentences({ saturated: 0.4 }, [1, 1])).toEqual([]);
  });

  it("names layers of which the same is to be said together", () => {
    const texts = sentencesOn(read({ name: "Layer 1" }, [0, 0])).map(({ text }) => text);
    expect(texts).toEqual(["Layer 1, Layer: the gradient is 0: nothing tells this layer how to change."]);
  });
});

const signed = (count: number, of: number): Maps => {
  const pixels = new Uint8Array(count * 784).fill(128);
  pixels[28 + 2] = 255; // unit 0, row 1, column 2
  pixels[784] = 1; // unit 1, row 0, column 0
  return { count, of, pixels, scale: 0.01, zero: 128 };
};

describe("weight maps", () => {
  it("reads bytes as numbers, as exactly as they are", () => {
    const maps = signed(2, 2);
    expect(pixelText(maps, 0, 0, 0)).toBe("0 ± 0.005");
    expect(pixelText(maps, 0, 1, 2)).toBe("1.27 ± 0.005");
    expect(pixelText(maps, 1, 0, 0)).toBe("−1.27 ± 0.005");
  });

  it("calls ten units digits only where nothing follows them", () => {
    expect(unitName(3, 10, true)).toBe("digit 3");
    expect(unitName(3, 10, false)).toBe("unit 3");
    expect(shownOf({ count: 20, of: 128 })).toBe("20 of 128 units");
    expect(shownOf({ count: 10, of: 10 })).toBe("10 units");
  });

  const shown = (step: number, maps: Maps | null, gradient_maps: Maps | null) =>
    look({ state: state({ step }), frame: frame(step, { maps, gradient_maps }) });

  it("asks for maps while it is in sight", () => {
    const { done, actions } = noted();
    mapsPanel(host, actions);
    expect(done).toEqual([["watchPart", "maps", true]]);
  });

  it("draws nothing out of sight, and what is newest when it is looked at again", () => {
    const { done, actions } = noted();
    const panel = mapsPanel(host, actions);
    Sight.tell(false);
    expect(done.at(-1)).toEqual(["watchPart", "maps", false]);
    panel.update(shown(40, signed(2, 128), null));
    panel.update(shown(41, signed(2, 128), null));
    expect(host.querySelector(".unit-maps li")).toBe(null);
    Sight.tell(true);
    expect(text(".quiet")).toContain("training step 41");
  });

  it("opens a unit, and leads from there into its training step", () => {
    const { done, actions } = noted();
    const panel = mapsPanel(host, actions);
    panel.update(shown(40, signed(2, 128), signed(2, 128)));
    expect(text(".quiet")).toContain("2 of 128 units, after training step 40");
    click(".unit-maps li:nth-child(2) button");
    expect(host.querySelector<HTMLElement>(".unit-detail")?.hidden).toBe(false);
    expect(text(".unit-detail h3")).toBe("Unit 1");
    // To the largest number of its gradient, or to any that is picked.
    click(".walk");
    expect(done.at(-1)).toEqual(["openStep", 40, { focus: { node: "W1", element: [1, 0] } }]);
    const canvas = host.querySelector<HTMLElement>(".unit-detail canvas");
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown" }));
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    expect(done.at(-1)).toEqual(["openStep", 40, { focus: { node: "W1", element: [1, 28] } }]);
    click(".unit-maps li:nth-child(2) button");
    expect(host.querySelector<HTMLElement>(".unit-detail")?.hidden).toBe(true);
  });

  it("says that units are equal and stay so, where their weights and their gradients are", () => {
    const panel = mapsPanel(host, noted().actions);
    const alike = (byte: number): Maps => ({ ...signed(3, 32), pixels: new Uint8Array(3 * 784).fill(byte) });
    const said = () => !host.querySelector<HTMLElement>(".note")?.hidden;
    panel.update(shown(40, alike(7), alike(9)));
    expect([said(), text(".note").includes("equal gradients")]).toEqual([true, true]);
    panel.update(shown(41, alike(7), signed(3, 32)));
    expect(said()).toBe(false);
    panel.update(shown(42, signed(3, 32), alike(9)));
    expect(said()).toBe(false);
    // One unit is like itself.
    panel.update(shown(43, { ...alike(7), count: 1 }, { ...alike(7), count: 1 }));
    expect(said()).toBe(false);
  });

  it("leads nowhere before there is a gradient", () => {
    const { done, actions } = noted();
    mapsPanel(host, actions).update(shown(0, signed(2, 128), null));
    click(".unit-maps button");
    expect(host.querySelector<HTMLElement>(".walk")?.hidden).toBe(true);
    host.querySelector(".unit-detail canvas")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    expect(done.filter(([name]) => name === "openStep")).toEqual([]);
  });

  it("reads the same pixel in both pictures by arrow keys", () => {
    const panel = mapsPanel(host, noted().actions);
    panel.update(shown(40, signed(2, 128), { ...signed(2, 128), scale: 0.001 }));
    click(".unit-maps button");
    const press = (key: string) =>
      host.querySelector(".unit-detail canvas")?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    for (const key of ["ArrowDown", "ArrowRight", "ArrowRight"]) press(key);
    expect(text(".readout")).toBe("row 1, column 2, weight 1.27 ± 0.005, gradient 0.127 ± 0.0005");
    // Somebody who listens hears where the cursor goes, and not each new frame.
    const aloud = () => host.querySelector(".readout")?.getAttribute("aria-live");
    expect(aloud()).toBe("polite");
    panel.update(shown(41, signed(2, 128), { ...signed(2, 128), scale: 0.002 }));
    expect([text(".readout"), aloud()]).toEqual([expect.stringContaining("gradient 0.254"), "off"]);
  });

  it("has no gradient, and no training step to walk into, before the first one", () => {
    const panel = mapsPanel(host, noted().actions);
    panel.update(shown(0, signed(2, 2), null));
    expect(text(".quiet")).toContain("the first training step brings it");
    click(".unit-maps button");
    expect(host.querySelector<HTMLElement>(".walk")?.hidden).toBe(true);
  });

  it("builds nothing anew for another frame", () => {
    const panel = mapsPanel(host, noted().actions);
    panel.update(shown(40, signed(2, 128), null));
    const button = host.querySelector(".unit-maps button");
    panel.update(shown(41, signed(2, 128), null));
    expect(host.querySelector(".unit-maps button")).toBe(button);
    expect(text(".quiet")).toContain("training step 41");
  });
});

/** A row of numbers as it travels. */
function tensor(numbers: number[], rest: Partial<TensorFrame> = {}): TensorFrame {
  const picture = new Uint8Array(Float32Array.from(numbers).buffer);
  const largest = Math.max(...numbers.map(Math.abs));
  const norm = Math.hypot(...numbers);
  return {
    ...{ type: "tensor", generation: 0, ref: 0, shape: [numbers.length], dtype: "float32", minimum: 0, maximum: 0 },
    ...{ mean: 0, std: 0, norm, largest, not_finite: 0, zeros: 0, histogram: [], exact: true },
    ...{ picture_shape: [1, numbers.length], picture, images: null, maps: null, maps_scale: 1, maps_zero: 0 },
    ...rest,
  };
}

function comparison(step: number, other: number): Comparison {
  const three = { first: tensor([3, 4]), second: tensor([3, 5]), difference: tensor([0, 1]) };
  return {
    ...{ type: "comparison", request_seq: 1, run: "run-00000001", step, other, losses: [0.5, 0.25] },
    tensors: [
      { name: "b1", what: "weight", ...three },
      { name: "b1", what: "gradient", ...three },
    ],
  };
}

describe("then and now", () => {
  it("says where a comparison stands beside the run, and what to ask for", () => {
    const run = look({ state: state({ step: 300 }) });
    expect(compareStanding(run, null)).toMatchObject({ offer: null, text: /Pick an earlier/ });
    expect(compareStanding({ ...run, picked: 100 }, null).offer).toEqual({
      step: 100,
      label: "Compare step 100 with now",
    });
    const fresh = compareStanding({ ...run, picked: 100 }, comparison(100, 300));
    expect(fresh.offer).toBe(null);
    expect(fresh.text).toContain("the loss is 0.5 after step 100 and 0.25 after step 300");
    const stale = compareStanding({ ...run, picked: 100 }, comparison(100, 200));
    expect(stale).toMatchObject({ offer: { step: 100, label: "Update" }, text: /The run has gone on since/ });
    const later = compareStanding({ ...run, state: state({ step: 301 }), picked: 100 }, comparison(100, 200));
    expect(later.text, "is not read out at every step").toBe(stale.text);
  });

  it("says how far a tensor has come", () => {
    const change = (first: number[], difference: number[]) => ({
      ...{ name: "b1", what: "weight" as const, before: tensorOf(tensor(first)), now: tensorOf(tensor(first)) },
      difference: tensorOf(tensor(difference)),
    });
    expect(sayChange(change([3, 4], [0, 1]))).toBe("changed by 0.2 of its length");
    expect(sayChange(change([3, 4], [0, 0]))).toBe("unchanged");
    expect(sayChange(change([0, 0], [0, 1]))).toBe("it was all 0");
  });

  it("lays rows that are pictures side by side, and finds each of their numbers", () => {
    const maps = new Uint8Array(6 * 784).fill(128);
    maps[5 * 784 + 28] = 130; // unit 5, row 1, column 0: it stands first in the second row
    const travelling = { images: [28, 28] as [number, number], maps, maps_scale: 0.5, maps_zero: 128 };
    const weights = tensorOf(tensor([0], { shape: [6, 784], exact: false, ...travelling }));
    expect(sheetOf(weights)).toMatchObject({ rows: 57, columns: 144 });
    const spot = spotAt(weights, "W1", 30, 0);
    expect(spot?.name).toBe("W1[5, 28]");
    expect(spot?.read(weights)).toBe("1 ± 0.25");
    expect(spotAt(weights, "W1", 28, 0)).toBe(null); // between two pictures
  });

  it("compares the picked step with now, one kind of tensors at a time", async () => {
    const compare = vi.fn(async (step: number) => comparison(step, 300));
    const panel = comparePanel(host, noted({ compare }).actions);
    const run = look({ state: state({ step: 300 }), picked: 100 });
    panel.update(run);
    click(".plain-button");
    expect(text(".plain-button")).toContain("Computing");
    await settled();
    expect(compare).toHaveBeenCalledWith(100);
    expect(text("h3")).toBe("b1 2 · changed by 0.2 of its length");
    click("input[value=gradient]");
    host.querySelector("input[value=gradient]")?.dispatchEvent(new Event("change"));
    expect(text("h3")).toContain("∂b1");
    const canvas = host.querySelector("canvas");
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
    expect(text(".readout")).toBe("b1[1], then 4, now 5, difference 1");
  });

  it("forgets what was compared when the run is taken back to before it", async () => {
    const panel = comparePanel(host, noted({ compare: async (step) => comparison(step, 300) }).actions);
    const run = look({ state: state({ step: 300 }), picked: 100 });
    panel.update(run);
    click(".plain-button");
    await settled();
    panel.update({ ...run, state: state({ step: 0 }), picked: null });
    expect(host.querySelector(".change")).toBe(null);
  });

  it("says what went wrong, and may be asked again", async () => {
    const compare = vi.fn(() => Promise.reject(new Error("lost")));
    comparePanel(host, noted({ compare }).actions).update(look({ state: state({ step: 300 }), picked: 100 }));
    click(".plain-button");
    await settled();
    expect(host.querySelector<HTMLElement>(".problem")?.hidden).toBe(false);
    expect(host.querySelector<HTMLButtonElement>(".plain-button")?.disabled).toBe(false);
  });
});

const batch: BatchParts = {
  ...{ of: 100, indices: [7, 8], labels: [4, 5], predictions: [9, 5], confidence: [0.75, 0.5], losses: [2.5, 0.25] },
  pixels: new Uint8Array(2 * 784),
};

describe("the batch", () => {
  it("says of each picture what it was taken for, how surely, and its loss", () => {
    const [wrong, right] = digitPictures(batch).captions;
    expect(wrong).toMatchObject({ wrong: true, lines: ["9, not 4", "75 %", "loss 2.5"] });
    expect(wrong?.says).toContain("loss 2.5");
    expect(right).toMatchObject({ wrong: false, lines: ["5", "50 %", "loss 0.25"] });
    const three = { ...batch, labels: [4, 5, 6], predictions: [9, 5, 6] };
    expect(sayBatch(three, 60)).toBe(
      "3 of 100 pictures of training step 60, as the network saw them before the update: 2 right, 1 wrong.",
    );
  });

  it("leads into its training step once there is one", () => {
    const { done, actions } = noted();
    const panel = batchPanel(host, actions);
    panel.update(look({ frame: frame(0) }));
    expect(text(".quiet")).toContain("No batch yet");
    expect(host.querySelector<HTMLElement>(".plain-button")?.hidden).toBe(true);
    panel.update(look({ frame: frame(60, { batch }) }));
    panel.update(look({ frame: frame(63, { batch }) })); // the same batch, still on screen
    click(".plain-button");
    expect(done.at(-1)).toEqual(["openStep", 60]);
  });
});

function evaluation(step: number, rest: Partial<Evaluation> = {}): Evaluation {
  const confusion = Array.from({ length: 10 }, () => new Array<number>(10).fill(0));
  return {
    ...{ type: "evaluation", request_seq: 1, run: "run-00000001", step, count: 10_000, loss: 0.25, accuracy: 0.9764 },
    ...{ confusion, wrong: 2, start: 0, indices: [115, 7], labels: [4, 5], predictions: [9, 3], losses: [9, 8] },
    ...{ confidence: [1, 1], pixels: new Uint8Array(2 * 784) },
    ...rest,
  };
}

describe("the test set", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    return () => vi.useRealTimers();
  });
  const paused = (step: number) => look({ state: state({ step, status: "paused" }) });
  const running = (step: number) => look({ state: state({ step, status: "running" }) });
  const setUp = (answer = (step: number | null) => evaluation(step ?? 1200)) => {
    const evaluate = vi.fn<RunActions["evaluate"]>(async (options = {}) => answer(options.step ?? null));
    const { done, actions } = noted({ evaluate });
    return { done, evaluate, panel: testSetPanel(host, actions) };
  };
  const asks = () => vi.advanceTimersByTimeAsync(500);

  it("says where an evaluation stands beside the run", () => {
    expect(testStanding(running(1800), null)).toEqual({
      ...{ text: "Not tested yet.", stale: false, offer: { step: null, label: "Test now" } },
    });
    expect(testStanding(running(1200), evaluation(1200))).toMatchObject({ stale: false, offer: null });
    expect(testStanding(running(1800), evaluation(1200))).toEqual({
      text: "All 10,000 test pictures, after training step 1,200; the run has gone on since.",
      ...{ stale: true, offer: { step: null, label: "Update" } },
    });
    const later = testStanding(running(1801), evaluation(1200));
    expect(later.text, "is not read out at every step").toBe(testStanding(running(1800), evaluation(1200)).text);
    expect(testStanding({ ...paused(1800), picked: 800 }, evaluation(1200))).toEqual({
      text: "All 10,000 test pictures, after training step 1,200; step 800 is picked.",
      ...{ stale: true, offer: { step: 800, label: "Test at step 800" } },
    });
  });

  it("says its score, and which pictures are shown", () => {
    expect(sayScore(evaluation(1))).toBe("9,764 of 10,000 right: 97.64 %. Loss 0.25.");
    expect(sayPictures(evaluation(1), null)).toBe("2 wrong ones, largest loss first.");
    const page = evaluation(1, { wrong: 44, start: 40 });
    expect(sayPictures(page, { true: 4, predicted: 9 })).toBe(
      "41 to 42 of 44 pictures of 4 taken for 9, largest loss first.",
    );
    expect(sayPictures(evaluation(1, { wrong: 0 }), null)).toBe("There are no wrong ones.");
  });

  it("asks unbidden once the run stands still, and not while it runs", async () => {
    const { evaluate, panel } = setUp();
    panel.update(running(1100));
    await asks();
    expect(evaluate).not.toHaveBeenCalled();
    panel.update(paused(1200));
    await asks();
    expect(evaluate).toHaveBeenCalledOnce();
    expect(text(".test-score")).toContain("97.64 %");
    panel.update(paused(1200));
    await asks();
    expect(evaluate).toHaveBeenCalledOnce();
  });

  it("does not try again unbidden what has failed", async () => {
    const { evaluate, panel } = setUp(() => {
      throw new Error("lost");
    });
    panel.update(paused(1200));
    await asks();
    await asks();
    expect(evaluate).toHaveBeenCalledOnce();
    expect(host.querySelector<HTMLElement>(".problem")?.hidden).toBe(false);
    expect(text(".row-head .plain-button")).toBe("Test now");
  });

  it("shows the pictures of a cell, of the step that was tested, and all of them again", async () => {
    const { evaluate, panel } = setUp();
    panel.update(paused(1200));
    await asks();
    panel.update(running(1300));
    const cell = host.querySelectorAll(".confusion tbody tr")[4]?.querySelectorAll<HTMLElement>("td")[9];
    cell?.click();
    await asks();
    expect(evaluate).toHaveBeenLastCalledWith({ step: 1200, true: 4, predicted: 9, start: 0, count: 40 });
    expect(cell?.getAttribute("aria-selected")).toBe("true");
    click(".test-found .row-head .plain-button");
    await asks();
    expect(evaluate).toHaveBeenLastCalledWith({ step: 1200, true: null, predicted: null, start: 0, count: 40 });
  });

  it("turns pages of the step that was tested", async () => {
    const { evaluate, panel } = setUp(() => evaluation(1200, { wrong: 44 }));
    panel.update(paused(1200));
    await asks();
    const [previous, next] = host.querySelectorAll<HTMLButtonElement>(".turns button");
    expect(previous?.disabled).toBe(true);
    next?.click();
    await asks();
    expect(evaluate).toHaveBeenLastCalledWith({ step: 1200, true: null, predicted: null, start: 40, count: 40 });
  });

  it("leads from a picture into the training step that begins with the weights that were tested", async () => {
    vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(600);
    const { done, panel } = setUp();
    panel.update(paused(1200));
    await asks();
    host.querySelectorAll<HTMLElement>(".picture-grid li button")[1]?.click();
    expect(done.at(-1)).toEqual(["openStep", 1201, { picture: 7 }]);
    vi.restoreAllMocks();
  });

  it("forgets what belongs to another run, or to steps that were taken back", async () => {
    const { panel } = setUp();
    panel.update(paused(1200));
    await asks();
    panel.update(running(1100));
    expect(host.querySelector<HTMLElement>(".test-score")?.hidden).toBe(true);
  });

  it("drops an answer that comes after the run was taken back", async () => {
    let answer = (_: Evaluation) => {};
    const evaluate = () =>
      new Promise<Evaluation>((resolve) => {
        answer = resolve;
      });
    const panel = testSetPanel(host, noted({ evaluate }).actions);
    panel.update(look({ state: state({ step: 1200, id: "run-00000002" }) }));
    await asks();
    panel.update(running(10));
    answer(evaluation(1200));
    await asks();
    expect(host.querySelector<HTMLElement>(".test-score")?.hidden).toBe(true);
  });
});

it("explains each measure in a fold that keys reach", () => {
  unitsExplained(host);
  expect([...host.querySelectorAll("details dt")].map((term) => term.textContent)).toEqual([
    "gradient norm",
    "update to weights",
    "dead units",
    "saturated",
  ]);
});
