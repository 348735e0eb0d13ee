import { lookOf } from "../../charts/looks";
import { svgElement } from "../element";

/** How a series is drawn, small: its line with its end marker. */
export function swatch(look: number): SVGSVGElement {
  const { token, dash, marker } = lookOf(look);
  return svgElement(
    "svg",
    {
      class: "swatch",
      viewBox: "-20 -6 27 12",
      width: 27,
      height: 12,
      "aria-hidden": "true",
      style: `color: var(${token})`,
    },
    svgElement("path", { class: "stroke", d: "M-20 0H0", "stroke-dasharray": dash.join(" ") }),
    svgElement("path", { class: "fill", d: marker }),
  );
}
