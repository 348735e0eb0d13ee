import { formatNumber } from "../../format";
import { element, setText } from "../element";
import type { Role } from "../palette";

/** What the ends of a scale mean; without `low`, of lengths, there is only the upper half. */
interface Ends {
  readonly low?: string;
  readonly high: string;
  /** No number lies beyond them. */
  readonly exact?: boolean;
}

/** The scale of a map, printed. */
export interface Legend {
  readonly root: HTMLElement;
  show(role: Role, scale: number, ends: Ends): void;
}

export function legend(): Legend {
  const bar = element("div", { class: "scale-bar", "aria-hidden": "true" });
  const [low, zero, high] = [element("span"), element("span"), element("span")];
  const root = element("div", { class: "scale" }, low, zero, high, bar);
  return {
    root,
    show(role, scale, ends) {
      const signed = ends.low !== undefined;
      if (scale === 0) {
        // Nothing to be measured: there is no end to print.
        for (const end of [low, high]) setText(end, "");
        setText(zero, "0");
        bar.className = "scale-bar";
        return;
      }
      const [less, more] = ends.exact ? ["", ""] : ["≤ ", "≥ "];
      bar.className = `scale-bar role-${role}${signed ? "" : " lengths"}`;
      setText(low, signed ? `${less}${formatNumber(-scale, 3)} ${ends.low}`.trim() : "0");
      setText(zero, signed ? "0" : "");
      setText(high, `${ends.high} ${signed ? `${more}+` : ""}${formatNumber(scale, 3)}`.trim());
    },
  };
}
