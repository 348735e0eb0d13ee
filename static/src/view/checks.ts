import { formatExact, formatNumber } from "../format";
import type { Check } from "../protocol";
import type { Panel, Scene, View } from "../state";
import { element, section } from "./element";

/** Pairs of numbers that must meet, such as AutoGrad's and ManualGrad's; empty slots until the pass is complete. */
export function checksPanel(host: HTMLElement): Panel {
  const { root, body } = section("checks", "Do they meet?");
  host.append(root);
  let shown: { scene: Scene; done: boolean } | null = null;

  return {
    update(scene: Scene, view: View) {
      const done = view.position.step === scene.steps.length;
      if (shown?.scene === scene && shown.done === done) return;
      shown = { scene, done };
      root.hidden = scene.checks.length === 0;
      host.classList.toggle("done", done);
      body.replaceChildren(...scene.checks.map((check) => meeting(check, done)));
    },
  };
}

function meeting(check: Check, done: boolean): HTMLElement {
  const sign = done ? (check.equal ? "=" : "≠") : "?";
  const verdict = check.equal
    ? check.difference === 0
      ? "Equal to the last bit."
      : `They meet: ${formatNumber(check.difference)} apart, which is rounding.`
    : `They differ by ${formatNumber(check.difference)}.`;
  return element(
    "div",
    { class: `meeting ${done ? (check.equal ? "equal" : "unequal") : "open"}` },
    element("h3", {}, check.label),
    side(check.left_label, check.left, done),
    element("span", { class: "sign" }, sign),
    side(check.right_label, check.right, done),
    element("p", { class: "quiet" }, done ? verdict : "Both are known after the last step."),
  );
}

function side(label: string, number: number, done: boolean): HTMLElement {
  const shown = done
    ? element("b", { title: formatExact(number) }, formatNumber(number))
    : element("b", { class: "slot" });
  return element("div", { class: "side" }, element("small", {}, label), shown);
}
