import { describe, expect, test } from "vitest";
import { advance, canOpen, coarser, end, finer, phaseRuns, playInterval, stepLabel } from "../../static/src/player";
import type { Level, Look } from "../../static/src/state";
import { square } from "./made";
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
    const terms = { terms: [] } as unknown as NonNullable<Look["terms"]>;
    const look = at(2, "term", { terms, position: { step: 2, element: [], term: 0 } });
    expect(advance(scene, look, 1)).toEqual({ step: 3, element: null, term: 0 });
    expect(stepLabel(scene, look)).toBe("Step one node");
  });

  const terms = { terms: [1, 2, 3] } as unknown as NonNullable<Look["terms"]>;
  const inside = (term: number) => at(5, "term", { terms, position: { step: 5, element: [0, 1], term } });

  test("a press adds one product and stays in the step", () => {
    expect(advance(scene, inside(1), 1)).toEqual({ step: 5, element: [0, 1], term: 2 });
    expect(advance(scene, inside(3), 1).term).toBe(3);
    expect(advance(scene, inside(0), -1).term).toBe(0);
  });

  test("First and Last are those of the products", () => {
    expect([end(scene, inside(1), -1).term, end(scene, inside(1), 1).term]).toEqual([0, 3]);
  });
});

test("levels end at both sides", () => {
  expect([finer("phase"), finer("op"), finer("wire"), finer("term")]).toEqual(["op", "wire", "term", "term"]);
  expect([coarser("term"), coarser("op"), coarser("phase")]).toEqual(["wire", "phase", "phase"]);
});

test("only what came along wires opens into products", () => {
  const [computed, seed, contribution] = square().steps;
  expect([null, computed, seed, contribution].map((step) => canOpen(step ?? null))).toEqual([false, true, false, true]);
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
