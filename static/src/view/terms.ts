import { formatExact, formatNumber } from "../format";
import { mapsOf } from "../picture";
import type { Term, Terms } from "../protocol";
import type { Actions, Panel, Scene, Tensor, View } from "../state";
import { runningSums } from "../sums";
import { element, section, setText } from "./element";
import { drawLasting, drawMap } from "./heat";
import { typeset } from "./math";
import { showText } from "./words";

/**
 * One element, opened: the products that sum to it and the sum so far.
 *
 * Up to 784 rows; the style sheet lets the browser skip those out of sight (`content-visibility`).
 */
export function termsPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, heading, body } = section("terms", "One element");
  const close = element("button", { type: "button", class: "plain-button" }, "Back to the whole step");
  close.addEventListener("click", () => actions.closeElement());
  const title = element("p", { class: "says" });
  const formula = element("div", { class: "formula", tabindex: 0, role: "group", "aria-label": "the sum in symbols" });
  const head = element("div", { class: "term head" });
  const list = element("ol", { class: "term-rows", tabindex: 0, "aria-label": "Products" });
  const total = element("div", { class: "running" });
  body.append(title, formula, head, list, total, close);
  root.hidden = true;
  host.append(root);
  let shown: Terms | null = null;
  let sums: number[] = [];

  function build(scene: Scene, terms: Terms): void {
    shown = terms;
    sums = runningSums(terms.terms);
    showText(title, terms.title);
    typeset(formula, terms.latex);
    const batch = terms.terms.some((term) => term.picture !== null) ? batchOf(scene) : null;
    root.classList.toggle("with-pictures", batch !== null);
    head.replaceChildren(
      ...["", terms.left_label, terms.right_label, "product"].map((label) => element("span", {}, label)),
    );
    head.hidden = list.hidden = total.hidden = terms.terms.length === 0;
    list.replaceChildren(
      ...terms.terms.map((term, i) => termRow(term, i, batch, () => actions.seek(terms.step + 1, i + 1))),
    );
  }

  function mark(term: number): void {
    if (!shown) return;
    const done = Math.min(term, shown.terms.length);
    const rows = list.children;
    for (let i = 0; i < rows.length; i++) {
      rows[i]?.classList.toggle("later", i >= done);
      rows[i]?.classList.toggle("now", i === done - 1);
    }
    const now = rows[done - 1];
    // Only the list scrolls: the page must not jump while somebody watches the picture.
    if (now instanceof HTMLElement) {
      const above = now.offsetTop - list.offsetTop;
      const hidden = above < list.scrollTop || above + now.offsetHeight > list.scrollTop + list.clientHeight;
      if (hidden) list.scrollTop = above - list.clientHeight / 2;
    } else list.scrollTop = 0;
    total.replaceChildren(...totals(shown, sums[done] ?? 0, done));
  }

  return {
    update(scene: Scene, view: View) {
      const open = view.position.element !== null;
      // The step's own words come back into sight when it closes.
      if (!open && !root.hidden) host.parentElement?.scrollTo({ top: 0 });
      root.hidden = !open;
      if (!open) return;
      const index = view.position.element ?? [];
      setText(heading, index.length > 0 ? `Element [${index.join(", ")}]` : "This number");
      if (view.terms && view.terms !== shown) {
        build(scene, view.terms);
        // Below a long equation, or on a phone, it would open out of sight.
        root.scrollIntoView({ block: "start" });
      }
      if (view.terms) mark(view.position.term);
    },
  };
}

function termRow(term: Term, index: number, batch: Tensor | null, go: () => void): HTMLElement {
  const picture = element("span", { class: "thumb" });
  const { picture: number } = term;
  if (batch && number !== null) {
    const canvas = element("canvas", { class: "heat", title: `picture ${number}` });
    drawLasting(canvas, () => drawMap(canvas, batch, number, "value", batch.largest));
    picture.append(canvas);
  } else picture.append(String(index + 1));
  const row = element(
    "li",
    { class: "term" },
    picture,
    element("span", { class: "factor", title: term.left_at }, formatNumber(term.left)),
    element("span", { class: "factor", title: term.right_at }, "× ", formatNumber(term.right)),
    element("span", { class: "product", title: formatExact(term.product) }, "= ", formatNumber(term.product)),
  );
  row.addEventListener("click", go);
  return row;
}

function totals(terms: Terms, sum: number, done: number): HTMLElement[] {
  const count = terms.terms.length;
  const complete = done >= count;
  const zeros = terms.omitted > 0 ? `, ${terms.omitted} more are exactly 0` : "";
  return [
    element(
      "p",
      {},
      `Sum of ${done} of ${count}${zeros}`,
      element("b", { title: formatExact(sum) }, formatNumber(sum)),
    ),
    element(
      "p",
      { class: "quiet" },
      complete ? "That is the number shown" : "The number shown",
      element("b", { title: formatExact(terms.total) }, formatNumber(terms.total)),
    ),
  ];
}

/** The pictures of the batch: the data whose rows are pictures. */
function batchOf(scene: Scene): Tensor | null {
  for (const node of scene.graph.nodes) {
    const value = scene.values.get(node.id);
    const tensor = node.kind === "data" && typeof value === "object" ? scene.tensors.get(value.ref) : undefined;
    if (tensor && mapsOf(tensor).length > 0) return tensor;
  }
  return null;
}
