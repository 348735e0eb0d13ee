// What can be said before the first step and after the last, from the trace alone. Pure: no DOM.
import { formatNumber } from "./format";
import type { Scene, Text } from "./state";

/** What is known at position 0, and what can be done. */
export function openingText(scene: Scene): Text {
  const leaves = scene.graph.nodes.filter((node) => node.inputs.length === 0 && node.kind !== "constant");
  const names = leaves.filter((node) => node.lane === leaves[0]?.lane).map((node) => node.name);
  return [
    ["plain", names.length > 1 ? "Only the leaves are known: " : "Only the leaf is known: "],
    ...listed(names.slice(0, 5)),
    ["plain", names.length > 5 ? ` and ${names.length - 5} more. ` : ". "],
    ["plain", `Step forward to compute the first node${scene.leaves.length > 0 ? ", or change a value" : ""}.`],
  ];
}

/** What the finished pass has found: the leaf whose gradient is largest, and what that means for the root; empty where no leaf is a scalar. Where numbers that must meet do not, nothing but that. */
export function closingText(scene: Scene): Text {
  if (scene.checks.some((check) => !check.equal)) {
    return [["plain", "Done, but these are not the true gradients: below, the numbers do not meet."]];
  }
  const root = scene.nodes.get(scene.graph.roots[0] ?? -1);
  const steepest = steepestLeaf(scene);
  if (!root || !steepest) return [];
  const { name, grad, among } = steepest;
  if (grad === 0) {
    return [
      ["plain", "Done. To first order "],
      ["name", root.name],
      ["plain", " does not move with any leaf: here it is flat."],
    ];
  }
  return [
    ["plain", "Done: "],
    ["name", root.name],
    ["plain", among === 1 ? " moves with " : " moves most with "],
    ["name", name],
    ["plain", ": nudge it up a little, and "],
    ["name", root.name],
    ["plain", ` ${grad > 0 ? "rises" : "falls"} by `],
    ["grad", formatNumber(Math.abs(grad))],
    ["plain", " times as much."],
  ];
}

/** The scalar leaf with the gradient of largest magnitude, and among how many; null where no leaf is a scalar. */
function steepestLeaf(scene: Scene): { name: string; grad: number; among: number } | null {
  const lane = scene.nodes.get(scene.graph.roots[0] ?? -1)?.lane;
  const found = scene.graph.nodes.flatMap((node) => {
    const grad = scene.grads.get(node.id);
    return node.inputs.length === 0 && node.lane === lane && typeof grad === "number" && Number.isFinite(grad)
      ? [{ name: node.name, grad }]
      : [];
  });
  const [first, ...rest] = found;
  if (!first) return null;
  const steepest = rest.reduce((best, leaf) => (Math.abs(leaf.grad) > Math.abs(best.grad) ? leaf : best), first);
  return { ...steepest, among: found.length };
}

function listed(names: readonly string[]): Text {
  return names.flatMap(
    (name, i): Text =>
      i === 0
        ? [["name", name]]
        : [
            ["plain", ", "],
            ["name", name],
          ],
  );
}
