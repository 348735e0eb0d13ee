import { percent } from "../../draw/answer-words";
import type { Digit, Prediction } from "../../draw/api";
import { element, releaseAfterPointer, setText } from "../element";
import { drawDigit } from "./seen";

export interface DigitRow {
  readonly root: HTMLElement;
  show(prediction: Prediction | null, picked: number): void;
}

/** All digits of a picture in their lines, one of them picked, by pointer or by the arrow keys. */
export function digitRow(pick: (digit: number) => void): DigitRow {
  const lines = element("div", { class: "lines" });
  const text = element("b", { class: "whole-text" });
  const legend = element("legend", {}, "Digits in the picture");
  const root = element("fieldset", { class: "whole", hidden: true }, legend, text, lines);
  releaseAfterPointer(root);
  let cells: readonly Cell[] = [];
  let layout = "";

  return {
    root,
    show(prediction, picked) {
      const digits = prediction?.digits ?? [];
      root.hidden = digits.length < 2;
      if (!prediction || digits.length < 2) return;
      setText(text, prediction.text);
      const now = digits.map(({ line }) => line).join();
      if (now !== layout) {
        layout = now;
        cells = digits.map((_, i) => cellOf(() => pick(i)));
        const numbers = [...new Set(digits.map(({ line }) => line))];
        lines.replaceChildren(
          ...numbers.map((number) =>
            element("div", { class: "line" }, ...cells.flatMap((c, i) => (digits[i]?.line === number ? [c.root] : []))),
          ),
        );
      }
      for (const [i, cell] of cells.entries()) cell.show(digits[i] as Digit, i, i === picked);
    },
  };
}

interface Cell {
  readonly root: HTMLElement;
  show(digit: Digit, place: number, picked: boolean): void;
}

function cellOf(pick: () => void): Cell {
  const input = element("input", { type: "radio", name: "picked-digit" });
  const canvas = element("canvas", { class: "heat", "aria-hidden": "true" });
  const text = element("span", { "aria-hidden": "true" });
  input.addEventListener("change", pick);
  let shown: Digit | null = null;
  return {
    root: element("label", {}, input, canvas, text),
    show(digit, place, picked) {
      input.checked = picked;
      if (digit === shown) return;
      shown = digit;
      const doubtful = digit.doubt ? ", in doubt" : "";
      input.setAttribute("aria-label", `Digit ${place + 1}: ${digit.digit}, ${percent(digit.probability)}${doubtful}`);
      setText(text, digit.doubt ? `${digit.digit}?` : String(digit.digit));
      drawDigit(canvas, digit);
    },
  };
}
