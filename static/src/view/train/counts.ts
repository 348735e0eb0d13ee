import { formatCount } from "../../charts/labels";
import type { MemberPlan } from "../../protocol";
import { countersText, type LayerSum, layerSums, parametersOf } from "../../run/count";
import { element, setText } from "../element";

export interface Counts {
  /** The plan of the member, once the server has made it. */
  show(widths: readonly number[], plan: MemberPlan | null): void;
}

/** The parameters as the sum a student would write, layer by layer, and whether the engine and PyTorch count the same. */
export function countsView(host: HTMLElement): Counts {
  const body = element("tbody");
  // It stays where it is: of a live region that is new to the page nothing is read out.
  const verdict = element("p", { class: "quiet", "aria-live": "polite" });
  host.replaceChildren(element("table", { class: "counts" }, body), verdict);
  return {
    show(widths, plan) {
      const layers = layerSums(widths);
      body.replaceChildren(...rowsOf(layers));
      // A plan of other layers is about another network: until its own is here nobody else has counted this one.
      const total = parametersOf(layers);
      const counted = plan && plan.layers.length === layers.length && parametersOf(plan.layers) === total ? plan : null;
      const words = countersText(total, counted?.engine ?? null, counted?.pytorch ?? null);
      setText(verdict, words ? `${words[0]?.toUpperCase()}${words.slice(1)}.` : " ");
    },
  };
}

function rowsOf(layers: readonly LayerSum[]): HTMLElement[] {
  const rows = layers.map(({ sum, parameters }, index) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, layers.length > 1 ? `Layer ${index + 1}` : "Parameters"),
      element("td", {}, sum),
      element("td", { class: "product" }, `= ${formatCount(parameters)}`),
    ),
  );
  if (layers.length > 1) {
    rows.push(
      element(
        "tr",
        { class: "all" },
        element("th", { scope: "row" }, "Parameters"),
        element("td", {}),
        element("td", { class: "product" }, formatCount(parametersOf(layers))),
      ),
    );
  }
  return rows;
}
