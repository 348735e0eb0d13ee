import type { Means } from "../../data/api";
import { FULL, meanOf, meanOfAll } from "../../data/picture";
import type { Picture } from "../../picture";
import { element, setText } from "../element";
import { drawLasting, drawPicture } from "../heat";

export interface Classes {
  update(counts: readonly number[], digit: number | null): void;
  /** The mean pictures, once they are here. */
  picture(means: Means | null): void;
}

interface Row {
  readonly digit: number | null;
  readonly root: HTMLElement;
  readonly input: HTMLInputElement;
  readonly canvas: HTMLCanvasElement;
  readonly bar: HTMLElement;
  readonly count: HTMLElement;
}

/** The digits to choose from, with their mean pictures and how often each occurs. */
export function classes(host: HTMLElement, choose: (digit: number | null) => void): Classes {
  const rows = [null, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => row(digit, () => choose(digit)));
  host.replaceChildren(
    element(
      "fieldset",
      {},
      element("legend", {}, "Digit"),
      element("div", { class: "rows" }, ...rows.map((r) => r.root)),
    ),
  );
  return {
    update(counts, digit) {
      const most = Math.max(1, ...counts);
      const total = counts.reduce((sum, count) => sum + count, 0);
      for (const row of rows) {
        const count = row.digit === null ? total : (counts[row.digit] ?? 0);
        row.input.checked = row.digit === digit;
        setText(row.count, count.toLocaleString("en"));
        row.bar.style.width = row.digit === null ? "0" : `${(count / most) * 100}%`;
      }
    },
    picture(means) {
      for (const { digit, canvas } of rows) {
        canvas.hidden = means === null;
        if (means) show(canvas, digit === null ? meanOfAll(means) : meanOf(means, digit));
      }
    },
  };
}

function show(canvas: HTMLCanvasElement, mean: Picture): void {
  drawLasting(canvas, () => drawPicture(canvas, mean, "value", FULL));
}

function row(digit: number | null, choose: () => void): Row {
  const input = element("input", { type: "radio", name: "digit", value: digit ?? "all" });
  input.addEventListener("change", choose);
  const canvas = element("canvas", { class: "heat", "aria-hidden": "true", hidden: true });
  const bar = element("i", {});
  const count = element("small", {});
  const root = element(
    "label",
    { class: "digit" },
    input,
    canvas,
    element("b", {}, digit === null ? "All" : String(digit)),
    element("span", { class: "share", "aria-hidden": "true" }, bar),
    count,
  );
  return { digit, root, input, canvas, bar, count };
}
