import { expect, test } from "vitest";
import { fromAddress, type Place, toAddress } from "../../static/src/permalink";

const start: Place = {
  scene: "sigmoid",
  source: null,
  values: {},
  choices: {},
  position: { step: 0, element: null, term: 0 },
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
  ["a position", { position: { step: 12, element: null, term: 0 } }],
  ["an element and its terms", { position: { step: 12, element: [3, 412], term: 40 } }],
  ["the only element of a scalar", { position: { step: 1, element: [], term: 1 } }],
])("%s comes back as it was", (_, change) => {
  const place = { ...start, ...change };
  expect(there(toAddress(place))).toEqual(place);
});

test("what cannot be read is left out, the rest stays", () => {
  expect(there("/step/sigmoid?step=-3&v.x=one&v.y=2&v.=&element=a,1&term=1e99")).toEqual({
    ...start,
    values: { y: 2 },
    position: { step: 0, element: [0, 1], term: 0 },
  });
});

test("other pages are not steps", () => {
  expect(there("/")).toBe(null);
});
