import type { DrawView } from "../../draw/view";
import { element } from "../element";
import { segments } from "../segments";
import { showMessage } from "../words";

/** What the panels of explanations have in common: a heading, a sentence, their content, what went wrong. */
export interface Frame {
  readonly heading: HTMLElement;
  /** What is hidden until there is an answer. */
  readonly content: HTMLElement;
  waiting(): void;
  /** An answer is shown. */
  ready(): void;
  refused(message: string): void;
  /** There is nothing to show. */
  clear(): void;
}

/** Fills a section of the page; `before` stands above what depends on an answer. */
export function panelFrame(host: HTMLElement, title: string, lead: string, ...before: HTMLElement[]): Frame {
  const heading = element("h2", {}, title);
  const trouble = element("p", { class: "problem", role: "alert", hidden: true });
  const content = element("div", { class: "reasons-content", hidden: true });
  host.classList.add("reasons");
  host.replaceChildren(heading, element("p", { class: "lead" }, lead), ...before, trouble, content);
  const show = (message: string, answered: boolean) => {
    host.removeAttribute("aria-busy");
    showMessage(trouble, message);
    content.hidden = !answered;
  };
  return {
    heading,
    content,
    waiting: () => host.setAttribute("aria-busy", "true"),
    ready: () => show("", true),
    refused: (message) => show(message, false),
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
