import { expect, test } from "vitest";
import { fromAddress, type Place, toAddress } from "../../static/src/permalink";
import { atStep } from "../../static/src/player";

const start: Place = {
  scene: "sigmoid",
  source: null,
  values: {},
  choices: {},
  position: atStep(0),
};
const there = (address: string) => fromAddress(new URL(address, "http://localhost"));

test("a place where nothing was changed has a short address", () => {
  expect(toAddress(start)).toBe("/step/sigmoid");
});

test.each<[string, Partial<Place>]>([
  ["an expression", { scene: "expression", source: 'a = x*y; b = a + x; a*b & "ü" #1 %' }],
  ["numbers", { values: { x: -1.5, y: 1e-7, "z&": Infinity, n: Number.NaN } }],
  [
    "vectors and matrices",
    {
      values: {
        v: [1, 2],
        w: [7],
        m: [
          [1, 2],
          [3, -4],
        ],
        r: [[1, 2]],
        c: [[1], [2]],
        o: [[5]],
      },
    },
  ],
  ["choices", { choices: { optimizer: "adam", wait: "no" } }],
  ["a position", { position: atStep(12) }],
  ["an element and its terms", { position: { ...atStep(12), element: [3, 412], term: 40 } }],
  ["the order of its terms", { position: { ...atStep(12), element: [3], term: 4, largest_first: true } }],
  ["the only element of a scalar", { position: { ...atStep(1), element: [], term: 1 } }],
  ["a level", { level: "layer" }],
  ["an element of a gradient", { focus: { node: "W1", element: [3, 412] } }],
  ["a gradient", { focus: { node: "b1", element: null } }],
  ["the only element of a gradient", { focus: { node: "L", element: [] } }],
  [
    "a training step, at an element, to be walked by training steps",
    {
      scene: "run-step",
      choices: { run: "aB-_1234", step: "1201", member: "0" },
      position: { ...atStep(8), element: [3, 412], term: 17 },
      level: "training",
    },
  ],
])("%s comes back as it was", (_, change) => {
  const place = { ...start, ...change };
  expect(there(toAddress(place))).toEqual(place);
});

test("what cannot be read is left out, the rest stays", () => {
  expect(there("/step/sigmoid?step=-3&v.x=one&v.y=2&v.=&element=a,1&term=1e99&order=odd&level=deep")).toEqual({
    ...start,
    values: { y: 2 },
    position: { ...atStep(0), element: [0, 1] },
  });
});

test("other pages are not steps", () => {
  expect(there("/")).toBe(null);
});
