import type { NetworkRecipe } from "../../protocol";
import { drawNetwork, drawSchedule, type NetworkDrawing } from "../../run/drawing";
import { type Choices, chosen, widthsOf } from "../../run/recipe";
import { svgElement } from "../element";

const SIZE = { width: 300, height: 96 };
const BAR = 10;
const SIDE = 34;
const LABEL = 18;

/** The network as bars, each with its width as a number, and what stands between them. */
export function networkPicture(recipe: NetworkRecipe, choices: Choices): SVGSVGElement {
  const widths = widthsOf(recipe, choices);
  const drawing: NetworkDrawing = drawNetwork(widths, SIZE);
  const activation = chosen(choices.activations, recipe.activation).label;
  const last = widths.length - 1;
  const says = (index: number) => (index === 0 ? "pixels" : index === last ? "softmax" : activation);
  const few = widths.length <= 5;
  return svgElement(
    "svg",
    {
      class: "network-picture",
      viewBox: `${-SIDE} ${-LABEL} ${SIZE.width + 2 * SIDE} ${SIZE.height + 2 * LABEL + 2}`,
      role: "img",
      "aria-label": `Layers of ${widths.join(", ")}`,
    },
    ...drawing.links.map((points) => svgElement("polygon", { points })),
    ...drawing.bars.map(({ x, top, height }) =>
      svgElement("rect", { x: x - BAR / 2, y: top, width: BAR, height, rx: 3 }),
    ),
    ...drawing.bars.map(({ width, x }) => svgElement("text", { class: "width", x, y: -6 }, String(width))),
    ...drawing.bars.flatMap(({ x }, index) =>
      few || index === 0 || index === last ? [svgElement("text", { x, y: SIZE.height + LABEL - 2 }, says(index))] : [],
    ),
  );
}

const SCHEDULE = { width: 120, height: 32 };

/** How the learning rate goes over the run: from 0 to its full size upwards, the run from left to right. */
export function schedulePicture(recipe: NetworkRecipe, choices: Choices, steps: number): SVGSVGElement {
  const schedule = chosen(choices.schedules, recipe.schedule);
  const points = drawSchedule(schedule, recipe, steps).map(
    ([x, y]) => `${(x * SCHEDULE.width).toFixed(1)},${((1 - y) * SCHEDULE.height).toFixed(1)}`,
  );
  const { width, height } = SCHEDULE;
  return svgElement(
    "svg",
    {
      class: "schedule-picture",
      viewBox: `-2 -2 ${width + 4} ${height + 4}`,
      width: width + 4,
      height: height + 4,
      "aria-hidden": "true",
    },
    svgElement("path", { class: "base", d: `M0 0V${height}H${width}` }),
    svgElement("polyline", { points: points.join(" ") }),
  );
}
