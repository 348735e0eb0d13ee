import { expect, test } from "vitest";
import {
  barOf,
  columnsOf,
  commonScale,
  countsText,
  hiddenLayers,
  softmaxOf,
  walkAddress,
} from "../../static/src/draw/answer-forward";
import { explained, goneOf, offers, titleOf } from "../../static/src/draw/answer-networks";
import { greyPixels, isCoarse, stagesOf } from "../../static/src/draw/answer-stages";
import {
  againstText,
  candidates,
  disagreement,
  doubtOf,
  listed,
  percent,
  ranked,
  spokenAnswer,
  timeText,
} from "../../static/src/draw/answer-words";
import type { Digit, Opinion, Prediction, Stage, Why } from "../../static/src/draw/api";
import type { RunCard } from "../../static/src/protocol";

/** Ten probabilities: those given, the rest shared by the others. */
function chances(given: Readonly<Record<number, number>>): number[] {
  const rest = 1 - Object.values(given).reduce((sum, share) => sum + share, 0);
  const others = 10 - Object.keys(given).length;
  return Array.from({ length: 10 }, (_, digit) => given[digit] ?? rest / others);
}

function opinion(network: string, probabilities: readonly number[]): Opinion {
  return { network, digit: ranked(probabilities)[0] ?? 0, probabilities, logits: probabilities.map(Math.log) };
}

function digit(opinions: readonly Opinion[], doubt = ""): Digit {
  const [main] = opinions;
  const box = { left: 0, top: 0, width: 1, height: 1 };
  const said = main?.digit ?? 0;
  return {
    digit: said,
    probability: main?.probabilities[said] ?? 0,
    doubt,
    line: 0,
    box,
    picture: [],
    code: "C",
    opinions,
  };
}

function prediction(given: Partial<Prediction>): Prediction {
  const none = { text: "", digits: [], problem: "", format: "PNG", width: 1, height: 1 };
  return { ...none, networks: [], stages: [], milliseconds: {}, ...given };
}

const sure = digit([opinion("reader", chances({ 7: 0.982 }))]);
const unsure = digit([opinion("reader", chances({ 3: 0.55, 8: 0.4 })), opinion("one-layer", chances({ 8: 0.7 }))]);

test.each([
  [0.98249, "98.2 %"],
  [0.5, "50.0 %"],
  [1, ">99.9 %"],
  [0.9995, ">99.9 %"],
  [0.99949, "99.9 %"],
  [0, "<0.1 %"],
  [0.00049, "<0.1 %"],
  [0.0005, "0.1 %"],
  [Number.NaN, "no number"],
])("%d is written %s: softmax gives neither nothing nor certainty", (probability, text) => {
  expect(percent(probability)).toBe(text);
});

test("the most probable digit comes first, equal ones in their order", () => {
  expect(ranked(chances({ 3: 0.5, 8: 0.3 }))).toEqual([3, 8, 0, 1, 2, 4, 5, 6, 7, 9]);
});

test("a doubtful digit is said to be one of those that share the probability", () => {
  expect(candidates(chances({ 7: 0.8 }))).toEqual([7]);
  expect(candidates(chances({ 3: 0.55, 8: 0.4 }))).toEqual([3, 8]);
  expect(candidates(chances({ 3: 0.5, 8: 0.3, 5: 0.15 }))).toEqual([3, 8, 5]);
  expect(candidates(chances({ 3: 0.3 }))).toEqual([]);
  expect(listed([3, 8, 5])).toBe("3, 8 or 5");
  expect(doubtOf(sure)).toBe("");
  expect(doubtOf(unsure)).toBe("Not sure: 3 or 8.");
  expect(doubtOf(digit([opinion("reader", chances({ 3: 0.3 }))], "It touches the edge."))).toBe(
    "Not sure: it may be any of several. It touches the edge.",
  );
});

test("the answer is read out: one digit, several, none", () => {
  expect(spokenAnswer(prediction({ digits: [sure], text: "7" }))).toBe("Read as 7, 98.2 %.");
  expect(spokenAnswer(prediction({ digits: [unsure], text: "3" }))).toBe("Read as 3, 55.0 %. Not sure: 3 or 8.");
  expect(spokenAnswer(prediction({ digits: [sure, sure], text: "7\n7" }))).toBe("Read 2 digits: 7, 7.");
  expect(spokenAnswer(prediction({ problem: "There is no ink." }))).toBe("There is no ink.");
});

test("networks that disagree are said to, on this digit and on the others", () => {
  const [main, other] = unsure.opinions;
  expect(disagreement(main ?? null, other ?? null)).toBe("Disagrees: takes it for an 8");
  expect(disagreement(main ?? null, opinion("run:a", chances({ 3: 1 })))).toBe("");
  expect(disagreement(null, main ?? null)).toBe("");
  const agreeing = digit([opinion("reader", chances({ 7: 1 })), opinion("one-layer", chances({ 7: 1 }))]);
  const said = (digits: readonly Digit[], picked: number) => againstText(digits, picked, "reader", "one-layer");
  expect(said([unsure], 0)).toBe("Disagrees: takes it for an 8");
  expect(said([unsure, agreeing, unsure], 0)).toBe("Disagrees: takes it for an 8; differs on 2 of 3 digits");
  expect(said([unsure, agreeing, unsure], 1)).toBe("Differs on 2 of 3 digits");
  expect(said([agreeing, agreeing], 1)).toBe("");
});

test("the time is told in its parts; what has no name here keeps its own", () => {
  expect(timeText({ decode: 2.04, read: 4.2, network: 1.16 })).toBe(
    "Read in 7.4 ms: decoding 2.0, finding the digits 4.2, networks 1.2.",
  );
  expect(timeText({ decode: 2, queue: 1, total: 5 })).toBe("Read in 5.0 ms: decoding 2.0, queue 1.0.");
  expect(timeText({ decode: 62.4, read: 1240 })).toBe("Read in 1,302 ms: decoding 62, finding the digits 1,240.");
  expect(timeText({})).toBe("");
});

function stage(name: string, of: number | null, levels: readonly number[] = [0], width = levels.length): Stage {
  const pixels = btoa(String.fromCharCode(...levels));
  return { name, title: name, says: "", digit: of, width, height: levels.length / width, pixels };
}

test("times are plain numbers, whatever their size", () => {
  expect(timeText({ total: 1249.6, decode: 0.04, read: 249.7, network: 9.96 })).toBe(
    "Read in 1,250 ms: decoding 0.0, finding the digits 250, networks 10.",
  );
});

test("the stages of the whole picture come before those of the picked digit", () => {
  const stages = [stage("cut", 0), stage("given", null), stage("cut", 1), stage("ink", null), stage("centred", 1)];
  expect(stagesOf(prediction({ stages }), 1).map(({ name }) => name)).toEqual(["given", "ink", "cut", "centred"]);
});

test("grey levels are drawn exactly as they are", () => {
  expect([...(greyPixels(stage("given", null, [0, 200, 255, 17], 2)) ?? [])]).toEqual([
    ...[0, 0, 0, 255],
    ...[200, 200, 200, 255],
    ...[255, 255, 255, 255],
    ...[17, 17, 17, 255],
  ]);
  expect(greyPixels({ ...stage("given", null, [0, 200]), height: 2 })).toBeNull();
  expect([28, 64, 65].map((width) => isCoarse({ ...stage("a", 0), width, height: 20 }))).toEqual([true, true, false]);
});

const card: RunCard = {
  ...{ id: "a", kind: "network", title: "784-128-10", status: "done" },
  ...{ step: 1200, steps: 6000, parent: null, created: 1 },
};

test("what is not asked yet is offered, own runs the newest first, labs left out", () => {
  const runs: RunCard[] = [card, { ...card, id: "b", created: 2 }, { ...card, id: "c", kind: "curve" }];
  expect(offers(["reader", "run:a"], runs)).toEqual([
    { id: "one-layer", title: "One layer", says: "comes with Gradwalk" },
    { id: "run:b", title: "784-128-10", says: "your run, step 1,200 of 6,000" },
  ]);
});

test("a run that is no longer listed is gone; what comes with Gradwalk never is", () => {
  expect(goneOf(["reader", "run:a", "run:b"], [card])).toEqual(["run:b"]);
});

test("the network that is explained comes first", () => {
  expect(explained(["reader", "one-layer", "run:a"], "run:a")).toEqual(["run:a", "reader", "one-layer"]);
});

test("a network is called what the server calls it, and before that by its name here", () => {
  const reader = { id: "reader", title: "The reader", says: "It reads.", parameters: 10 };
  expect(titleOf("reader", prediction({ networks: [reader] }))).toBe(reader);
  expect(titleOf("reader", null)).toEqual({ title: "Gradwalk's reader" });
  expect(titleOf("run:a", null)).toEqual({ title: "Run a" });
});

function values(...numbers: number[]): string {
  return btoa(String.fromCharCode(...new Uint8Array(new Float32Array(numbers).buffer)));
}

function why(...layers: string[]): Why {
  return {
    layers: layers.map((values, i) => ({ name: `h${i + 1}`, title: `Layer ${i + 1}`, values })),
  } as unknown as Why;
}

test("the layers between pixels and logits are counted and share a scale", () => {
  const layers = hiddenLayers(why(values(0, 1.5, 0, 2), values(-4, 3), values(9, 9)));
  expect(layers.map(countsText)).toEqual(["4 values: 2 above zero, 2 at zero.", "2 values: 1 above zero, 1 below."]);
  expect(commonScale(layers)).toBe(4);
  expect(commonScale(hiddenLayers(why(values(9))))).toBe(1);
});

test.each([
  [128, 16],
  [640, 32],
  [100, 10],
  [10, 5],
  [97, 10],
  [1, 1],
])("%d cells stand in rows of %d", (count, columns) => {
  expect(columnsOf(count)).toBe(columns);
});

test("softmax is told with its numbers, as long as they can be written", () => {
  expect(softmaxOf([Math.log(3), 0], 0)).toEqual({ logit: "1.099", top: "3", sum: "4" });
  expect(softmaxOf([16, 9], 0)).toEqual({ logit: "16", top: "8,886,111", sum: "8,894,214" });
  expect(softmaxOf([800, 0], 0)).toBeNull();
});

test("bars of logits begin at zero, to its left and right", () => {
  expect([0, 1, 2].map((digit) => barOf([-1, 3, 0], digit))).toEqual([
    { from: 0, to: 0.25 },
    { from: 0.25, to: 1 },
    { from: 0.25, to: 0.25 },
  ]);
  expect(barOf([0, 0], 0)).toEqual({ from: 0, to: 0 });
});

test("the way into the stepper names the picture, the network, the label and the lessons", () => {
  const asked = { code: "eJz_-A", network: "run:a", lessons: "", rate: 0.01 };
  expect(walkAddress(asked, null)).toBe("/step/digit?c.picture=eJz_-A&c.network=run%3Aa&c.pass=look");
  expect(walkAddress({ ...asked, lessons: "7.1" }, 7)).toBe(
    "/step/digit?c.picture=eJz_-A&c.network=run%3Aa&c.label=7&c.lessons=7.1&c.rate=0.01&c.pass=look",
  );
});
