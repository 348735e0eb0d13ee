import { partsOf } from "../player";
import { sightsOfTerm, sightsOfUpdate } from "../sights";
import type { Actions, OpenedElement, Panel, Scene, View } from "../state";
import { element, section, setText } from "./element";
import { lensView } from "./lens";
import { lineList } from "./lines";
import { productList } from "./products";
import { showText } from "./words";

/** One element, opened: the products that sum to it, or the lines of its update, up to where the learner stands. */
export function termsPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, heading, body } = section("terms", "One element");
  const close = element("button", { type: "button", class: "plain-button" }, "Back to the whole step");
  close.addEventListener("click", () => actions.closeElement());
  const title = element("p", { class: "says" });
  const lens = lensView();
  const products = productList(actions);
  const lines = lineList(actions);
  body.append(title, lens.root, products.root, lines.root, close);
  root.hidden = true;
  host.append(root);
  let shown: { opened: OpenedElement; largestFirst: boolean; marked: number } | null = null;

  function build(scene: Scene, opened: OpenedElement, largestFirst: boolean): void {
    // Below a long equation, or on a phone, another element would open out of sight.
    const another = String(shown?.opened.element) !== String(opened.element) || shown?.opened.step !== opened.step;
    shown = { opened, largestFirst, marked: -1 };
    showText(title, opened.title);
    products.root.hidden = opened.type !== "terms";
    lines.root.hidden = opened.type !== "lines";
    if (opened.type === "terms") products.show(scene, opened, largestFirst);
    else lines.show(opened);
    if (another) root.scrollIntoView({ block: "start" });
  }

  function mark(scene: Scene, view: View, opened: OpenedElement): void {
    const done = Math.min(view.position.term, partsOf(opened));
    if (!shown || !view.step || shown.marked === done) return;
    shown.marked = done;
    if (opened.type === "terms") {
      products.mark(done);
      lens.show(sightsOfTerm(scene, view.step, opened, products.at(done)));
      markRows(products.list, done);
    } else {
      lens.show(sightsOfUpdate(scene, view.step, opened));
      markRows(lines.list, done);
    }
  }

  return {
    update(scene, view) {
      const { element: index, largest_first: largestFirst } = view.position;
      // The step's own words come back into sight when it closes.
      if (!index && !root.hidden) host.parentElement?.scrollTo({ top: 0 });
      root.hidden = !index;
      if (!index) {
        shown = null;
        return;
      }
      setText(heading, index.length > 0 ? `Element [${index.join(", ")}]` : "This number");
      const { opened } = view;
      if (!opened) return;
      if (opened !== shown?.opened || largestFirst !== shown.largestFirst) build(scene, opened, largestFirst);
      mark(scene, view, opened);
    },
  };
}

/** Between the row and the lower end of the panel. */
const PANEL_MARGIN = 12;

/** Marks how far a list has been gone through, and brings the latest row into sight. */
function markRows(list: HTMLElement, done: number): void {
  const rows = list.children;
  for (let i = 0; i < rows.length; i++) {
    rows[i]?.classList.toggle("later", i >= done);
    rows[i]?.classList.toggle("now", i === done - 1);
  }
  const now = rows[done - 1];
  // The list and the panel may scroll, the page must not jump while somebody watches the picture.
  if (!(now instanceof HTMLElement)) {
    list.scrollTop = 0;
    return;
  }
  const row = now.getBoundingClientRect();
  const seen = list.getBoundingClientRect();
  if (row.top < seen.top || row.bottom > seen.bottom) {
    list.scrollTop += (row.top + row.bottom) / 2 - (seen.top + seen.bottom) / 2;
  }
  const panel = list.closest(".panel");
  const end = Math.min(now.getBoundingClientRect().bottom, seen.bottom);
  const below = end - (panel?.getBoundingClientRect().bottom ?? Number.POSITIVE_INFINITY);
  if (panel && below > 0) panel.scrollTop += below + PANEL_MARGIN;
}
