import type { DrawView } from "../../draw/view";
import { element, setText } from "../element";
import { segments } from "../segments";
import { showMessage } from "../words";
import type { Asker, Wait } from "./patient";

/** What the panels of explanations have in common: a heading, a sentence, their content, what went wrong. */
export interface Frame extends Asker {
  readonly heading: HTMLElement;
  /** What is hidden until there is an answer. */
  readonly content: HTMLElement;
}

const WAITS: Readonly<Record<Wait, string>> = {
  drawing: "once the pen rests",
  "other picture": "of the picture before",
  computing: "computing",
};

/** A heading that says beside its title how what is shown stands to what is wanted, while the panel is busy. */
export function busyHeading(title: HTMLElement, wait = ""): { readonly root: HTMLElement; readonly mark: HTMLElement } {
  const mark = element("span", { class: "stale as-is" }, wait);
  return { root: element("h2", {}, title, " ", mark), mark };
}

/** Fills a section of the page; `before` stands above what depends on an answer. */
export function panelFrame(host: HTMLElement, title: string, lead: string, ...before: HTMLElement[]): Frame {
  const heading = element("span", {}, title);
  const { root, mark } = busyHeading(heading);
  const trouble = element("p", { class: "problem", role: "alert", hidden: true });
  const retry = element("button", { type: "button", class: "ghost retry", hidden: true }, "Try again");
  let again = () => {};
  retry.addEventListener("click", () => again());
  const content = element("div", { class: "reasons-content", hidden: true });
  host.classList.add("reasons");
  host.replaceChildren(root, element("p", { class: "lead" }, lead), ...before, trouble, retry, content);
  const show = (message: string, answered: boolean) => {
    host.removeAttribute("aria-busy");
    setText(mark, "");
    showMessage(trouble, message);
    retry.hidden = message === "";
    content.hidden = !answered;
  };
  return {
    heading,
    content,
    waiting(why) {
      host.setAttribute("aria-busy", "true");
      setText(mark, WAITS[why]);
    },
    ready: () => show("", true),
    refused(message, asks) {
      again = asks;
      show(message, false);
    },
    clear: () => show("", false),
  };
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => [String(digit), String(digit)] as const);

/** Ten buttons of which one is chosen; `name` is unique in the page. */
export function digitSwitch(name: string, legend: string, changed: (digit: number) => void): HTMLElement {
  const root = segments(name, legend, DIGITS, (digit) => changed(Number(digit)));
  root.classList.add("digit-switch");
  return root;
}

/** Whose scores are explained, once there is a copy that was taught something. */
export function whose(
  name: string,
  changed: () => void,
): { readonly root: HTMLElement; copy(view: DrawView): boolean } {
  let copy = true;
  const root = segments(
    name,
    "Network",
    [
      ["copy", "your taught copy"],
      ["network", "as it came"],
    ],
    (chosen) => {
      copy = chosen === "copy";
      changed();
    },
  );
  return {
    root,
    copy({ lessons }) {
      root.hidden = lessons.length === 0;
      return copy && lessons.length > 0;
    },
  };
}
