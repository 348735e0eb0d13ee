import { expect, test } from "vitest";
import { largestElement, madeBy } from "../../static/src/elements";
import { buildScene, type Tensor } from "../../static/src/state";
import { node, opened, step } from "./made";

const ref = (ref: number, shape: number[]) => ({ ref, shape });
const tensor = (ref: number, parts: Partial<Tensor>): [number, Tensor] => [
  ref,
  { ref, images: null, maps: null, maps_zero: 0, ...parts } as Tensor,
];
const scene = buildScene(
  opened([node(0, [])], {}),
  [],
  new Map([
    tensor(1, { shape: [2, 3], picture_shape: [2, 3], picture: Float32Array.of(0, 1, -2, 0, -5, 4) }),
    tensor(2, {
      shape: [2, 130],
      picture_shape: [2, 65],
      picture: Float32Array.from({ length: 130 }, (_, i) => +(i === 70)),
    }),
    tensor(3, {
      ...{ shape: [2, 4], picture_shape: [1, 1], picture: Float32Array.of(9) },
      ...{ images: [2, 2], maps: Uint8Array.of(128, 130, 128, 128, 128, 128, 0, 200), maps_zero: 128 },
    }),
  ]),
);

test("the largest element is found by its magnitude, of pooled pictures the first of its pixel", () => {
  expect(largestElement(scene, ref(1, [2, 3]))).toEqual([1, 1]);
  expect(largestElement(scene, ref(2, [2, 130]))).toEqual([1, 10]);
});

test("where rows are pictures of their own, these tell it exactly", () => {
  expect(largestElement(scene, ref(3, [2, 4]))).toEqual([1, 2]);
});

test("a number has no index, and of what has not arrived it is the first", () => {
  expect([largestElement(scene, 3), largestElement(scene, ref(9, [2, 2]))]).toEqual([[], [0, 0]]);
});

test("of an update what was added is opened", () => {
  const quantities = [1, 2].map((value) => ({ name: "", latex: "", says: "", value }));
  expect(madeBy(step(0, { kind: "update", value: 5, quantities }))).toBe(2);
  expect(madeBy(step(0, { kind: "contribution", contribution: 4, value: null }))).toBe(4);
  expect(madeBy(step(0, { value: 3 }))).toBe(3);
});
