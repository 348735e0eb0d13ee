import { formatExact, formatNumber, formatShape } from "../format";
import type { GraphNode, Quantity } from "../protocol";
import type { Actions, NodeView, Panel, Scene, Tensor, Value, View } from "../state";
import { graphScale } from "../sums";
import { element, section, setText } from "./element";
import { histogram } from "./histogram";
import { typeset } from "./math";
import type { Role } from "./palette";
import { contributionList, squares, stateWords } from "./sum";
import { type TensorView, tensorView } from "./tensor";
import { fact } from "./words";

type ScaleOf = "tensor" | "graph";

/** Everything about one node: the one picked by hand, else the one in the middle of the step. */
export function inspectorPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, heading, body } = section("inspector", "Node");
  const release = element("button", { type: "button", class: "plain-button", hidden: true }, "Follow the walk");
  release.addEventListener("click", () => actions.select(null));
  const formula = element("div", { class: "formula", tabindex: 0, role: "group", "aria-label": "formula of the node" });
  const facts = element("dl", { class: "facts" });
  const quantities = element("dl", { class: "facts quantities" });
  const scaleSwitch = segments(
    "scale",
    "Colour scale",
    [
      ["tensor", "this tensor"],
      ["graph", "whole graph"],
    ],
    (value) => {
      scaleOf = value as ScaleOf;
      redraw();
    },
  );
  const tensors = { value: tensorPart("value", actions), grad: tensorPart("grad", actions) };
  const contributions = element("div");
  body.append(formula, facts, quantities, scaleSwitch, tensors.value.root, tensors.grad.root, contributions, release);
  host.append(root);

  let scaleOf: ScaleOf = "tensor";
  let last: { scene: Scene; view: View } | null = null;
  let shown: { node: NodeView; scene: Scene; scaleOf: ScaleOf; step: View["step"] } | null = null;

  function redraw(): void {
    if (!last) return;
    const { scene, view } = last;
    const id = view.inspected;
    const graphNode = id === null ? undefined : scene.nodes.get(id);
    root.hidden = !graphNode;
    if (id === null || !graphNode) return;
    release.hidden = view.selected === null;
    const node = view.node(id);
    if (shown && shown.node === node && shown.scene === scene && shown.scaleOf === scaleOf && shown.step === view.step)
      return;
    shown = { node, scene, scaleOf, step: view.step };

    heading.replaceChildren("Node ", element("span", { class: "as-is" }, graphNode.name));
    formula.hidden = graphNode.formula === "";
    if (graphNode.formula !== "") typeset(formula, `${graphNode.latex} = ${graphNode.formula}`);
    facts.replaceChildren(...factsOf(graphNode, node));
    const own = view.step?.node === id ? view.step.quantities : [];
    quantities.replaceChildren(...own.map(quantityFact));
    const [value, grad] = [tensorOf(scene, node.value), tensorOf(scene, node.grad)];
    scaleSwitch.hidden = !value && !grad;
    tensors.value.show(value, graphNode.name, value && scale(scene, "value", value));
    tensors.grad.show(grad, `∂${graphNode.name}`, grad && scale(scene, "grad", grad));
    // The sum over children above shows the same where this is the node that receives.
    const receives = view.step?.kind === "contribution" && view.step.target === id;
    contributions.replaceChildren(
      ...(receives || node.expected === 0
        ? []
        : [element("h3", {}, "Who contributed"), contributionList(scene, node, actions)]),
    );
  }

  function scale(scene: Scene, role: Role, tensor: Tensor): number {
    return scaleOf === "graph" ? graphScale(scene, role) : tensor.largest;
  }

  return {
    update(scene, view) {
      last = { scene, view };
      redraw();
    },
  };
}

function factsOf(graphNode: GraphNode, node: NodeView): HTMLElement[] {
  const value = node.value === null ? slot("not computed yet") : number(node.value);
  const grad = node.grad === null ? slot(stateWords(node)) : number(node.grad);
  const state = element("span", { class: "state" }, squares(node), stateWords(node));
  return [
    fact(node.updated ? "value, updated" : "value", value, "value"),
    fact("gradient", grad, "grad"),
    ...(node.grad === null || node.expected === 0 ? [] : [fact("state", state)]),
    fact("shape", formatShape(graphNode.shape)),
    ...(graphNode.op ? [fact("op", graphNode.op)] : []),
  ];
}

/** A scalar with every digit; of a tensor its shape, since its numbers stand below. */
function number(value: Value): Node {
  return typeof value === "number"
    ? element("span", { title: formatExact(value) }, formatExact(value))
    : document.createTextNode(`${formatShape(value.shape)} numbers, below`);
}

function slot(why: string): HTMLElement {
  return element("span", { class: "slot", title: why }, element("span", {}, why));
}

function quantityFact(quantity: Quantity): HTMLElement {
  const shown = typeof quantity.value === "number" ? formatNumber(quantity.value) : formatShape(quantity.value.shape);
  const row = fact(quantity.name, shown);
  row.title = quantity.says;
  return row;
}

function tensorOf(scene: Scene, value: Value | null): Tensor | null {
  return value !== null && typeof value !== "number" ? (scene.tensors.get(value.ref) ?? null) : null;
}

/** The value's or the gradient's heatmap, histogram and statistics. */
function tensorPart(role: Role, actions: Actions) {
  const view: TensorView = tensorView(role, actions);
  const title = element("h3", {}, role === "value" ? "Value" : "Gradient");
  const bins = element("div");
  const statistics = element("dl", { class: "facts statistics" });
  const root = element("div", { class: `tensor-part ${role}`, hidden: true }, title, view.root, bins, statistics);
  let shown: Tensor | null = null;
  return {
    root,
    show(tensor: Tensor | null, name: string, scale: number | null): void {
      root.hidden = tensor === null;
      if (!tensor || scale === null) return;
      view.update(tensor, name, scale);
      if (tensor === shown) return;
      shown = tensor;
      bins.replaceChildren(histogram(tensor, role));
      statistics.replaceChildren(...statisticsOf(tensor));
      setText(title, `${role === "value" ? "Value" : "Gradient"}, ${formatShape(tensor.shape)}`);
    },
  };
}

function statisticsOf(tensor: Tensor): HTMLElement[] {
  const count = tensor.shape.reduce((product, size) => product * size, 1);
  return [
    fact("smallest", formatNumber(tensor.minimum)),
    fact("largest", formatNumber(tensor.maximum)),
    fact("mean", formatNumber(tensor.mean)),
    fact("spread (std)", formatNumber(tensor.std)),
    fact("norm", formatNumber(tensor.norm)),
    fact("exactly zero", `${tensor.zeros.toLocaleString("en")} of ${count.toLocaleString("en")}`),
    ...(tensor.not_finite > 0 ? [fact("NaN or infinite", tensor.not_finite.toLocaleString("en"))] : []),
  ];
}

/** A segmented switch of radio buttons, the first one chosen. */
function segments(
  name: string,
  legend: string,
  options: readonly (readonly [value: string, label: string])[],
  changed: (value: string) => void,
): HTMLElement {
  const inputs = options.map(([value, label], i) => {
    const input = element("input", { type: "radio", name: `inspector-${name}`, value, checked: i === 0 });
    input.addEventListener("change", () => changed(value));
    return element("label", {}, input, element("span", {}, label));
  });
  const legendBox = element("legend", {}, legend);
  return element("fieldset", { class: "choice inline" }, legendBox, element("div", { class: "segments" }, ...inputs));
}
