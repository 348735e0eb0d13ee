import { formatNumber } from "../../../format";
import { element, setText } from "../../element";
import type { Role } from "../../palette";

export interface ScaleBar {
  readonly root: HTMLElement;
  /** Prints the symmetric scale: the magnitude drawn in full hue. */
  update(scale: number): void;
}

/** The colours of a heatmap from one end of its symmetric scale to the other, with both ends printed. */
export function scaleBar(role: Role): ScaleBar {
  const [low, high] = [element("span"), element("span")];
  const root = element(
    "div",
    { class: "scale" },
    low,
    element("span", {}, "0"),
    high,
    element("div", { class: `scale-bar role-${role}`, "aria-hidden": "true" }),
  );
  return {
    root,
    update(scale) {
      setText(low, formatNumber(-scale, 3));
      setText(high, formatNumber(scale, 3));
    },
  };
}
