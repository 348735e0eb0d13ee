import { describe, expect, test } from "vitest";
import type { Lines, Spot, Step, Term, Terms } from "../../static/src/protocol";
import { rowSpots, sightsOfTerm, sightsOfUpdate } from "../../static/src/sights";
import { buildScene, type Tensor } from "../../static/src/state";
import { inOrder } from "../../static/src/sums";
import { node, opened, step } from "./made";

const spot = (node: number, row: number, pixel: number | null = null): Spot => ({ node, row, pixel });
const term = (left_spot: Spot | null, right_spot: Spot | null, product = 1): Term => ({
  ...{ left: 1, right: product, product, left_at: "", right_at: "", left_spot, right_spot },
});
const ref = (ref: number) => ({ ref, shape: [2, 4] });
const tensor = (ref: number): [number, Tensor] => [
  ref,
  { ref, shape: [2, 4], images: [2, 2], maps: new Uint8Array(8), maps_scale: 1, maps_zero: 0 } as unknown as Tensor,
];

const scene = (() => {
  const nodes = [node(0, [], { name: "X" }), node(1, [], { name: "W" }), node(2, [0, 1], { name: "s" })];
  const message = opened(nodes, {}, { values: { 0: ref(0), 1: ref(1), 2: 7 } });
  return buildScene(message, [], new Map([0, 1, 2, 3].map(tensor)));
})();
const forward = step(0, { node: 2, value: 7 });
const backward = step(1, { kind: "contribution", phase: "backward", node: 2, target: 1, contribution: ref(2) });
const terms = (of: Spot | null): Terms => ({ spot: of }) as unknown as Terms;
const seen = (of: Step, found: Terms, one: Term | null) =>
  sightsOfTerm(scene, of, found, one).map(({ name, role, row, pixel }) => [name, role, row, pixel]);

describe("beside a sum", () => {
  test("forwards stand the picture and the weights, with the pixel", () => {
    expect(seen(forward, terms(spot(0, 1)), term(spot(0, 1, 3), spot(1, 0, 3)))).toEqual([
      ["X", "value", 1, 3],
      ["W", "value", 0, 3],
    ]);
  });

  test("backwards stand the term's own picture, once, and the gradient that it adds to", () => {
    expect(seen(backward, terms(spot(1, 0, 2)), term(spot(0, 1), spot(0, 1, 2)))).toEqual([
      ["X", "value", 1, 2],
      ["∂W", "grad", 0, 2],
    ]);
  });

  test("what belongs to no picture shows none", () => {
    expect(seen(forward, terms(null), term(null, spot(2, 0)))).toEqual([]);
    expect(seen(forward, terms(null), null)).toEqual([]);
  });
});

test("beside an update stand the parameter, its gradient and what was added", () => {
  const quantities = [{ name: "change", latex: "", says: "", value: ref(3) }];
  const update = step(2, { kind: "update", phase: "update", node: 1, grad: ref(2), quantities });
  const sights = sightsOfUpdate(scene, update, { spot: spot(1, 1, 2) } as unknown as Lines);
  expect(sights.map(({ name, tensor, row, pixel }) => [name, tensor.ref, row, pixel])).toEqual([
    ["W", 1, 1, 2],
    ["∂W", 2, 1, 2],
    ["ΔW", 3, 1, 2],
  ]);
});

describe("a row of the list", () => {
  test("shows the picture that differs from row to row", () => {
    const sums = [term(spot(0, 0), spot(0, 0, 3)), term(spot(0, 1), spot(0, 1, 3))];
    expect(rowSpots(sums)).toEqual([spot(0, 0, 3), spot(0, 1, 3)]);
    const hidden = [term(spot(0, 0), null), term(spot(0, 1), null)];
    expect(rowSpots(hidden)).toEqual([spot(0, 0), spot(0, 1)]);
  });

  test("shows none where all belong to the same one", () => {
    const pixels = [term(spot(0, 1, 2), spot(1, 0, 2)), term(spot(0, 1, 3), spot(1, 0, 3))];
    expect(rowSpots(pixels)).toEqual([null, null]);
  });
});

test("the largest come first, whatever their sign; equals stay in order", () => {
  const all = [term(null, null, 1), term(null, null, -3), term(null, null, 2), term(null, null, 3)];
  expect(inOrder(all, true).map(({ product }) => product)).toEqual([-3, 3, 2, 1]);
  expect(inOrder(all, false)).toBe(all);
});
