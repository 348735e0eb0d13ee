import { element } from "../element";
import { byId } from "../page";
import { arriveAt } from "./arrive";

/** The panels below, and what each is good for. */
const WAYS: readonly (readonly [panel: string, title: string, says: string])[] = [
  ["forward", "The forward pass", "layer by layer"],
  ["why", "Where it comes from", "pixels for and against"],
  ["toward", "Make it another digit", "steps on its pixels"],
  ["learn", "Backprop my drawing", "say what it is, teach it"],
];

/** Where one may go on from an answer. */
export function onward(): HTMLElement {
  const ways = WAYS.map(([panel, title, says]) => {
    const link = element("a", { href: `#${panel}` }, element("b", {}, title), element("span", {}, says));
    link.addEventListener("click", () => arriveAt(byId(panel, HTMLElement)));
    return element("li", {}, link);
  });
  return element("nav", { class: "onward-from-here", "aria-label": "Go on", hidden: true }, element("ul", {}, ...ways));
}
