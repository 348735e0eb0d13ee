// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ServerError } from "../../static/src/connection";
import { atStep } from "../../static/src/player";
import type { Error as Problem, Terms } from "../../static/src/protocol";
import { checksPanel } from "../../static/src/view/checks";
import { editorPanel } from "../../static/src/view/editor";
import { equationPanel } from "../../static/src/view/equation";
import { leavesPanel } from "../../static/src/view/leaves";
import { sentencePanel } from "../../static/src/view/sentence";
import { sumPanel } from "../../static/src/view/sum";
import { termsPanel } from "../../static/src/view/terms";
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
const backward = scene.steps.findIndex((step) => step.kind === "contribution") + 1;
const twice = scene.steps.findIndex((step) => step.expected === 2 && step.received === 1) + 1;

it("reads a step out politely and closes with what was found", () => {
  const panel = sentencePanel(host);
  panel.update(scene, standing(scene, 1));
  expect(host.querySelector("[aria-live=polite]")?.textContent).toBe(
    scene.steps[0]?.sentence.map(([, part]) => part).join(""),
  );
  panel.update(scene, standing(scene, last));
  expect(host.querySelector(".closing")?.textContent).toContain("moves most with");
  panel.update(scene, standing(scene, last - 1));
  expect(host.querySelector<HTMLElement>(".closing")?.hidden).toBe(true);
});

describe("the chain rule", () => {
  const labels = () => [...host.querySelectorAll("small")].map((label) => label.textContent);
  const now = () => host.querySelector(".now small")?.textContent;

  it("shows its four stages one after the other", () => {
    equationPanel(host).update(scene, standing(scene, backward));
    expect(labels()).toEqual(["symbols", "upstream", "local", "contribution"]);
    expect(now()).toBe("symbols");
    vi.advanceTimersByTime(250);
    expect(now()).toBe("upstream");
    vi.advanceTimersByTime(500);
    expect(now()).toBe("contribution");
    expect(host.querySelectorAll(".later")).toHaveLength(0);
  });

  it("begins anew when it is interrupted", () => {
    const panel = equationPanel(host);
    panel.update(scene, standing(scene, backward));
    vi.advanceTimersByTime(300);
    panel.update(scene, standing(scene, backward + 1));
    expect(now()).toBe("symbols");
    vi.advanceTimersByTime(150); // the first one's next stage would come now
    expect(now()).toBe("symbols");
  });

  it("shows rule and numbers of a forward step", () => {
    equationPanel(host).update(scene, standing(scene, 1));
    expect(labels()).toEqual(["rule", "numbers"]);
  });

  it("shows everything at once where motion is not wanted", () => {
    const matches = vi.spyOn(window, "matchMedia").mockReturnValue({ matches: true } as MediaQueryList);
    equationPanel(host).update(scene, standing(scene, backward));
    expect(now()).toBe("contribution");
    matches.mockRestore();
  });
});

it("sums over children, tells who is missing, and leads back to the step that contributed", () => {
  const { actions, asked } = notedActions();
  sumPanel(host, actions).update(scene, standing(scene, twice));
  expect(host.querySelectorAll(".contributions li")).toHaveLength(2);
  expect(host.querySelectorAll(".missing")).toHaveLength(1);
  expect(host.querySelectorAll(".squares .received")).toHaveLength(1);
  expect(host.textContent).toContain("1 of 2 received, partial");
  host.querySelector("button")?.click();
  expect(asked).toEqual([["seek", twice]]);
});

describe("the leaves", () => {
  const field = () => host.querySelector<HTMLInputElement>(".number-field") as HTMLInputElement;
  const type = (text: string) => {
    field().value = text;
    field().dispatchEvent(new Event("input"));
  };

  it("sends what is typed, and explains in place what is no number", () => {
    const { actions, asked } = notedActions();
    leavesPanel(host, actions).update(scene, standing(scene, 0));
    type("−0,5");
    expect(asked).toEqual([["setValue", scene.leaves[0]?.name, -0.5]]);
    type("abc");
    expect(asked).toHaveLength(1);
    expect(field().getAttribute("aria-invalid")).toBe("true");
    expect(host.querySelector(".problem")?.textContent).toContain("“abc” is not a number");
  });

  it("moves by arrow keys, ten times as far with Shift, and keeps them from the page", () => {
    const { actions, asked } = notedActions();
    leavesPanel(host, actions).update(scene, standing(scene, 0));
    const heard = vi.fn();
    document.body.addEventListener("keydown", heard);
    const press = (shiftKey: boolean) =>
      field().dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowUp", shiftKey, bubbles: true }));
    const [leaf] = scene.leaves;
    press(false);
    press(true);
    const [small, large] = asked.map(([, , value]) => (value as number) - (leaf?.value as number));
    expect((large ?? 0) / (small ?? 1)).toBeCloseTo(11);
    expect(heard).not.toHaveBeenCalled();
  });

  it("is not pulled back by the answer to an older change", async () => {
    let settle = () => {};
    const answered = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const { actions } = notedActions({ setValue: () => answered });
    const panel = leavesPanel(host, actions);
    panel.update(scene, standing(scene, 0));
    type("3.25");
    field().dispatchEvent(new Event("blur"));
    panel.update(scene, standing(scene, 0)); // still with the old value
    expect(field().value).toBe("3.25");
    settle();
    await vi.runAllTimersAsync();
    panel.update(scene, standing(scene, 0));
    expect(field().value).toBe(String(scene.leaves[0]?.value).replace("-", "−"));
  });

  it("gives every number of a small matrix its field", () => {
    const { actions, asked } = notedActions();
    const matrices = recorded("broadcasting");
    leavesPanel(host, actions).update(matrices, standing(matrices, 0));
    const count = matrices.leaves.reduce((sum, { value }) => sum + [value].flat(3).length, 0);
    expect(host.querySelectorAll(".number-field")).toHaveLength(count);
    type("9");
    const [[, name, value] = []] = asked;
    expect(name).toBe(matrices.leaves[0]?.name);
    expect([value].flat(3)).toEqual([9, ...[matrices.leaves[0]?.value].flat(3).slice(1)]);
  });
});

describe("the editor", () => {
  const problem: Problem = {
    ...{ type: "error", request_seq: 1, code: "expression", message: "There is no op called sigmid" },
    ...{ given: "sigmid", expected: "an op", span: [0, 6], suggestion: "sigmoid" },
  };
  const area = () => host.querySelector("textarea") as HTMLTextAreaElement;
  const type = (text: string) => {
    area().focus();
    area().value = text;
    area().dispatchEvent(new Event("input"));
  };

  it("tries what was typed after a pause, points at the place and offers what was meant", async () => {
    const { actions, asked } = notedActions({
      open: async ({ source }) => {
        if (source?.startsWith("sigmid")) throw new ServerError(problem);
      },
    });
    editorPanel(host, actions).update(scene, standing(scene, 0));
    type("sigmid(x)");
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(500);
    expect(host.querySelector(".caret b")?.textContent).toBe("^^^^^^");
    expect(host.querySelector("mark.wrong")?.textContent).toBe("sigmid");
    host.querySelector<HTMLButtonElement>(".suggestion")?.click();
    await vi.runAllTimersAsync();
    expect(asked.at(-1)).toEqual(["open", { source: "sigmoid(x)" }]);
    expect(host.querySelector(".editor-problem")?.childElementCount).toBe(0);
  });

  it("does not speak about an older text than the present one", async () => {
    let refuse = (_: unknown) => {};
    const { actions } = notedActions({
      open: ({ source }) =>
        source === "sigmid(x)" ? new Promise((_, reject) => (refuse = reject)) : Promise.resolve(),
    });
    editorPanel(host, actions).update(scene, standing(scene, 0));
    type("sigmid(x)");
    await vi.advanceTimersByTimeAsync(500);
    type("x");
    await vi.advanceTimersByTimeAsync(500);
    refuse(new ServerError(problem));
    await vi.runAllTimersAsync();
    expect(host.querySelector(".editor-problem")?.childElementCount).toBe(0);
  });

  it("marks the part of the source that the inspected node came from", () => {
    const node = scene.graph.nodes.find(({ span }) => span !== null);
    editorPanel(host, notedActions().actions).update(scene, standing(scene, last, { selected: node?.id ?? null }));
    const [start = 0, end = 0] = node?.span ?? [];
    expect(host.querySelector("mark.active")?.textContent).toBe(scene.source?.slice(start, end));
  });

  it("leaves a text alone while somebody types", () => {
    const panel = editorPanel(host, notedActions().actions);
    panel.update(scene, standing(scene, 0));
    type("x * ");
    panel.update(scene, standing(scene, 1));
    expect(area().value).toBe("x * ");
  });
});

it("keeps numbers that must meet empty until the pass is complete", () => {
  const check = { label: "σ", left_label: "A", left: 0.25, right_label: "M", right: 0.25, difference: 0, equal: true };
  const checked = { ...scene, checks: [check] };
  const panel = checksPanel(host);
  panel.update(checked, standing(checked, last - 1));
  expect(host.textContent).not.toContain("0.25");
  panel.update(checked, standing(checked, last));
  expect(host.querySelector(".meeting.equal")?.textContent).toContain("0.25=M0.25");
});

it("adds the products of an element up to where the learner stands", () => {
  const { actions, asked } = notedActions();
  const spots = { left_spot: null, right_spot: null };
  const term = (left: number) => ({ left, right: 2, product: 2 * left, left_at: "", right_at: "", ...spots });
  const opened = {
    ...{
      type: "terms",
      spot: null,
      step: 3,
      element: [0],
      title: [["plain", "One element"]],
      latex: "x",
      left_label: "a",
      right_label: "b",
    },
    ...{ terms: [term(1), term(2), term(4)], total: 14, omitted: 5 },
  } as unknown as Terms;
  const position = { ...atStep(4), element: [0], term: 2 };
  const panel = termsPanel(host, actions);
  panel.update(scene, standing(scene, 4, { position, opened }));
  const running = () => [...host.querySelectorAll(".running p")].map((row) => row.textContent);
  expect(running()).toEqual(["Sum of 2 of 36", "The number shown14", "5 more are exactly 0, and left out"]);
  expect(host.querySelectorAll(".term-rows .later")).toHaveLength(1);
  host.querySelectorAll<HTMLElement>(".term-rows li")[2]?.click();
  host.querySelector<HTMLInputElement>("input[value=size]")?.click();
  expect(asked).toEqual([
    ["seek", 4, 3],
    ["sortTerms", true],
  ]);
  panel.update(scene, standing(scene, 4, { position: { ...position, largest_first: true }, opened }));
  expect([...host.querySelectorAll(".product")].map((product) => product.textContent)).toEqual(["= 8", "= 4", "= 2"]);
  expect(running()[0]).toBe("Sum of 2 of 312");
  panel.update(scene, standing(scene, 4, { position: { ...position, term: 3 }, opened }));
  expect(running()[1]).toBe("That is the number shown14");
  panel.update(scene, standing(scene, 4, { position, opened: { ...opened, terms: [], total: 0 } }));
  expect(running()).toEqual(["All 5 products are exactly 00"]);
});
