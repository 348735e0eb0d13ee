import { describe, expect, test } from "vitest";
import { cardOf } from "../../static/src/cards";
import { along, overlaps, pathOf, samples, wireCurves } from "../../static/src/geometry";
import { type LayoutNode, layOut } from "../../static/src/layout";
import { node } from "./made";

const card = (id: number, inputs: number[], lane = ""): LayoutNode => ({ id, inputs, lane, width: 112, height: 92 });

/** A chain in which every other node also takes in the first one, over ever more layers. */
function shared(count: number): LayoutNode[] {
  return Array.from({ length: count }, (_, i) => card(i, i === 0 ? [] : i % 2 ? [i - 1, 0] : [i - 1]));
}

/** A chain in which every node also takes in one further back. */
function ladder(count: number): LayoutNode[] {
  return Array.from({ length: count }, (_, i) => card(i, i === 0 ? [] : [i - 1, Math.max(0, i - 3)]));
}

describe.each([
  ["best operators", ladder(30)],
  ["faster operators", ladder(300)],
  ["fastest operators", ladder(1500)],
  ["wires too long to be led around cards", shared(1500)],
])("%s", (_, nodes) => {
  const layout = layOut(nodes);

  test("every node has a place, right of all its inputs", () => {
    for (const { id, inputs } of nodes) {
      for (const input of inputs) {
        const [before, after] = [layout.places.get(input), layout.places.get(id)];
        expect((before?.x ?? Infinity) + 112).toBeLessThanOrEqual(after?.x ?? -Infinity);
      }
    }
  });

  test("no two cards overlap", () => {
    const places = [...layout.places.values()].sort((a, b) => a.x - b.x);
    for (const [i, place] of places.entries()) {
      for (const other of places.slice(i + 1, i + 40)) expect(overlaps(place, other)).toBe(false);
    }
  });
});

test("lanes lie below each other", () => {
  const layout = layOut([card(0, [], "a"), card(1, [0], "a"), card(2, [], "b"), card(3, [2], "b")]);
  const [first, second] = layout.lanes;
  expect([first?.name, second?.name]).toEqual(["a", "b"]);
  expect(second?.y).toBeGreaterThan((first?.y ?? 0) + (first?.height ?? 0));
  expect(layout.places.get(2)?.y).toBeGreaterThanOrEqual(second?.y ?? Infinity);
});

test("a layout fills its size, cards of every size counted", () => {
  const nodes = ladder(12).map((made) => ({
    ...made,
    width: 60 + 20 * (made.id % 5),
    height: 40 + 15 * (made.id % 4),
  }));
  const { places, width, height } = layOut(nodes);
  const all = [...places.values()];
  expect(Math.min(...all.map(({ x }) => x))).toBeCloseTo(0);
  expect(Math.min(...all.map(({ y }) => y))).toBeCloseTo(0);
  expect(Math.max(...all.map((place) => place.x + place.width))).toBeCloseTo(width);
  expect(Math.max(...all.map((place) => place.y + place.height))).toBeCloseTo(height);
});

test("wires are led around cards only as far as there is time for", () => {
  const bends = [...layOut(shared(1500)).routes.values()].reduce((sum, points) => sum + points.length, 0);
  expect(bends).toBeGreaterThan(1000);
  expect(bends).toBeLessThan(20_000);
});

test("an empty graph has no size", () => {
  expect(layOut([])).toMatchObject({ width: 0, height: 0 });
});

describe("wires", () => {
  test("parallel wires are apart all the way", () => {
    const layout = layOut([card(0, []), card(1, [0, 0])]);
    const [one, other] = [0, 1].map((port) => samples(wireCurves(layout, [0, 0], 1, port)));
    for (const [i, point] of one?.entries() ?? []) expect((other?.[i]?.y ?? 0) - point.y).toBeGreaterThan(8);
  });

  test("wires reach a card in the order in which they come, so that they do not cross there", () => {
    const layout = layOut([card(0, []), card(1, []), card(2, [0, 1]), card(3, [1, 0])]);
    const arrival = (id: number, inputs: number[], port: number) =>
      samples(wireCurves(layout, inputs, id, port)).at(-1)?.y ?? 0;
    const firstIsAbove = (layout.places.get(0)?.y ?? 0) < (layout.places.get(1)?.y ?? 0);
    expect(arrival(2, [0, 1], 0) < arrival(2, [0, 1], 1)).toBe(firstIsAbove);
    expect(arrival(3, [1, 0], 1) < arrival(3, [1, 0], 0)).toBe(firstIsAbove);
  });

  test("a wire begins at its input's right side and ends at its node's left", () => {
    const layout = layOut(ladder(6));
    const path = samples(wireCurves(layout, [4, 2], 5, 1));
    expect(path[0]?.x).toBe((layout.places.get(2)?.x ?? 0) + 112);
    expect(path.at(-1)?.x).toBe(layout.places.get(5)?.x);
  });

  test("a path is one move and a curve a stretch", () => {
    const curves = wireCurves(layOut([card(0, []), card(1, [0])]), [0], 1, 0);
    expect(pathOf(curves)).toMatch(/^M[-\d. ]+C[-\d. ]+$/);
  });

  test("along walks by length, not by point", () => {
    const points = [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 10, y: 0 },
    ];
    expect([0, 0.5, 1, 2].map((share) => along(points, share).x)).toEqual([0, 5, 10, 10]);
  });
});

describe("cards", () => {
  const inside = (
    outer: { width: number; height: number },
    rect: { x: number; y: number; width: number; height: number },
  ) => rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= outer.width && rect.y + rect.height <= outer.height;

  test.each<[string, number[], [number, number] | null]>([
    ["scalar", [], null],
    ["matrix", [3, 2], null],
    ["matrix", [4], null],
    ["tensor", [4, 4], null],
    ["tensor", [12, 1, 5], null],
    ["tensor", [0, 3], null],
    ["tensor", [1000, 1], null],
    ["tensor", [2, 3, 4], null],
    ["images", [10, 784], [28, 28]],
    ["images", [100, 784], [28, 28]],
  ])("a %s of %s holds its slots", (kind, shape, images) => {
    const made = cardOf(node(1, [0], { shape, images }), true);
    expect(made.kind).toBe(kind);
    expect(made.grad && inside(made, made.grad) && inside(made, made.value) && !overlaps(made.grad, made.value)).toBe(
      true,
    );
  });

  test("where no gradient flows there is no slot for one", () => {
    expect(cardOf(node(0, []), false).grad).toBe(null);
    expect(cardOf(node(0, [], { kind: "constant", name: "1" }), false).kind).toBe("constant");
  });
});
