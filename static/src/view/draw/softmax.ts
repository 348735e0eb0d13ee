import { barOf, softmaxOf } from "../../draw/answer-forward";
import { percent, ranked } from "../../draw/answer-words";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import { DIGITS } from "./ten-bars";

export interface SoftmaxTable {
  readonly root: HTMLElement;
  show(logits: readonly number[], probabilities: readonly number[]): void;
}

/** The ten logits, and the probability that softmax makes of each, in one row. */
export function softmaxTable(): SoftmaxTable {
  const rows = DIGITS.map((digit) => {
    const [logit, share] = [element("td", { class: "number" }), element("td", { class: "number" })];
    const bar = element("td", { class: "logit-bar", "aria-hidden": "true" });
    const track = element("td", { class: "share-track", "aria-hidden": "true" });
    const name = element("th", { scope: "row" }, String(digit));
    return { root: element("tr", {}, name, bar, logit, track, share), bar, logit, track, share };
  });
  const head = ["Digit", "Logit", "Probability"].map((text, i) =>
    element("th", { scope: "col", colspan: i > 0 ? 2 : null }, text),
  );
  const root = element(
    "table",
    { class: "softmax has-winner" },
    element("caption", { class: "unseen" }, "What softmax makes of the logits"),
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows.map((row) => row.root)),
  );
  return {
    root,
    show(logits, probabilities) {
      const winner = ranked(probabilities)[0];
      for (const [digit, row] of rows.entries()) {
        const [logit, probability] = [logits[digit] ?? Number.NaN, probabilities[digit] ?? Number.NaN];
        const { from, to } = barOf(logits, digit);
        row.root.classList.toggle("winner", digit === winner);
        row.bar.classList.toggle("negative", logit < 0);
        row.bar.style.setProperty("--from", `${100 * from}%`);
        row.bar.style.setProperty("--to", `${100 * to}%`);
        row.track.style.setProperty("--share", String(probability));
        setText(row.logit, formatNumber(logit));
        setText(row.share, percent(probability));
      }
    },
  };
}

/** How the probability of a digit came from its logit, with the numbers. */
export function softmaxText(logits: readonly number[], probabilities: readonly number[], digit: number): Node[] {
  const parts = softmaxOf(logits, digit);
  if (!parts) return [];
  const power = element("span", {}, "e", element("sup", {}, parts.logit));
  return [
    document.createTextNode(`Softmax makes the logit of ${digit} a probability: `),
    power,
    document.createTextNode(` ÷ (e to each of the ten logits, added up) = ${parts.top} ÷ ${parts.sum} = `),
    element("b", { class: "role-value" }, percent(probabilities[digit] ?? Number.NaN)),
    document.createTextNode("."),
  ];
}
