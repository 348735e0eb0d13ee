import { expect, test } from "vitest";
import { crumbsOf, currentCrumb } from "../../static/src/crumbs";
import { atStep } from "../../static/src/player";
import type { OpenedElement } from "../../static/src/state";
import { square, trained } from "./made";
import { standing } from "./recorded";

const scene = trained();
const labels = (...look: Parameters<typeof standing>) =>
  crumbsOf(look[0], standing(...look)).map((crumb) => crumb.label);

test("the nesting goes from the run down to one product", () => {
  const opened = { type: "terms", terms: [{}, {}, {}] } as unknown as OpenedElement;
  const position = { ...atStep(10), element: [3, 412], term: 2 };
  expect(labels(scene, 10, { position, opened })).toEqual([
    ...["Run 784-10", "step 1,201", "backward", "Layer 1", "s", "→ w", "[3, 412]", "product 2"],
  ]);
  expect(crumbsOf(scene, standing(scene, 10))[0]?.address).toBe("/train?run=run12345&at=1201");
});

test("an update's element goes by lines, and what has no layer names none", () => {
  const opened = { type: "lines", lines: [{}, {}] } as unknown as OpenedElement;
  const position = { ...atStep(11), element: [0], term: 1 };
  expect(labels(scene, 11, { position, opened }).slice(2)).toEqual(["update", "Layer 1", "w", "[0]", "line 1"]);
  expect(labels(scene, 6).slice(2)).toEqual(["backward", "L", "→ z"]);
});

test("a picture stands in the place of the batch", () => {
  expect(labels(trained({ picture: 4271 }), 0)[1]).toBe("test picture 4,271, before step 1,201");
});

test("without a run it begins with the phase", () => {
  expect(labels(square(), 3)).toEqual(["backward", "n1", "→ n0"]);
  expect(labels(square(), 0)).toEqual(["nothing computed yet"]);
});

test("what belongs to another page begins with the way back there", () => {
  const origin = { title: "Your digit", address: "/draw?picture=CODE" };
  const [first, second] = crumbsOf({ ...square(), origin }, standing(square(), 3));
  expect(first).toMatchObject({ label: "Your digit", level: null, address: "/draw?picture=CODE" });
  expect(second?.label).toBe("backward");
});

test("the current one is what a press moves by", () => {
  const crumbs = crumbsOf(scene, standing(scene, 10));
  const current = (level: Parameters<typeof currentCrumb>[1]) => currentCrumb(crumbs, level)?.label;
  expect([current("training"), current("phase"), current("layer"), current("op"), current("wire")]).toEqual([
    ...["step 1,201", "backward", "Layer 1", "s", "→ w"],
  ]);
  // A node that computes has no wire of its own.
  expect(currentCrumb(crumbsOf(scene, standing(scene, 1)), "wire")?.label).toBe("s");
});
