import { type Learned, numbersOf } from "../../draw/api";
import { largestOf, SIDE, strongOf } from "../../draw/why";
import { signed } from "../../draw/why-words";
import { formatNumber } from "../../format";
import { element } from "../element";
import { legend } from "./legend";
import { pixelReader, surface } from "./surface";

/** The derivative of the loss by each pixel, and how far the weights moved that lead away from it. */
export function lessonMaps(): { readonly root: HTMLElement; show(learned: Learned, ink: Float32Array): void } {
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
