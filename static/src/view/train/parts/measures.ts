import { element } from "../../element";

const MEASURES: readonly (readonly [name: string, says: string])[] = [
  [
    "gradient norm",
    "The length of the layer's gradient, its weights and biases taken as one vector: √(sum of squares).",
  ],
  [
    "update to weights",
    "The length of an update over the length of the weights it changes. As a rule of thumb about 0.001 is healthy: " +
      "below 0.0001 the weights hardly move, above 0.01 they hardly stay.",
  ],
  [
    "dead units",
    "A ReLU unit that is 0 for every picture of the batch: its slope is 0 there, so no gradient reaches its weights, " +
      "and only other pictures can wake it.",
  ],
  [
    "saturated",
    "An activation so far out that its slope is below a tenth of its largest: the gradient that passes it shrinks as much.",
  ],
];

/** One sentence for each measure of a layer, to be unfolded by pointer or keyboard. */
export function unitsExplained(host: HTMLElement): void {
  const entries = MEASURES.flatMap(([name, says]) => [element("dt", {}, name), element("dd", {}, says)]);
  host.append(
    element(
      "details",
      { class: "measures-explained" },
      element("summary", {}, "What is measured"),
      element("dl", {}, ...entries),
    ),
  );
}
