import type { Actions, Contribution, NodeView, Panel, Scene, View } from "../state";
import { element, section } from "./element";
import { pictured } from "./words";

/**
 * The sum over children, always, also when there is only one: a row for each contribution received, an empty one for each
 * that is still missing, and the total with its state.
 */
export function sumPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, heading, body } = section("sum", "Sum over children");
  host.append(root);
  let shown: NodeView | null = null;

  return {
    update(scene: Scene, view: View) {
      const { step } = view;
      const receiver = step?.kind === "contribution" || step?.kind === "seed" ? (step.target ?? step.node) : null;
      root.hidden = receiver === null;
      const node = receiver === null ? null : view.node(receiver);
      if (node === shown || node === null) return;
      shown = node;
      const name = scene.nodes.get(node.id)?.name ?? "";
      heading.replaceChildren("Sum over children of ", element("span", { class: "as-is" }, name));
      body.replaceChildren(contributionList(scene, node, actions), totalRow(scene, node));
    },
  };
}

/** Who contributed what to a node's grad; each row leads to the step that brought it. */
export function contributionList(scene: Scene, node: NodeView, actions: Actions): HTMLElement {
  const rows = node.contributions.map((contribution) => contributionRow(scene, contribution, actions));
  const missing = Math.max(0, node.expected - node.received);
  for (let i = 0; i < missing; i++) {
    rows.push(
      element("li", { class: "missing" }, element("span", {}, "not here yet"), element("span", { class: "slot" })),
    );
  }
  return element("ul", { class: "contributions" }, ...rows);
}

function contributionRow(scene: Scene, contribution: Contribution, actions: Actions): HTMLElement {
  const child = scene.nodes.get(contribution.node);
  // x*x has two wires to one node: say which.
  const parallel = child && new Set(child.inputs).size < child.inputs.length;
  const from = `from ${child?.name ?? ""}${parallel ? `, input ${contribution.port + 1}` : ""}`;
  const button = element(
    "button",
    { type: "button", title: `Go to step ${contribution.step + 1}` },
    element("span", {}, from),
    pictured(contribution.value, "grad", scene.tensors),
  );
  button.addEventListener("click", () => actions.seek(contribution.step + 1));
  return element("li", {}, button);
}

/** "▪▪▫ 2 of 3 received, partial" and the grad so far. */
function totalRow(scene: Scene, node: NodeView): HTMLElement {
  return element(
    "p",
    { class: "total" },
    element("span", {}, squares(node), stateWords(node)),
    node.grad === null ? "" : pictured(node.grad, "grad", scene.tensors),
  );
}

/** A square for each contribution expected, filled where it has been received. */
export function squares(node: NodeView): HTMLElement {
  const all = Array.from({ length: Math.max(node.expected, node.received) }, (_, i) =>
    element("i", { class: i < node.received ? "received" : null }),
  );
  return element("span", { class: "squares", "aria-hidden": "true" }, ...all);
}

/** The state of a grad in words. */
export function stateWords(node: NodeView): string {
  if (node.expected === 0) return node.grad === null ? "no gradient flows here" : "the seed, final";
  if (node.state === "unreached") return `unreached: 0 of ${node.expected} received`;
  return `${node.received} of ${node.expected} received, ${node.state}`;
}
