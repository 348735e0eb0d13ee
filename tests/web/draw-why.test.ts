// The maps of a prediction, the way to another digit, and what lessons did: in words and numbers.
import { describe, expect, test } from "vitest";
import type { Learned, Toward, Why } from "../../static/src/draw/api";
import { changeRows, copyText, lessonText, walkAddress } from "../../static/src/draw/learn";
import {
  countOf,
  type Lesson,
  labelOf,
  lessonsText,
  lessonWords,
  mayTeach,
  taught,
  untaught,
} from "../../static/src/draw/lessons";
import { framesOf, towardText } from "../../static/src/draw/toward";
import { explained, inkOf, likeliest, type Part, strongOf } from "../../static/src/draw/why";
import { checkText, hundredths, pixelWords, restName, written } from "../../static/src/draw/why-words";
import { fromAddress } from "../../static/src/permalink";

const PIXELS = 784;

/** A map that is zero but for some pixels, as it travels. */
function map(numbers: Readonly<Record<number, number>>): string {
  const all = new Float32Array(PIXELS);
  for (const [at, number] of Object.entries(numbers)) all[Number(at)] = number;
  return btoa(String.fromCharCode(...new Uint8Array(all.buffer)));
}

/** Probabilities that leave nothing but to some digits. */
function chances(of: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 10 }, (_, digit) => of[digit] ?? 0);
}

function why(rest: Partial<Why> = {}): Why {
  const evidence = Array.from({ length: 10 }, (_, digit) =>
    digit === 7
      ? { digit, map: map({ 30: 3, 31: -0.5 }), rest: 0.25, score: 2.75 }
      : { digit, map: map({ 30: -1 }), rest: 0.125, score: -0.875 },
  );
  return {
    network: { id: "reader", title: "", says: "", parameters: 0 },
    of: 7,
    logits: [],
    probabilities: chances({ 7: 0.9, 1: 0.1 }),
    layers: [],
    evidence,
    gradient: map({ 30: 4, 31: -1, 500: 8 }),
    integrated: { map: map({ 30: 2.5 }), steps: 32, sum: 2.5, score: 2.75, baseline: 0.5 },
    ...rest,
  };
}

describe("where a score comes from", () => {
  test("a map and the rest add up to the score", () => {
    const { parts, winner, maps } = explained(why());
    expect(winner).toBe(7);
    expect(parts[7]).toMatchObject({ pixels: 2.5, rest: 0.25, score: 2.75 });
    for (const { pixels, rest, score } of parts) expect(pixels + rest).toBeCloseTo(score, 6);
    expect(maps.evidence.numbers).toBe(parts[7]?.numbers);
  });

  test("all ten maps share a scale, the others have their own", () => {
    const { maps } = explained(why());
    expect(maps.evidence.scale).toBe(3);
    expect(maps.gradient.scale).toBe(8);
    expect(maps.integrated.scale).toBe(2.5);
  });

  test("one number in a hundred may lie beyond the scale; zeros do not count", () => {
    const numbers = new Float32Array(PIXELS);
    for (let i = 0; i < 200; i++) numbers[i] = i % 2 === 0 ? 1 : -1;
    numbers[0] = -50;
    expect(strongOf(numbers)).toBe(1);
    numbers[2] = numbers[4] = 40;
    expect(strongOf(numbers)).toBe(40);
    expect(strongOf(new Float32Array(PIXELS))).toBe(0);
  });

  test("what is written adds up as it is written", () => {
    const part = (pixels: number, rest: number): Part => ({
      digit: 0,
      numbers: new Float32Array(),
      pixels,
      rest,
      score: pixels + rest,
    });
    expect(written(part(3.116, -0.412))).toEqual({ pixels: "+3.12", rest: "−0.42", score: "2.70" });
    expect(written(part(-11.18, -0.001))).toEqual({ pixels: "−11.18", rest: "0.00", score: "−11.18" });
    expect(hundredths(-0.001)).toBe("0.00");
  });

  test("the checks say what a map adds up to, and how far it is from what it should", () => {
    const answer = explained(why());
    expect(checkText(answer, "evidence")).toBe("Sum of the map +2.5, biases +0.25: score 2.75.");
    expect(checkText(answer, "integrated")).toBe(
      "Sum of the map +2.5; score 2.75 less baseline 0.5: +2.25. Difference +0.25, from 32 points on the way.",
    );
    expect(checkText(answer, "gradient")).toBe("");
    expect(restName("run:abc")).toBe("rest");
  });

  test("a pixel is read with what makes its number", () => {
    const answer = explained(why());
    const ink = new Float32Array(PIXELS);
    ink[30] = 0.75;
    const text = (kind: "evidence" | "gradient" | "integrated") =>
      pixelWords(answer, kind, ink, 1, 2)
        .map(([, part]) => part)
        .join("");
    expect(text("evidence")).toBe("Row 1, column 2: pixel 0.75 × gradient +4 = evidence +3.");
    expect(text("gradient")).toBe("Row 1, column 2: pixel 0.75, gradient +4.");
    expect(text("integrated")).toBe("Row 1, column 2: pixel 0.75, integrated gradient +2.5.");
  });

  test("ink is from 0 to 1; the likeliest digit may be left out", () => {
    expect([
      ...inkOf([
        [0, 255],
        [51, 0],
      ]),
    ]).toEqual([0, 1, Math.fround(0.2), 0]);
    expect(likeliest(chances({ 3: 0.6, 5: 0.4 }))).toBe(3);
    expect(likeliest(chances({ 3: 0.6, 5: 0.4 }), 3)).toBe(5);
  });
});

describe("toward another digit", () => {
  const toward: Toward = {
    target: 7,
    frames: [
      { picture: map({ 30: 0.5 }), probabilities: chances({ 1: 0.75, 7: 0.25 }) },
      { picture: map({ 30: 0.25, 266: 0.125 }), probabilities: chances({ 1: 0.625, 7: 0.375 }) },
      { picture: map({ 30: 0.25, 266: 0.75 }), probabilities: chances({ 1: 0.125, 7: 0.875 }) },
    ],
  };
  const frames = framesOf(toward);

  test("frames differ from the first by their change, on one scale", () => {
    expect(frames.map(({ change }) => change.numbers[30])).toEqual([0, -0.25, -0.25]);
    expect(frames.map(({ change }) => change.numbers[266])).toEqual([0, 0.125, 0.75]);
    expect(frames.map(({ change }) => change.scale)).toEqual([0.75, 0.75, 0.75]);
  });

  test("what happened is told", () => {
    expect(towardText(frames, 0, 7)).toBe("As drawn, the network takes it for a 1 (75.0 %); a 7 has 25.0 %.");
    expect(towardText(frames, 1, 7)).toBe(
      "After 1 gradient step on the pixels the network still takes it for a 1 (62.5 %; a 7 has 37.5 %). Largest change: row 1, column 2 (−0.25).",
    );
    expect(towardText(frames, 2, 7)).toBe(
      "After 2 gradient steps on the pixels the network takes it for a 7 (87.5 %). Largest change: row 9, column 14 (+0.75).",
    );
    expect(towardText(framesOf({ target: 1, frames: toward.frames.slice(0, 1) }), 0, 1)).toBe(
      "The network takes it for a 1 already (75.0 %).",
    );
  });
});

const HERE = "here-code";
const ELSEWHERE = "elsewhere-code";
const LESSONS: readonly Lesson[] = [
  { code: ELSEWHERE, label: 1, times: 2 },
  { code: HERE, label: 7, times: 3 },
];

describe("lessons", () => {
  test("undo takes back one training step after the other, until there is none", () => {
    let lessons = LESSONS;
    const counts = [];
    for (let i = 0; i < 6; i++) {
      counts.push(countOf(lessons));
      lessons = untaught(lessons);
    }
    expect(counts).toEqual([5, 4, 3, 2, 1, 0]);
    expect(lessons).toEqual([]);
  });

  test("a training step more is undone by one", () => {
    for (const label of [7, 4]) expect(untaught(taught(LESSONS, HERE, label))).toEqual(LESSONS);
    expect(lessonsText(taught(LESSONS, HERE, 7), HERE)).toBe(`1.2.${ELSEWHERE}~7.4`);
    expect(lessonsText(taught(LESSONS, HERE, 4), HERE)).toBe(`1.2.${ELSEWHERE}~7.3~4.1`);
  });

  test("no more are taught than the server takes", () => {
    const many = (times: number): Lesson[] => [{ code: HERE, label: 7, times }];
    expect(mayTeach(many(99), HERE, 7)).toBe(true);
    expect(mayTeach(many(100), HERE, 7)).toBe(false);
    const items = Array.from({ length: 20 }, (_, i): Lesson => ({ code: HERE, label: i % 2, times: 1 }));
    expect(mayTeach(items, HERE, 1)).toBe(true);
    expect(mayTeach(items, HERE, 0)).toBe(false);
  });

  test("what a picture was taught to be, and that in words", () => {
    expect(labelOf(LESSONS, ELSEWHERE)).toBe(1);
    expect(labelOf(taught(LESSONS, ELSEWHERE, 4), ELSEWHERE)).toBe(4);
    expect(labelOf(LESSONS, "unknown")).toBeNull();
    expect(LESSONS.map((lesson) => lessonWords(lesson, HERE))).toEqual([
      "2 training steps on another picture as a 1",
      "3 training steps on this picture as a 7",
    ]);
    expect(lessonWords({ code: HERE, label: 7, times: 1 }, HERE)).toBe("1 training step on this picture as a 7");
  });
});

describe("a training step", () => {
  const learned = (before: [number, number[]], after: [number, number[]]): Learned => ({
    label: 7,
    start: { loss: 3, probabilities: [] },
    before: { loss: before[0], probabilities: before[1] },
    after: { loss: after[0], probabilities: after[1] },
    history: [],
    changes: [
      {
        name: "W1",
        title: "Layer 1, weights",
        shape: [640, 784],
        gradient: 10.5,
        change: 0.105,
        moved: 12345,
        most: { index: [3, 412], gradient: -0.25, before: 0.125, after: 0.1275 },
      },
    ],
    weights: "",
    pixels: "",
  });

  test("is told by loss and answer", () => {
    const one: [number, number[]] = [1.5, chances({ 1: 0.75, 7: 0.25 })];
    expect(lessonText(learned(one, [0.5, chances({ 7: 0.625, 1: 0.375 })]))).toBe(
      "Loss 1.5 → 0.5. The copy took it for a 1 (75.0 %), and takes it for a 7 now (62.5 %).",
    );
    expect(lessonText(learned(one, [1, chances({ 1: 0.625, 7: 0.375 })]))).toBe(
      "Loss 1.5 → 1. The copy still takes it for a 1 (75.0 % → 62.5 %; a 7 went 25.0 % → 37.5 %).",
    );
    expect(lessonText(learned(one, [2, chances({ 1: 0.875, 7: 0.125 })]))).toBe(
      "Loss 1.5 → 2. It rose: the training step was too long. A smaller learning rate goes down.",
    );
    expect(lessonText(learned([0.01, chances({ 7: 0.99 })], [0.005, chances({ 7: 0.995 })]))).toContain(
      "It is a 7 for the copy already (99.0 % → 99.5 %)",
    );
  });

  test("what the copy says of another picture stands beside what the network said", () => {
    const came = chances({ 1: 0.75, 7: 0.25 });
    expect(copyText(came, chances({ 7: 0.625, 1: 0.375 }))).toBe(
      "The taught copy takes it for a 7 (62.5 %); the network as it came takes it for a 1 (75.0 %).",
    );
    expect(copyText(came, came)).toBe(
      "The taught copy takes it for a 1, too (75.0 %; the network as it came: 75.0 %).",
    );
  });

  test("the number that moved most moved by minus the rate times its gradient", () => {
    const [row] = changeRows(learned([1, []], [1, []]), 0.01);
    expect(row).toEqual({
      title: "Layer 1, weights",
      name: "W1",
      gradient: "10.5",
      change: "0.105",
      moved: "12,345 of 501,760",
      most: {
        name: "W1[3, 412]",
        gradient: "−0.25",
        values: "0.125 → 0.1275",
        by: "−0.01 × (−0.25) = +0.0025",
      },
    });
  });

  test("is walked with the lessons before it", () => {
    const asked = { code: HERE, network: "reader", lessons: lessonsText(LESSONS, HERE), rate: 0.01 };
    const place = fromAddress(new URL(walkAddress(asked, 7, untaught(LESSONS)), "http://x"));
    expect(place).toMatchObject({
      scene: "digit",
      choices: {
        picture: HERE,
        network: "reader",
        label: "7",
        rate: "0.01",
        pass: "learn",
        lessons: `1.2.${ELSEWHERE}~7.2`,
      },
    });
    const first = fromAddress(new URL(walkAddress(asked, 7, []), "http://x"));
    expect(first?.choices).not.toHaveProperty("lessons");
  });
});
