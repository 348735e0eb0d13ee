import { describe, expect, test } from "vitest";
import {
  advance,
  atStep,
  canAdvance,
  canOpen,
  coarser,
  end,
  finer,
  levelsOf,
  nextTrainingStep,
  phaseRuns,
  playInterval,
  stepLabel,
} from "../../static/src/player";
import type { Level, Look } from "../../static/src/state";
import { square, trained } from "./made";
import { recorded, standing } from "./recorded";

const at = (step: number, level: Level, rest: Partial<Look> = {}): Look => standing(scene, step, { level, ...rest });
const scene = recorded("diamond");

/** Every position that pressing Step reaches from the start, or Back from the end. */
function walked(level: Level, direction: 1 | -1): number[] {
  const reached = [direction > 0 ? 0 : scene.steps.length];
  for (;;) {
    const here = reached.at(-1) ?? 0;
    const next = advance(scene, at(here, level), direction).step;
    if (next === here) return reached;
    reached.push(next);
  }
}

describe("one press", () => {
  test("of a wire moves by one step", () => {
    expect(walked("wire", 1)).toEqual([0, ...scene.steps.map((_, i) => i + 1)]);
  });

  test("of a phase moves to where the phase changes", () => {
    const ends = scene.steps.flatMap((step, i) => (step.phase === scene.steps[i + 1]?.phase ? [] : [i + 1]));
    expect(walked("phase", 1)).toEqual([0, ...ends]);
    expect(ends.length).toBeGreaterThan(2);
  });

  test("of a node takes all the wires it contributes along", () => {
    const squared = square();
    const press = (step: number) => advance(squared, standing(squared, step, { level: "op" }), 1).step;
    expect([press(0), press(1), press(2)]).toEqual([1, 2, 4]);
    const expression = recorded("expression");
    for (let at = 0, next = 0; at < expression.steps.length; at = next) {
      next = advance(expression, standing(expression, at, { level: "op" }), 1).step;
      expect(new Set(expression.steps.slice(at, next).map((step) => step.node)).size).toBe(1);
    }
  });

  test.each<Level>(["phase", "op", "wire"])("of a %s back stops where a press forward did", (level) => {
    expect(walked(level, -1)).toEqual(walked(level, 1).reverse());
  });

  test("beyond either end stays", () => {
    expect(advance(scene, at(0, "phase"), -1).step).toBe(0);
    expect(end(scene, at(3, "wire"), 1).step).toBe(scene.steps.length);
  });
});

test("the button names what its press moves by", () => {
  const names = scene.steps.map((_, i) => stepLabel(scene, at(i, "wire")));
  expect(names.slice(0, 6)).toEqual([...Array(4).fill("Step one node"), "Step to the seed", "Step one wire"]);
  expect(stepLabel(scene, at(scene.steps.length, "wire"))).toBe("Step one wire");
  expect(stepLabel(scene, at(0, "phase"))).toBe("Step one phase");
});

describe("inside an element", () => {
  test("that is no sum of products a press walks on", () => {
    const opened = { type: "terms", terms: [] } as unknown as NonNullable<Look["opened"]>;
    const look = at(2, "term", { opened, position: { ...atStep(2), element: [] } });
    expect(advance(scene, look, 1)).toEqual(atStep(3));
    expect(stepLabel(scene, look)).toBe("Step one node");
  });

  const opened = { type: "terms", terms: [1, 2, 3] } as unknown as NonNullable<Look["opened"]>;
  const inside = (term: number, rest = opened) =>
    at(5, "term", { opened: rest, position: { ...atStep(5), element: [0, 1], term, largest_first: true } });

  test("a press adds one product and stays in the step, in the order chosen", () => {
    expect(advance(scene, inside(1), 1)).toEqual({ step: 5, element: [0, 1], term: 2, largest_first: true });
    expect(advance(scene, inside(3), 1).term).toBe(3);
    expect(advance(scene, inside(0), -1).term).toBe(0);
  });

  test("of an update a press computes one line", () => {
    const lines = { type: "lines", lines: [1, 2] } as unknown as NonNullable<Look["opened"]>;
    expect([advance(scene, inside(1, lines), 1).term, advance(scene, inside(2, lines), 1).term]).toEqual([2, 2]);
    expect([stepLabel(scene, inside(0)), stepLabel(scene, inside(0, lines))]).toEqual([
      "Add one product",
      "Compute one line",
    ]);
  });

  test("First and Last are those of the products", () => {
    expect([end(scene, inside(1), -1).term, end(scene, inside(1), 1).term]).toEqual([0, 3]);
  });
});

describe("levels", () => {
  test("end at both sides", () => {
    const finest = (level: Level) => finer(scene, level);
    expect([finest("phase"), finest("op"), finest("wire"), finest("term")]).toEqual(["op", "wire", "term", "term"]);
    const coarse = (level: Level) => coarser(scene, level);
    expect([coarse("term"), coarse("op"), coarse("phase")]).toEqual(["wire", "phase", "phase"]);
  });

  test("of layers there are only where nodes belong to some, of training steps only where there is a run", () => {
    expect(levelsOf(scene)).toEqual(["phase", "op", "wire", "term"]);
    expect(levelsOf(trained())).toEqual(["training", "phase", "layer", "op", "wire", "term"]);
    expect(levelsOf({ ...trained(), training: null })).toEqual(["phase", "layer", "op", "wire", "term"]);
  });
});

describe("in a training step", () => {
  const step = trained();

  test("a press of a layer stops where the layer or the phase changes", () => {
    const stops = [0];
    for (;;) {
      const here = stops.at(-1) ?? 0;
      const next = advance(step, standing(step, here, { level: "layer" }), 1).step;
      if (next === here) break;
      stops.push(next);
    }
    expect(stops).toEqual([0, 2, 3, 5, 6, 8, 10, 11, 12, 13]);
  });

  test("a press of a training step stays: the next one is another scene", () => {
    const look = standing(step, 6, { level: "training" });
    expect([advance(step, look, 1), end(step, look, -1)]).toEqual([atStep(6), atStep(6)]);
    expect([canAdvance(step, look, 1), canAdvance(step, look, -1)]).toEqual([true, true]);
  });

  test.each([
    [{ step: 1 }, null, 2],
    [{ step: 2000 }, 1999, 2001],
    [{ step: 2001 }, 2000, null],
    [{ step: 3000, done: 3000 }, 2999, null],
    [{ step: 3000, done: 3000, picture: 7 }, 2999, 3001],
  ])("of %o the neighbours are %s and %s: up to the one that the run would take next", (rest, before, after) => {
    const { training } = trained(rest);
    expect(training && [nextTrainingStep(training, -1), nextTrainingStep(training, 1)]).toEqual([before, after]);
  });
});

test("only what came along wires opens into products, and an update into its lines", () => {
  const [computed, seed, contribution] = square().steps;
  const [update, result] = trained().steps.slice(-2);
  const all = [null, computed, seed, contribution, update, result];
  expect(all.map((step) => canOpen(step ?? null))).toEqual([false, true, false, true, true, false]);
});

test("phases are runs that cover every step once", () => {
  expect(phaseRuns(square().steps)).toEqual([
    { phase: "forward", from: 0, to: 1 },
    { phase: "loss", from: 1, to: 2 },
    { phase: "backward", from: 2, to: 4 },
  ]);
});

test("twice the speed is half the time", () => {
  expect(playInterval("wire", 2)).toBe(playInterval("wire", 1) / 2);
});
