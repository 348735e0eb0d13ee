import { describe, expect, it } from "vitest";
import { closingText, openingText } from "../../static/src/closing";
import { niceStep, nudge } from "../../static/src/numbers";
import { caretAt, marked, replaced, toUnits } from "../../static/src/source";
import { graphScale, runningSums } from "../../static/src/sums";
import { recorded } from "./recorded";

const plain = (text: [string, string][]) => text.map(([, part]) => part).join("");

describe("before the first step and after the last", () => {
  it("names the leaves", () => {
    expect(plain(openingText(recorded("expression")))).toContain("Only the leaves are known: x, y.");
  });

  it("says which leaf moves the result most, by its real gradient", () => {
    const scene = recorded("expression");
    const grads = scene.leaves.map((leaf) => [leaf.name, scene.grads.get(leaf.nodes[0] ?? -1) as number] as const);
    const [name, grad] = grads.reduce((best, leaf) => (Math.abs(leaf[1]) > Math.abs(best[1]) ? leaf : best));
    const text = closingText(scene);
    expect(plain(text)).toContain(`moves most with ${name}:`);
    expect(plain(text)).toContain(grad > 0 ? "rises" : "falls");
    expect(text.find(([role]) => role === "grad")?.[1]).toBe(String(Math.abs(grad)));
  });

  it("takes the steepest leaf whichever way it points", () => {
    const scene = recorded("expression");
    const turned = new Map([...scene.grads].map(([id, grad]) => [id, typeof grad === "number" ? -grad : grad]));
    const steepest = (text: [string, string][]) => text.filter(([role]) => role === "name")[1]?.[1];
    const text = closingText({ ...scene, grads: turned });
    expect(steepest(text)).toBe(steepest(closingText(scene)));
    expect(plain(text)).not.toBe(plain(closingText(scene)));
  });

  it("says nothing of leaves that are tensors", () => {
    expect(closingText(recorded("broadcasting"))).toEqual([]);
  });

  it("draws no conclusion from gradients that are wrong", () => {
    const scene = recorded("expression");
    const check = { label: "", left_label: "", left: 1, right_label: "", right: 2, difference: 1, equal: false };
    expect(plain(closingText({ ...scene, checks: [check] }))).toContain("not the true gradients");
    expect(plain(closingText({ ...scene, checks: [{ ...check, equal: true }] }))).toBe(plain(closingText(scene)));
  });
});

describe("numbers that people change", () => {
  it("steps by 1, 2 or 5 times a power of ten", () => {
    expect(niceStep(-4, 4)).toBe(0.05);
    expect(niceStep(0, 1)).toBe(0.005);
    expect(niceStep(0, 0)).toBe(0.01);
  });

  it("nudges without the dust of binary fractions", () => {
    expect(nudge(0.1, 0.1, 2)).toBe(0.3);
    expect(nudge(1.5, 0.05, -10)).toBe(1);
  });
});

describe("places in a source", () => {
  it("counts characters as the server does", () => {
    expect(toUnits("𝑥 + sigmid(𝑥)", [4, 10])).toEqual([5, 11]);
  });

  it("points from below, in the line it is in, and at the very end", () => {
    expect(caretAt("a = x\nb = y y", [12, 13])).toEqual({ line: "b = y y", pointer: "      ^" });
    expect(caretAt("x *", [3, 3])).toEqual({ line: "x *", pointer: "   ^" });
  });

  it("replaces what is wrong by what was meant", () => {
    expect(replaced("sigmid(x)", [0, 6], "sigmoid")).toBe("sigmoid(x)");
  });

  it("marks the active part, and what is wrong above it", () => {
    expect(marked("a + b", [0, 5], [4, 5])).toEqual([
      { text: "a + ", kind: "active" },
      { text: "b", kind: "wrong" },
    ]);
    expect(marked("ab", null, null)).toEqual([{ text: "ab", kind: "plain" }]);
  });
});

describe("sums and scales", () => {
  it("adds products up in their order", () => {
    const term = (product: number) => ({
      left: product,
      right: 1,
      product,
      left_at: "",
      right_at: "",
      left_spot: null,
      right_spot: null,
    });
    expect(runningSums([term(1), term(-3), term(0.5)])).toEqual([0, 1, -2, -1.5]);
  });

  it("takes the largest magnitude of the graph, tensors included", () => {
    const scene = recorded("broadcasting");
    const largest = [...scene.values.values()].map((value) =>
      typeof value === "number" ? Math.abs(value) : (scene.tensors.get(value.ref)?.largest ?? 0),
    );
    expect(graphScale(scene, "value")).toBe(Math.max(...largest));
  });
});
