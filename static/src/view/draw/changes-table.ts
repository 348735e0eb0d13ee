import type { Learned } from "../../draw/api";
import { type ChangeRow, changeRows } from "../../draw/learn";
import { element } from "../element";

const COLUMNS = [
  "Parameter",
  "Length of gradient",
  "Length of change",
  "Numbers that moved",
  "The one that moved most",
];

/** What the update did to each parameter, and that it is the learning rate times the gradient. */
export function changesTable(): { readonly root: HTMLElement; show(learned: Learned, rate: number): void } {
  const rows = element("tbody");
  const head = element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col" }, name)));
  return {
    root: element(
      "div",
      {},
      element("h3", { id: "changes-heading" }, "Every number moved by minus the learning rate times its gradient"),
      element(
        "div",
        { class: "scroll-x", tabindex: 0, role: "region", "aria-labelledby": "changes-heading" },
        element("table", { class: "changes" }, element("thead", {}, head), rows),
      ),
    ),
    show(learned, rate) {
      rows.replaceChildren(...changeRows(learned, rate).map(tableRow));
    },
  };
}

function tableRow({ title, name, gradient, change, moved, most }: ChangeRow): HTMLElement {
  const number = (text: string, kind = "number") => element("td", { class: kind }, text);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, element("b", {}, name), " ", element("small", {}, title)),
    number(gradient, "number role-grad"),
    number(change),
    number(moved),
    element(
      "td",
      { class: "most" },
      element("span", {}, element("b", {}, most.name), ` ${most.values}`),
      element("span", {}, "gradient ", element("span", { class: "role-grad" }, most.gradient), `, moved by ${most.by}`),
    ),
  );
}
