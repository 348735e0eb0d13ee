import { formatExact } from "../format";
import type { Line, Lines } from "../protocol";
import type { Actions } from "../state";
import { element } from "./element";
import { fitFormula } from "./equation";
import { mathReady, typeset } from "./math";

/** The update of one element, a line a quantity: its rule, the same with numbers, and what it is. */
export function lineList(actions: Actions) {
  const list = element("ol", { class: "update-lines", "aria-label": "Lines of the update" });
  return {
    root: list,
    list,
    show(opened: Lines): void {
      const go = (i: number) => () => actions.seek(opened.step + 1, i + 1);
      list.replaceChildren(...opened.lines.map((line, i) => lineItem(line, go(i))));
      mathReady().then(() => {
        for (const formula of list.querySelectorAll<HTMLElement>(".formula")) {
          formula.classList.toggle("wraps", !fitFormula(formula));
        }
      });
    },
  };
}

function lineItem({ name, latex, numbers, value, says }: Line, go: () => void): HTMLElement {
  const formula = (text: string, label: string, kind = "") => {
    const made = element("div", { class: `formula ${kind}`.trim(), tabindex: 0, role: "group", "aria-label": label });
    typeset(made, text);
    return made;
  };
  const item = element(
    "li",
    { title: formatExact(value) },
    element("p", { class: "quiet" }, says),
    formula(latex, `the rule of ${name}`),
    formula(numbers, `${name} in numbers`, "filled"),
  );
  item.addEventListener("click", go);
  return item;
}
