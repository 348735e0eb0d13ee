import { describe, expect, test } from "vitest";
import { clampStep, magnitude } from "../../static/src/state";
import { square } from "./made";
import { standing } from "./recorded";

describe("x*x", () => {
  const scene = square();
  const look = (at: number, id: number) => standing(scene, at).node(id);

  test("the square is unknown until it is computed, the leaf known from the start", () => {
    expect([look(0, 0).value, look(0, 1).value, look(1, 1).value]).toEqual([3, null, 9]);
  });

  test("the leaf's grad is unreached, then partial, then final", () => {
    expect([2, 3, 4].map((at) => look(at, 0).state)).toEqual(["unreached", "partial", "final"]);
    expect([2, 3, 4].map((at) => look(at, 0).grad)).toEqual([null, 3, 6]);
    expect([2, 3, 4].map((at) => look(at, 0).received)).toEqual([0, 1, 2]);
  });

  test("how many contributions will come is known before the first does", () => {
    expect(look(0, 0).expected).toBe(2);
  });

  test("both contributions are kept apart by their port", () => {
    expect(look(4, 0).contributions.map(({ node, port, value, step }) => [node, port, value, step])).toEqual([
      [1, 0, 3, 2],
      [1, 1, 3, 3],
    ]);
  });

  test("forward both wires are active, backward one at a time, for the seed none", () => {
    const wires = (at: number) =>
      standing(scene, at).wires.map(({ port, direction, value }) => [port, direction, value]);
    expect(wires(1)).toEqual([
      [0, "forward", 3],
      [1, "forward", 3],
    ]);
    expect([wires(0), wires(2)]).toEqual([[], []]);
    expect([wires(3), wires(4)]).toEqual([[[0, "backward", 3]], [[1, "backward", 3]]]);
  });

  test("a look that has not changed is the same object", () => {
    expect(look(3, 1)).toBe(look(2, 1));
    expect(look(3, 0)).not.toBe(look(2, 0));
  });

  test("each wire knows when it was passed, each way", () => {
    expect([...scene.passes]).toEqual([
      ["1:0", { forward: 1, backward: 3 }],
      ["1:1", { forward: 1, backward: 4 }],
    ]);
  });

  test("the inspector follows the walk until a node is picked", () => {
    expect(standing(scene, 3).inspected).toBe(0);
    expect(standing(scene, 3, { selected: 1 }).inspected).toBe(1);
  });

  test("strength is the share of the largest magnitude of its kind", () => {
    expect(standing(scene, 1).wires[0]?.strength).toBeCloseTo(3 / 9);
    expect(standing(scene, 3).wires[0]?.strength).toBe(1);
  });

  test("positions that do not exist become the nearest that does", () => {
    expect([-1, 2, 99, Number.NaN].map((at) => clampStep(scene, at))).toEqual([0, 2, 4, 0]);
  });
});

test("NaN and infinities have no magnitude: they must not decide how strongly others are drawn", () => {
  expect([null, -2, Number.NaN, -Infinity].map((value) => magnitude(value, new Map()))).toEqual([0, 2, 0, 0]);
});
