import type { Learned } from "../../draw/api";
import { numbersOf } from "../../draw/api";
import { lessonText } from "../../draw/learn";
import { largestOf, SIDE, signed, strongOf } from "../../draw/why";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import { chances } from "./chances";
import { changesTable } from "./changes-table";
import { lossHistory } from "./loss-history";
import { legend, pixelReader, surface } from "./surface";

interface Context {
  readonly rate: number;
  /** Where the training step can be walked. */
  readonly walk: string;
  readonly ink: Float32Array;
}

/** What the latest training step did: loss, probabilities, every parameter, and the pixels it came from. */
export function lessonResult(): { readonly root: HTMLElement; show(learned: Learned, context: Context): void } {
  const says = element("p", { class: "verdict", role: "status" });
  const walk = element("a", { class: "ghost" }, "Walk this training step");
  const bars = chances("Probabilities");
  bars.name("before", "after");
  const [history, table, maps] = [lossHistory(), changesTable(), lessonMaps()];
  const root = element(
    "div",
    { class: "lesson-result", hidden: true },
    element("div", { class: "reasons-bar" }, says, walk),
    element("div", { class: "lesson-pictures" }, bars.root, history.root),
    table.root,
    maps.root,
  );
  return {
    root,
    show(learned, context) {
      root.hidden = false;
      setText(says, lessonText(learned));
      walk.href = context.walk;
      bars.show(learned.before.probabilities, learned.after.probabilities, new Map([[learned.label, "label"]]));
      history.show(learned);
      table.show(learned, context.rate);
      maps.show(learned, context.ink);
    },
  };
}

/** The derivative of the loss by each pixel, and how far the weights moved that lead away from it. */
function lessonMaps() {
  const [pixels, weights] = [surface(), surface()];
  const [pixelScale, weightScale] = [legend(), legend()];
  let shown: { ink: Float32Array; pixels: Float32Array; weights: Float32Array } | null = null;
  const reader = pixelReader([pixels, weights], (row, column) => {
    const at = row * SIDE + column;
    return [
      ["plain", `Row ${row}, column ${column}: pixel `],
      ["value", formatNumber(shown?.ink[at] ?? 0)],
      ["plain", ", ∂L/∂pixel "],
      ["grad", signed(shown?.pixels[at] ?? 0)],
      ["plain", "; its weights moved by "],
      ["value", formatNumber(shown?.weights[at] ?? 0)],
      ["plain", "."],
    ];
  });
  const figure = (title: string, says: string, ...shown: HTMLElement[]) =>
    element("figure", {}, element("figcaption", {}, element("b", {}, title), " ", says), ...shown);
  return {
    root: element(
      "div",
      { class: "lesson-maps" },
      figure(
        "Where weights moved.",
        "Length of the change of the weights that lead away from each pixel: without ink there is no gradient, and nothing moves.",
        weights.root,
        weightScale.root,
      ),
      figure(
        "Down to the pixels.",
        "∂L/∂pixel before the update: less ink where it is positive, more where it is negative, would have lowered the loss.",
        pixels.root,
        pixelScale.root,
      ),
      reader.root,
    ),
    show(learned: Learned, ink: Float32Array): void {
      shown = { ink, pixels: numbersOf(learned.pixels), weights: numbersOf(learned.weights) };
      const [steepest, farthest] = [strongOf(shown.pixels), largestOf(shown.weights)];
      pixels.show({
        numbers: shown.pixels,
        scale: steepest,
        role: "grad",
        ink,
        label: "Derivative of the loss by each pixel",
      });
      weights.show({
        numbers: shown.weights,
        scale: farthest,
        role: "value",
        label: "Change of the weights of each pixel",
      });
      pixelScale.show("grad", steepest, { low: "more ink", high: "less ink" });
      weightScale.show("value", farthest, { high: "length" });
      reader.refresh();
    },
  };
}
