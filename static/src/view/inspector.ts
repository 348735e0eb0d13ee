import { formatCount } from "../charts/labels";
import { formatExact, formatNumber, formatShape } from "../format";
import type { GraphNode } from "../protocol";
import type { Actions, NodeView, Panel, Scene, Tensor, Value, View } from "../state";
import { graphScale, layerScale } from "../sums";
import { element, section } from "./element";
import { histogram } from "./histogram";
import { typeset } from "./math";
import type { Role } from "./palette";
import { segments } from "./segments";
import { contributionList, squares, stateWords } from "./sum";
import { type TensorContent, type TensorView, tensorView } from "./tensor";
import { amount, fact } from "./words";

type ScaleOf = "tensor" | "layer" | "graph";

/** Everything about one node: the one picked by hand, else the one in the middle of the step. */
export function inspectorPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, heading, body } = section("inspector", "Node");
  const release = element("button", { type: "button", class: "plain-button", hidden: true }, "Follow the walk");
  release.addEventListener("click", () => actions.select(null));
  const formula = element("div", { class: "formula", tabindex: 0, role: "group", "aria-label": "formula of the node" });
  const facts = element("dl", { class: "facts" });
  const scaleSwitch = segments<ScaleOf>(
    "inspector-scale",
    "Colour scale of",
    [
      ["tensor", "tensor"],
      ["layer", "layer"],
      ["graph", "graph"],
    ],
    (value) => {
      scaleOf = value;
      redraw();
    },
  );
  const tensors = { value: tensorPart("value", actions), grad: tensorPart("grad", actions) };
  const contributions = element("div");
  const ofLayer = scaleSwitch.querySelector<HTMLElement>("label:has([value=layer])");
  body.append(formula, facts, scaleSwitch, tensors.value.root, tensors.grad.root, contributions, release);
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
    // The sum over children above shows the same where this is the node that receives.
    const receives = view.step?.kind === "contribution" && view.step.target === id;
    facts.replaceChildren(...factsOf(graphNode, node, !receives));
    const [value, grad] = [tensorOf(scene, node.value), tensorOf(scene, node.grad)];
    scaleSwitch.hidden = !value && !grad;
    if (ofLayer) ofLayer.hidden = !scene.graph.nodes.some(({ layer }) => layer !== "");
    const open = (element: number[]) => actions.openElement(element);
    const makes = (view.step?.kind === "compute" || view.step?.kind === "update") && view.step.node === id;
    tensors.value.show(value, graphNode.name, value && scale(scene, "value", value, graphNode), makes ? open : null);
    tensors.grad.show(
      grad,
      `∂${graphNode.name}`,
      grad && scale(scene, "grad", grad, graphNode),
      receives ? open : null,
    );
    const seeded = scene.graph.roots.includes(id); // by nobody's contribution
    contributions.replaceChildren(
      ...(receives || seeded || node.expected === 0
        ? []
        : [element("h3", {}, "Who contributed"), contributionList(scene, node, actions)]),
    );
  }

  function scale(scene: Scene, role: Role, tensor: Tensor, { layer }: GraphNode): number {
    if (scaleOf === "layer" && layer !== "") return layerScale(scene, role, layer);
    return scaleOf === "graph" ? graphScale(scene, role) : tensor.largest;
  }

  return {
    update(scene, view) {
      const picked = view.selected !== null && view.selected !== last?.view.selected;
      last = { scene, view };
      redraw();
      // What was asked for by hand must not open out of sight.
      if (picked) root.scrollIntoView({ block: "start" });
    },
  };
}

function factsOf(graphNode: GraphNode, node: NodeView, withState: boolean): HTMLElement[] {
  const value = node.value === null ? slot("not computed yet") : number(node.value);
  const none = node.grad === null && node.expected === 0;
  const grad = node.grad === null ? slot(stateWords(node)) : number(node.grad);
  const state = element("span", { class: "state" }, squares(node), stateWords(node));
  return [
    fact(node.updated ? "value, updated" : "value", value, "value"),
    none ? fact("gradient", stateWords(node)) : fact("gradient", grad, "grad"),
    ...(withState && node.grad !== null && node.expected > 0 ? [fact("state", state)] : []),
    fact("shape", formatShape(graphNode.shape)),
    ...(graphNode.op ? [fact("op", graphNode.op)] : []),
  ];
}

/** A scalar with every digit; of a tensor its shape, since its numbers stand below. */
function number(value: Value): Node {
  return typeof value === "number"
    ? element("span", { title: formatExact(value) }, formatExact(value))
    : document.createTextNode(`${amount(value)}, below`);
}

function slot(why: string): HTMLElement {
  return element("span", { class: "slot", title: why }, element("span", {}, why));
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
    show(tensor: Tensor | null, name: string, scale: number | null, open: TensorContent["open"]): void {
      root.hidden = tensor === null;
      if (!tensor || scale === null) return;
      view.update({ tensor, name, scale, open });
      if (tensor === shown) return;
      shown = tensor;
      bins.replaceChildren(histogram(tensor, role));
      statistics.replaceChildren(...statisticsOf(tensor));
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
    fact("zeros", `${formatCount(tensor.zeros)} of ${formatCount(count)}`),
    ...(tensor.not_finite > 0 ? [fact("NaN or infinite", formatCount(tensor.not_finite))] : []),
  ];
}
