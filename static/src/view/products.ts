import { formatCount } from "../charts/labels";
import { formatExact, formatNumber } from "../format";
import type { Term, Terms } from "../protocol";
import { rowSpots, type Sight, sightOf } from "../sights";
import type { Actions, Scene } from "../state";
import { inOrder, runningSums } from "../sums";
import { element } from "./element";
import { ringedThumb } from "./lens";
import { typeset } from "./math";
import { choose, segments } from "./segments";

const BY_PLACE = "place";
const BY_SIZE = "size";

/**
 * The products that sum to one element, and the sum so far.
 *
 * Up to 784 rows and more; the style sheet lets the browser skip those out of sight (`content-visibility`).
 */
export function productList(actions: Actions) {
  const formula = element("div", { class: "formula", tabindex: 0, role: "group", "aria-label": "the sum in symbols" });
  const order = segments(
    "terms-order",
    "Products",
    [
      [BY_PLACE, "in order"],
      [BY_SIZE, "largest first"],
    ],
    (value) => actions.sortTerms(value === BY_SIZE),
  );
  const head = element("div", { class: "term head" });
  const list = element("ol", { class: "term-rows", tabindex: 0, "aria-label": "Products" });
  const total = element("div", { class: "running" });
  const table = element("div", {}, total, order, head, list);
  const root = element("div", { class: "products" }, formula, table);
  let shown: { terms: readonly Term[]; sums: readonly number[]; opened: Terms } | null = null;

  return {
    root,
    list,
    show(scene: Scene, opened: Terms, largestFirst: boolean): void {
      const terms = inOrder(opened.terms, largestFirst);
      shown = { terms, sums: runningSums(terms), opened };
      typeset(formula, opened.latex);
      choose(order, largestFirst ? BY_SIZE : BY_PLACE);
      // An op that is no sum has no terms; a sum of zeros has none that are listed.
      table.hidden = terms.length + opened.omitted === 0;
      head.hidden = list.hidden = terms.length === 0;
      order.hidden = terms.length < 2;
      const sights = rowSpots(terms).map((spot) => sightOf(scene, spot));
      root.classList.toggle("with-pictures", sights.some(Boolean));
      const labels = ["", opened.left_label, opened.right_label, "product"];
      head.replaceChildren(...labels.map((label) => element("span", {}, label)));
      const go = (i: number) => () => actions.seek(opened.step + 1, i + 1);
      list.replaceChildren(...terms.map((term, i) => productRow(term, i, sights[i] ?? null, go(i))));
    },
    /** The term added last, or the one that comes first. */
    at(done: number): Term | null {
      return shown?.terms[Math.max(done - 1, 0)] ?? null;
    },
    mark(done: number): void {
      if (shown) total.replaceChildren(...totals(shown.opened, shown.sums[done] ?? 0, done));
    },
  };
}

function productRow(term: Term, index: number, sight: Sight | null, go: () => void): HTMLElement {
  const row = element(
    "li",
    { class: "term" },
    element("span", { class: "thumb" }, sight ? ringedThumb(sight) : String(index + 1)),
    element("span", { class: "factor", title: term.left_at }, formatNumber(term.left)),
    element("span", { class: "factor", title: term.right_at }, "× ", formatNumber(term.right)),
    element("span", { class: "product", title: formatExact(term.product) }, "= ", formatNumber(term.product)),
  );
  row.addEventListener("click", go);
  return row;
}

function totals(opened: Terms, sum: number, done: number): HTMLElement[] {
  const { terms, total, omitted } = opened;
  const row = (words: string, number: number, quiet: boolean) =>
    element(
      "p",
      { class: quiet ? "quiet" : null },
      words,
      element("b", { title: formatExact(number) }, formatNumber(number)),
    );
  if (terms.length === 0) return [row(`All ${formatCount(omitted)} products are exactly 0`, total, false)];
  const zeros = `${formatCount(omitted)} more ${omitted === 1 ? "is" : "are"} exactly 0, and left out`;
  return [
    row(`Sum of ${done} of ${terms.length}`, sum, false),
    row(verdict(opened, sum, done), total, true),
    ...(omitted > 0 ? [element("p", { class: "quiet" }, zeros)] : []),
  ];
}

/** Whether the sum is the number shown; digits may differ where the engine added up in float32. */
function verdict({ terms, total }: Terms, sum: number, done: number): string {
  if (done < terms.length) return "The number shown";
  return formatNumber(sum) === formatNumber(total)
    ? "That is the number shown"
    : "The number shown, added up in float32";
}
