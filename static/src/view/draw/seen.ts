import { FULL } from "../../data/picture";
import type { Digit } from "../../draw/api";
import { formatNumber } from "../../format";
import type { Picture } from "../../picture";
import { cellCursor } from "../cursor";
import { element, setText } from "../element";
import { drawLasting, drawPicture } from "../heat";

const SIDE = 28;
const RESTING = "Point at a pixel to read its number.";
const EMPTY: Picture = { rows: SIDE, columns: SIDE, numbers: new Float32Array(SIDE * SIDE) };

export interface Seen {
  readonly root: HTMLElement;
  /** null: there is nothing to see. */
  show(digit: Digit | null): void;
}

/** The grey levels of a digit as a picture that can be drawn. */
export function pictureOf({ picture }: Digit): Picture {
  return { rows: SIDE, columns: SIDE, numbers: Float32Array.from(picture.flat()) };
}

/** Draws a digit's picture, a pixel a number, from the colour of the paper for 0 to the full hue for 255. */
export function drawDigit(canvas: HTMLCanvasElement, digit: Digit | null): void {
  const picture = digit ? pictureOf(digit) : EMPTY;
  drawLasting(canvas, () => drawPicture(canvas, picture, "value", FULL));
}

/** The picture as the network sees it, large; a cursor reads its pixels. */
export function seenPicture(): Seen {
  const canvas = element("canvas", { class: "heat", role: "img" });
  const mark = element("i", { class: "mark", hidden: true });
  const readout = element("p", { class: "readout quiet", "aria-live": "polite" });
  const scale = element(
    "div",
    { class: "grey-scale quiet" },
    element("span", {}, "0"),
    element("i", { "aria-hidden": "true" }),
    element("span", {}, `${FULL}, full ink`),
  );
  const root = element("div", { class: "seen" }, element("div", { class: "surface" }, canvas, mark), scale, readout);
  let shown: Digit | null = null;
  let at: readonly [row: number, column: number] | null = null;

  const read = (row: number, column: number) => {
    at = [row, column];
    mark.hidden = false;
    mark.style.setProperty("--row", String(row));
    mark.style.setProperty("--column", String(column));
    const level = shown?.picture[row]?.[column] ?? 0;
    readout.replaceChildren(
      `Row ${row}, column ${column}: `,
      element("b", { class: "role-value" }, String(level)),
      ` of ${FULL}; the network reads ${formatNumber(level / FULL)}.`,
    );
  };
  const rest = () => {
    at = null;
    mark.hidden = true;
    setText(readout, shown ? RESTING : "");
  };
  cellCursor(canvas, { rows: SIDE, columns: SIDE, read, leave: rest });
  rest();

  return {
    root,
    show(digit) {
      if (digit !== shown || !canvas.hasAttribute("aria-label")) {
        shown = digit;
        const label = digit
          ? "28 by 28 pixels, as the network sees them. Arrow keys read single pixels."
          : "No picture";
        canvas.setAttribute("aria-label", label);
        drawDigit(canvas, digit);
      }
      if (at) read(...at);
      else rest();
    },
  };
}
