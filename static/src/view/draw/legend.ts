import { formatNumber } from "../../format";
import { element, setText } from "../element";
import type { Role } from "../palette";

/** The scale of a map, with what its ends mean; of lengths, which are not negative, only the upper half. */
export interface Legend {
  readonly root: HTMLElement;
  show(role: Role, scale: number, ends: { readonly low?: string; readonly high: string }): void;
}

export function legend(): Legend {
  const bar = element("div", { class: "scale-bar", "aria-hidden": "true" });
  const [low, zero, high] = [element("span"), element("span"), element("span")];
  const root = element("div", { class: "scale" }, low, zero, high, bar);
  return {
    root,
    show(role, scale, ends) {
      const signed = ends.low !== undefined;
      bar.className = `scale-bar role-${role}${signed ? "" : " lengths"}`;
      setText(low, signed ? `≤ ${formatNumber(-scale, 3)} ${ends.low}` : "0");
      setText(zero, signed ? "0" : "");
      setText(high, `${ends.high} ${signed ? "≥ +" : ""}${formatNumber(scale, 3)}`);
    },
  };
}
