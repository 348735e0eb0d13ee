// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { layOut } from "../../static/src/layout";
import { miniatureNodes, miniatureSize, moveTogether } from "../../static/src/miniature";
import type { Numbers, Proved } from "../../static/src/protocol";
import type { Tensor } from "../../static/src/state";
import { choicesPanel } from "../../static/src/view/choices";
import { exactReader } from "../../static/src/view/exact";
import { inspectorPanel } from "../../static/src/view/inspector";
import { proofPanel } from "../../static/src/view/proof";
import { notedActions, recorded, standing } from "./recorded";

// Formulas are typeset by KaTeX, which is not what is tested here.
vi.mock("katex", () => ({
  default: { render: (latex: string, formula: HTMLElement) => formula.replaceChildren(latex) },
}));

let host: HTMLElement;

beforeEach(() => {
  vi.useFakeTimers();
  host = document.createElement("div");
  document.body.replaceChildren(host);
});
afterEach(() => vi.useRealTimers());

const scene = recorded("expression");
const last = scene.steps.length;

describe("the inspector", () => {
  const facts = () =>
    Object.fromEntries(
      [...host.querySelectorAll(".facts:not(.statistics) .fact")].map((row) => [
        row.querySelector("dt")?.textContent,
        row.querySelector("dd")?.textContent,
      ]),
    );
  const root = scene.graph.roots[0] ?? 0;

  it("tells what is not known yet from zero", () => {
    const panel = inspectorPanel(host, notedActions().actions);
    panel.update(scene, standing(scene, 0, { selected: root }));
    expect(facts()).toMatchObject({ value: "not computed yet", gradient: "unreached: 0 of 1 received" });
    expect(host.querySelectorAll(".slot")).toHaveLength(2);
    panel.update(scene, standing(scene, last, { selected: root }));
    expect(facts()).toMatchObject({ value: String(scene.values.get(root)), gradient: "1" });
    expect(host.querySelectorAll(".slot")).toHaveLength(0);
  });

  it("promises no gradient where none ever flows", () => {
    const data = scene.graph.nodes.map(({ id }) => id)[0] ?? 0;
    const none = { ...standing(scene, 0).node(data), expected: 0 };
    const view = { ...standing(scene, 0, { selected: data }), node: () => none };
    inspectorPanel(host, notedActions().actions).update(scene, view);
    expect(facts().gradient).toBe("no gradient flows here");
    expect(host.querySelector(".slot")).toBe(null);
  });

  it("follows the walk again when it is told to", () => {
    const { actions, asked } = notedActions();
    inspectorPanel(host, actions).update(scene, standing(scene, 1, { selected: root }));
    [...host.querySelectorAll("button")].find((button) => button.textContent === "Follow the walk")?.click();
    expect(asked).toEqual([["select", null]]);
  });

  it("shows heatmaps of what has arrived, and opens an element of what the step has made", () => {
    const { actions, asked } = notedActions();
    const tensors = recorded("broadcasting");
    const computes = tensors.steps.findIndex((step) => step.kind === "compute" && typeof step.value === "object");
    inspectorPanel(host, actions).update(tensors, standing(tensors, computes + 1));
    const shown = [...host.querySelectorAll<HTMLElement>(".tensor-part")].map((part) => !part.hidden);
    expect(shown).toEqual([true, false]);
    host
      .querySelector<HTMLElement>(".tensor-part canvas")
      ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter" }));
    expect(asked).toEqual([["openElement", [0, 0]]]);
  });
});

describe("exact numbers", () => {
  const tensor = {
    ...{ ref: 7, shape: [100, 784], picture_shape: [64, 64], picture: new Float32Array(64 * 64) },
    ...{ exact: false, images: null },
  } as unknown as Tensor;

  function reader(window: () => Promise<Numbers>) {
    const { actions, asked } = notedActions({ window });
    const readout = document.createElement("output");
    const canvas = document.createElement("canvas");
    exactReader(readout, actions).attach(canvas, {
      ...{ label: "W", rows: 100, columns: 784 },
      describe: (row, column) => ({ tensor, row, column, name: `W[${row}, ${column}]` }),
      pick: () => {},
    });
    const press = (key: string, shiftKey = false) =>
      canvas.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey }));
    return { readout, asked, press };
  }

  it("are asked for once the cursor rests, at most 1,024 at a time", async () => {
    const numbers = Array.from({ length: 40 }, (_, row) =>
      Array.from({ length: 40 }, (_, column) => row + column / 100),
    );
    const { readout, asked, press } = reader(async () => ({ numbers }) as Numbers);
    for (const key of ["ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"]) press(key, true);
    press("ArrowRight");
    await vi.runAllTimersAsync();
    expect(asked).toHaveLength(1);
    const [, ref, [top = 0, bottom = 0], [left = 0, right = 0]] = asked[0] as [string, number, number[], number[]];
    expect(ref).toBe(7);
    expect((bottom - top) * (right - left)).toBeLessThanOrEqual(1024);
    expect(readout.textContent).toContain(`W[30, 21] = ${30 - top + (21 - left) / 100}`);
    press("ArrowDown"); // its neighbour came with the same answer
    await vi.runAllTimersAsync();
    expect(asked).toHaveLength(1);
    expect(readout.textContent).toContain("W[31, 21]");
  });

  it("say so when they do not come", async () => {
    const { readout, press } = reader(() => Promise.reject(new Error("gone")));
    press("ArrowDown");
    await vi.runAllTimersAsync();
    expect(readout.textContent).toContain("not available");
  });
});

describe("the proof", () => {
  const proof = { name: "x", engine: 0.5, differences: 0.5, pytorch: null, element: [], agree: true };
  const proved = { proofs: [proof], says: "Every gradient agrees." } as unknown as Proved;

  it("shows the numbers found, and says where PyTorch is missing", async () => {
    const { actions } = notedActions({ prove: async () => proved });
    proofPanel(host, actions).update(scene, standing(scene, 1));
    host.querySelector("button")?.click();
    await vi.runAllTimersAsync();
    expect(host.querySelector(".chip")?.textContent).toBe("Proved one way");
    expect(host.querySelector("tbody")?.textContent).toBe("x0.50.5not installed");
  });

  it("says nothing of numbers that have changed meanwhile", async () => {
    let settle = (_: Proved) => {};
    const { actions } = notedActions({ prove: () => new Promise((resolve) => (settle = resolve)) });
    const panel = proofPanel(host, actions);
    panel.update(scene, standing(scene, 1));
    host.querySelector("button")?.click();
    panel.update({ ...scene, generation: scene.generation + 1 }, standing(scene, 1));
    settle(proved);
    await vi.runAllTimersAsync();
    expect(host.querySelector(".chip")).toBe(null);
  });
});

it("opens the scene anew with another choice", () => {
  const { actions, asked } = notedActions();
  const options: [string, string][] = [
    ["yes", "waits"],
    ["no", "does not"],
  ];
  const choices = [{ name: "wait", label: "It", says: "", value: "yes", options }];
  choicesPanel(host, actions).update({ ...scene, choices }, standing(scene, 1));
  const [waits, other] = host.querySelectorAll("input");
  expect(waits?.checked).toBe(true);
  other?.dispatchEvent(new Event("change"));
  expect(asked).toEqual([["open", { choices: { wait: "no" } }]]);
});

it("moves the cards of a miniature together without any two of them touching", () => {
  for (const id of ["expression", "broadcasting", "diamond"]) {
    const small = recorded(id);
    const { width } = miniatureSize(small);
    const wide = layOut(miniatureNodes(small));
    const close = moveTogether(wide, width);
    expect(close.width).toBeLessThan(wide.width);
    const places = [...close.places.values()];
    for (const [i, a] of places.entries()) {
      for (const b of places.slice(i + 1)) {
        const apart = Math.abs(a.x - b.x) >= width || Math.abs(a.y - b.y) >= a.height;
        expect(apart).toBe(true);
      }
    }
  }
});

it("moves lanes together as well, one staying below the other", () => {
  const size = { width: 88, height: 44 };
  const node = (id: number, inputs: number[], lane: string) => ({ id, inputs, lane, ...size });
  const wide = layOut([node(0, [], "a"), node(1, [0], "a"), node(2, [], "b"), node(3, [2], "b")]);
  const close = moveTogether(wide, size.width);
  const gap = (layout: typeof wide) => (layout.places.get(2)?.y ?? 0) - (layout.places.get(0)?.y ?? 0) - size.height;
  expect(gap(close)).toBeLessThan(gap(wide));
  expect(gap(close)).toBeGreaterThan(0);
});
