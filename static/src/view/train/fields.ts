import { formatCount } from "../../charts/labels";
import { formatNumber } from "../../format";
import type { Bounds } from "../../run/recipe";
import { element } from "../element";
import { numberField } from "../number-field";
import { showMessage } from "../words";

/** A part of the form: what it sets, how, and what is wrong with it. */
export interface FormField {
  readonly root: HTMLElement;
  /** Says what is wrong; "" takes it back. */
  complain(message: string): void;
}

/** A labelled part of the form, with a place for what is wrong with it. */
export function formField(label: string, ...content: (Node | string)[]): FormField {
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const root = element("div", { class: "form-field", role: "group", "aria-label": label });
  root.append(element("span", { class: "form-label", "aria-hidden": "true" }, label), ...content, problem);
  return { root, complain: (message) => showMessage(problem, message) };
}

export interface BoundedField {
  readonly root: HTMLElement;
  show(number: number): void;
}

interface BoundedOptions {
  readonly bounds: Bounds;
  readonly whole: boolean;
  readonly step: number;
  changed(number: number): void;
  complain(message: string): void;
}

/** A named field for a number between bounds; what lies outside is refused in words, and not passed on. */
export function boundedField({ bounds, whole, step, changed, complain }: BoundedOptions): BoundedField {
  let good = bounds.default;
  let wrong = "";
  const field = numberField({
    label: bounds.label,
    step,
    changed(number) {
      wrong = problemOf(number, bounds, whole);
      complain(wrong);
      field.input.setAttribute("aria-invalid", String(wrong !== ""));
      if (wrong) return;
      good = number;
      changed(number);
    },
    complain,
  });
  // What was refused does not stay where it stands; why, does.
  field.input.addEventListener("blur", () => {
    field.show(good);
    if (wrong) complain(`${wrong} It stays at ${formatNumber(good)}.`);
    wrong = "";
  });
  const root = element(
    "label",
    { class: "bounded", title: bounds.says },
    element("span", {}, bounds.label),
    field.input,
  );
  return {
    root,
    show(number) {
      good = number;
      field.show(number);
    },
  };
}

function problemOf(number: number, { label, minimum, maximum }: Bounds, whole: boolean): string {
  if (number >= minimum && number <= maximum && (!whole || Number.isInteger(number))) return "";
  const kind = whole ? "a whole number" : "a number";
  return `${label} is ${kind} from ${formatNumber(minimum)} to ${whole ? formatCount(maximum) : formatNumber(maximum)}.`;
}
