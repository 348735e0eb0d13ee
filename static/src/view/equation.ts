import type { Step } from "../protocol";
import type { Panel, Scene, View } from "../state";
import { element, section, setText } from "./element";
import { mathReady, typeset } from "./math";

/** Time from one stage to the next. */
const STAGE_MS = 220;

/** Of a formula, in pixels; and how much smaller one that does not fit may get before it scrolls. */
const FONT_SIZE = 15;
const SMALLEST = 0.7;
/** Between one number of a rule and the next. */
const SEPARATOR = ",\\; ";

interface Line {
  readonly latex: string;
  readonly label: string;
}

/**
 * The chain rule of the active wire in its four stages, one after the other; for other steps the rule and its numbers.
 *
 * Every stage has its place from the start, so nothing moves while they appear; a new step interrupts them.
 */
export function equationPanel(host: HTMLElement): Panel {
  const { root, heading, body } = section("equation", "Chain rule on this wire");
  const list = element("ol", { class: "stages" });
  body.append(list);
  host.append(root);
  const reducedMotion = window.matchMedia("(prefers-reduced-motion: reduce)");
  let shown: Step | null | undefined;
  let timer = 0;

  /** Formulas can be measured from the first one on that has been typeset. */
  let measured = false;
  mathReady().then(() => {
    measured = true;
  });

  function shrinkWide(): void {
    for (const item of list.children) shrinkToFit(item);
  }

  function reveal(stage: number): void {
    const items = [...list.children];
    for (const [i, item] of items.entries()) {
      item.classList.toggle("now", i === stage);
      item.classList.toggle("later", i > stage);
    }
    if (stage < items.length - 1) timer = window.setTimeout(() => reveal(stage + 1), STAGE_MS);
  }

  return {
    update(_scene: Scene, view: View) {
      const { step } = view;
      if (step === shown) return;
      shown = step;
      window.clearTimeout(timer);
      const lines = step ? linesOf(step) : [];
      root.hidden = lines.length === 0;
      if (!step || lines.length === 0) return;
      setText(heading, titleOf(step));
      root.dataset.role = step.kind === "contribution" || step.kind === "seed" ? "grad" : "value";
      list.replaceChildren(...lines.map(lineItem));
      shrinkWide();
      if (!measured) mathReady().then(shrinkWide);
      reveal(reducedMotion.matches ? lines.length - 1 : 0);
    },
  };
}

function linesOf(step: Step): Line[] {
  const { equation } = step;
  const lines = equation
    ? [
        { latex: equation.symbols, label: "symbols" },
        { latex: equation.upstream, label: "upstream" },
        { latex: equation.local, label: "local" },
        { latex: equation.contribution, label: "contribution" },
      ]
    : [
        { latex: step.formula, label: "rule" },
        { latex: step.numbers, label: "numbers" },
      ];
  return lines.filter(({ latex }) => latex !== "");
}

function titleOf(step: Step): string {
  switch (step.kind) {
    case "contribution":
      return "Chain rule on this wire";
    case "seed":
      return "The seed";
    case "update":
      return "The optimizer’s rule";
    case "result":
      return "What the update did";
    case "compute":
      return "What is computed";
  }
}

/** A formula wider than its place gets the whole line, its label above it, and smaller type where that is not enough. */
function shrinkToFit(item: Element): void {
  const formula = item.firstElementChild;
  if (!(formula instanceof HTMLElement) || formula.scrollWidth <= formula.clientWidth) return;
  item.classList.add("wide");
  fitFormula(formula);
}

/** Smaller type for a formula wider than its place, as far as it can still be read. False: it is still too wide. */
export function fitFormula(formula: HTMLElement): boolean {
  const share = formula.clientWidth / formula.scrollWidth;
  if (share < 1) formula.style.fontSize = `${Math.max(share, SMALLEST) * FONT_SIZE}px`;
  return formula.scrollWidth <= formula.clientWidth;
}

function lineItem({ latex, label }: Line): HTMLElement {
  // Long formulas scroll sideways in their own box, so it must be reachable by keyboard.
  const formula = element("div", { class: "formula", tabindex: 0, role: "group", "aria-label": label });
  // The numbers of a rule may be many: they go on in the next line, each whole.
  const parts = latex.split(SEPARATOR);
  if (parts.length === 1) typeset(formula, latex);
  else {
    const spans = parts.map(() => element("span"));
    formula.append(...spans);
    for (const [i, span] of spans.entries()) typeset(span, `${parts[i]}${i < parts.length - 1 ? "," : ""}`);
  }
  return element("li", {}, formula, element("small", {}, label));
}
