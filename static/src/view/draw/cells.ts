import { countsText, type Layer } from "../../draw/answer-forward";
import { formatNumber } from "../../format";
import { clamp } from "../../numbers";
import { cellCursor } from "../cursor";
import { element, setText } from "../element";
import { drawLasting, drawPicture } from "../heat";

/** A layer's picture is about so wide, in CSS pixels; its cells are of whole pixels. */
const WIDTH = 168;
const SMALLEST = 2;
const LARGEST = 14;

export interface LayerCells {
  readonly root: HTMLElement;
  /** Another layer of as many numbers. */
  show(layer: Layer, scale: number): void;
}

/** A layer's numbers as cells in rows, `like` in number and columns; a cursor reads them. */
export function layerCells(like: Layer, read: (text: string) => void): LayerCells {
  const { columns } = like;
  const count = like.numbers.length;
  const rows = Math.ceil(count / columns);
  const cell = clamp(Math.floor(WIDTH / columns), SMALLEST, LARGEST);
  const canvas = element("canvas", { class: "heat", role: "img" });
  canvas.style.width = `${columns * cell}px`;
  canvas.style.height = `${rows * cell}px`;
  const title = element("b");
  const counts = element("span", { class: "quiet" });
  const root = element("figure", {}, canvas, element("figcaption", {}, title, counts));
  let shown = like;
  cellCursor(canvas, {
    rows,
    columns,
    read(row, column) {
      const unit = row * columns + column;
      const number = shown.numbers[unit];
      read(number === undefined ? "" : `${shown.title}, unit ${unit}: ${formatNumber(number)}`);
    },
    leave: () => read(""),
  });

  return {
    root,
    show(layer, scale) {
      shown = layer;
      setText(title, layer.title);
      setText(counts, countsText(layer));
      canvas.setAttribute("aria-label", `${layer.title}: ${count} values. Arrow keys read them.`);
      const numbers = new Float32Array(rows * columns);
      numbers.set(layer.numbers);
      drawLasting(canvas, () => {
        drawPicture(canvas, { rows, columns, numbers }, "value", scale, cell);
        // The last row may be longer than what there is to show: no pixel without a number.
        const size = canvas.width / columns;
        const rest = count % columns;
        if (rest > 0) canvas.getContext("2d")?.clearRect(rest * size, (rows - 1) * size, (columns - rest) * size, size);
      });
    },
  };
}
