import { describe, expect, test } from "vitest";
import { overlaps } from "../../static/src/geometry";
import { layOut, type Place, type Point } from "../../static/src/layout";
import { type Region, regionsOf, roundedPath } from "../../static/src/regions";

/** A chain of layers as a network's graph has it: data, then weight, product, bias, sum and activation of each. */
function network(depth: number) {
  const size = { width: 120, height: 100, lane: "" };
  const nodes = [{ id: 0, inputs: [] as number[], layer: "", ...size }];
  let below = 0;
  for (let n = 1; n <= depth; n++) {
    const [w, s, b, z, h] = [1, 2, 3, 4, 5].map((i) => 5 * (n - 1) + i) as [number, number, number, number, number];
    const layer = `Layer ${n}`;
    const members = [
      { id: w, inputs: [] },
      { id: s, inputs: [below, w] },
      { id: b, inputs: [] },
      { id: z, inputs: [s, b] },
      { id: h, inputs: [z] },
    ];
    nodes.push(...members.map((member) => ({ ...member, layer, ...size })));
    below = h;
  }
  return nodes;
}

function inside(outline: readonly Point[], { x, y }: Point): boolean {
  let within = false;
  for (const [i, a] of outline.entries()) {
    const b = outline[(i + 1) % outline.length] as Point;
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) within = !within;
  }
  return within;
}

const corners = ({ x, y, width, height }: Place): Point[] => [
  ...[x, x + width].flatMap((x) => [y, y + height].map((y) => ({ x, y }))),
];

describe.each([1, 2, 3, 5])("the regions of %i layers", (depth) => {
  const nodes = network(depth);
  const layout = layOut(nodes);
  const regions = regionsOf(nodes, layout);
  const place = (id: number) => layout.places.get(id) as Place;
  const regionOf = (name: string) => regions.find((region) => region.name === name) as Region;

  test("hold the cards of their layer and no others", () => {
    expect(regions.map(({ name }) => name)).toEqual(Array.from({ length: depth }, (_, i) => `Layer ${i + 1}`));
    for (const { id, layer } of nodes) {
      for (const { name, outline } of regions) {
        const held = corners(place(id)).map((corner) => inside(outline, corner));
        expect(held, `card ${id} of ${layer || "none"} in ${name}`).toEqual(Array(4).fill(layer === name));
      }
    }
  });

  test("have their names where no card is", () => {
    for (const { name } of regions) {
      const { x, y } = regionOf(name).label;
      const words = { x, y: y - 14, width: 7 * name.length, height: 14 };
      expect(nodes.some(({ id }) => overlaps(words, place(id)))).toBe(false);
    }
  });
});

test("cards far above each other are joined by a passage", () => {
  const places = new Map([
    [0, { x: 0, y: 0, width: 100, height: 50 }],
    [1, { x: 200, y: 400, width: 100, height: 50 }],
  ]);
  const layout = { width: 300, height: 450, places, routes: new Map(), lanes: [] };
  const members = [0, 1].map((id) => ({ id, layer: "a" }));
  const [region] = regionsOf(members, layout);
  for (const y of [50, 200, 430]) expect(inside(region?.outline ?? [], { x: 160, y })).toBe(true);
  expect(inside(region?.outline ?? [], { x: 140, y: 200 })).toBe(false);
});

test("corners are rounded, by no more than their sides allow", () => {
  const square = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 10, y: 40 },
    { x: 0, y: 40 },
  ];
  expect(roundedPath(square, 8)).toBe("M0 8Q0 0 5 0L5 0Q10 0 10 8L10 32Q10 40 5 40L5 40Q0 40 0 32Z");
});
