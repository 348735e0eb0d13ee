import { percent } from "../../draw/answer-words";
import { element, setText } from "../element";

/** Probabilities of the ten digits, before and after. */
export interface Chances {
  readonly root: HTMLElement;
  /** `marks`: what is said beside a digit, such as "target". */
  show(before: readonly number[], after: readonly number[], marks: ReadonlyMap<number, string>): void;
  /** What the two bars are. */
  name(before: string, after: string): void;
}

/** A pair of bars for each digit, with both numbers. */
export function chances(caption: string): Chances {
  const [was, is] = [element("th", { scope: "col" }), element("th", { scope: "col" })];
  const rows = Array.from({ length: 10 }, (_, digit) => chanceRow(digit));
  const root = element(
    "table",
    { class: "chances" },
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Digit"), element("td"), was, is)),
    element("tbody", {}, ...rows.map(({ root }) => root)),
  );
  return {
    root,
    name(before, after) {
      was.replaceChildren(element("i", { class: "key before" }), before);
      is.replaceChildren(element("i", { class: "key after" }), after);
    },
    show(before, after, marks) {
      for (const [digit, row] of rows.entries())
        row.show(before[digit] ?? 0, after[digit] ?? 0, marks.get(digit) ?? "");
    },
  };
}

function chanceRow(digit: number) {
  const [was, is] = [element("td", { class: "number" }), element("td", { class: "number after" })];
  const pair = element("td", { class: "pair", "aria-hidden": "true" }, element("i"), element("i"));
  const mark = element("em");
  const name = element("th", { scope: "row" }, String(digit), " ", mark);
  const root = element("tr", {}, name, pair, was, is);
  return {
    root,
    show(before: number, after: number, text: string): void {
      pair.style.setProperty("--before", String(before));
      pair.style.setProperty("--after", String(after));
      setText(was, percent(before));
      setText(is, percent(after));
      setText(mark, text);
      root.classList.toggle("marked", text !== "");
    },
  };
}
