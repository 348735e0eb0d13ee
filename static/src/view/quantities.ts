import { gridColumns } from "../cards";
import { formatNumber } from "../format";
import type { Quantity } from "../protocol";
import type { Actions, Panel, Scene, Tensor, View } from "../state";
import { element, section } from "./element";
import { drawGrid, drawLasting, drawTensor } from "./heat";
import { typeset } from "./math";
import { tensorView } from "./tensor";
import { pictured } from "./words";

/** What the optimizer goes through from the gradient to the change, each in a line that unfolds into its numbers. */
export function quantitiesPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, body } = section("quantities", "From the gradient to the change");
  host.append(root);
  let shown: View["step"] = null;

  return {
    update(scene, view) {
      const { step } = view;
      root.hidden = !step || step.quantities.length === 0;
      if (step === shown) return;
      shown = step;
      body.replaceChildren(...(step?.quantities ?? []).map((quantity) => quantityPart(quantity, scene, actions)));
    },
  };
}

function quantityPart(quantity: Quantity, scene: Scene, actions: Actions): HTMLElement {
  const tensor = typeof quantity.value === "number" ? undefined : scene.tensors.get(quantity.value.ref);
  const name = element("span", { class: "quantity-name" });
  typeset(name, quantity.latex);
  const says = element("span", { class: "quiet" }, quantity.says);
  if (!tensor) return element("p", { class: "quantity" }, name, says, pictured(quantity.value, "value", scene.tensors));
  const details = element("details", {}, element("summary", { class: "quantity" }, name, says, glance(tensor)));
  // Drawn when it is first looked at: there are several, and each step has its own.
  details.addEventListener("toggle", () => unfold(details, tensor, quantity.name, actions), { once: true });
  return details;
}

/** What a tensor looks like, and its scale. */
function glance(tensor: Tensor): HTMLElement {
  const canvas = element("canvas", { class: "heat", "aria-hidden": "true" });
  const draw = () =>
    tensor.maps
      ? drawGrid(canvas, tensor, "value", gridColumns(tensor.shape[0] ?? 1), { stride: 2 })
      : drawTensor(canvas, tensor, "value", tensor.largest);
  drawLasting(canvas, draw);
  return element("span", { class: "glance" }, canvas, `±${formatNumber(tensor.largest)}`);
}

function unfold(details: HTMLElement, tensor: Tensor, name: string, actions: Actions): void {
  const view = tensorView("value", actions);
  details.append(view.root);
  view.update({ tensor, name, scale: tensor.largest, open: null });
}
