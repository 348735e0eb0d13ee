import { formatNumber } from "../../format";
import type { Accumulation } from "../../lab/lab";
import { element, section } from "../element";

/** The gradients of two batches, digit by digit, and their sum as `.grad` holds it. */
export function accumulationPicture(host: HTMLElement, { batch, first, second, both }: Accumulation): void {
  const { root, body } = section("accumulation", "Two backward passes, and no zero_grad between them");
  const largest = Math.max(...[...first, ...second, ...both].map(Math.abs));
  const columns = [
    ["", "After backward 1", ".grad is the gradient of the first batch", first],
    ["+", "The second batch alone", "what backward 2 adds", second],
    ["=", "After backward 2", ".grad is the sum of both", both],
  ] as const;
  const head = columns.map(([sign, title, says]) =>
    element("th", { scope: "col" }, signOf(sign), title, element("small", {}, says)),
  );
  const rows = first.map((_, digit) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, String(digit)),
      ...columns.map(([sign, , , numbers]) => signedBar(sign, numbers[digit] ?? 0, largest)),
    ),
  );
  body.append(
    element(
      "p",
      {},
      `The gradient of the output layer's bias, one number for each digit, at the first weights; each batch has ${batch} of the built-in digits. In every row the third number is the sum of the first two.`,
    ),
    element(
      "div",
      { class: "scroll-x" },
      element(
        "table",
        { class: "signed-bars" },
        element("thead", {}, element("tr", {}, element("td", {}, "Digit"), ...head)),
        element("tbody", {}, ...rows),
      ),
    ),
  );
  host.replaceChildren(root);
}

/** A bar from the middle, to the left where the number is negative. */
function signedBar(sign: string, number: number, largest: number): HTMLElement {
  const bar = element("i", { class: number < 0 ? "negative" : "positive", "aria-hidden": "true" });
  bar.style.width = `${(50 * Math.abs(number)) / largest}%`;
  return element(
    "td",
    {},
    signOf(sign),
    element("span", { class: "signed-track" }, bar),
    element("span", { class: "number" }, formatNumber(number, 3)),
  );
}

function signOf(sign: string): HTMLElement {
  return element("span", { class: "sign" }, sign);
}
