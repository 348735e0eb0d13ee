import { formatNumber } from "../format";
import type { Tensor } from "../state";
import { element, svgElement } from "./element";
import type { Role } from "./palette";

const HEIGHT = 40;

/** How many of a tensor's numbers lie where: its 32 bins over [-largest, largest], zero in the middle. */
export function histogram(tensor: Tensor, role: Role): HTMLElement {
  const { histogram: bins, largest } = tensor;
  const most = Math.max(1, ...bins);
  const width = (2 * largest) / bins.length;
  const bars = bins.map((count, i) => {
    // A bin that is not empty stays visible beside one of thousands.
    const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
    const from = -largest + i * width;
    const bar = svgElement("rect", {
      x: i + 0.06,
      width: 0.88,
      y: HEIGHT - height,
      height,
      class: i < bins.length / 2 ? "negative" : "positive",
    });
    bar.append(
      svgElement("title", {}, `${count} of the numbers lie in ${formatNumber(from)} … ${formatNumber(from + width)}`),
    );
    return bar;
  });
  const svg = svgElement(
    "svg",
    {
      viewBox: `0 0 ${bins.length} ${HEIGHT}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": `Histogram from ${formatNumber(-largest)} to ${formatNumber(largest)}`,
    },
    ...bars,
    svgElement("line", { x1: bins.length / 2, x2: bins.length / 2, y1: 0, y2: HEIGHT, class: "zero" }),
  );
  const axis = [-largest, 0, largest].map((x) => element("span", {}, formatNumber(x)));
  return element("div", { class: `histogram role-${role}` }, svg, element("div", { class: "axis" }, ...axis));
}
