import { gridColumns } from "../cards";
import { formatNumber } from "../format";
import { asMatrix, elementIndex } from "../heatmap";
import { elementName, gridCell, mapCount, type Picture, pictureOf, regionOf, regionSize } from "../picture";
import type { Actions, Tensor } from "../state";
import { element, setText } from "./element";
import { exactReader } from "./exact";
import { drawGrid, drawMap, drawPicture } from "./heat";
import { onThemeChange, type Role } from "./palette";
import { numberTable } from "./table";

/** Matrices up to this many rows and columns are also written out. */
const WRITTEN_OUT = 6;
/** Of a heatmap and of one of its cells, in CSS pixels. */
const LARGEST = { width: 320, height: 240, cell: 28 };
/** How much wider than high a cell may get, or the other way round, to keep long thin tensors visible. */
const STRETCH = 3;
/** Up to this many maps are numbered: classes, but not the pictures of a batch. */
const NUMBERED_MAPS = 16;

export interface TensorContent {
  readonly tensor: Tensor;
  /** What its elements are called. */
  readonly name: string;
  /** Symmetric: the magnitude drawn in full hue. */
  readonly scale: number;
  /** Opens an element into the terms that sum to it; null where nothing can be opened. */
  readonly open: ((element: number[]) => void) | null;
}

export interface TensorView {
  readonly root: HTMLElement;
  update(content: TensorContent): void;
}

/** A tensor as a heatmap with its scale printed and exact numbers under the pointer or the keyboard's cursor. */
export function tensorView(role: Role, actions: Actions): TensorView {
  const root = element("div", { class: "tensor" });
  const surface = element("div", { class: "tensor-surface" });
  const scaleBar = element("div", { class: `scale-bar role-${role}`, "aria-hidden": "true" });
  const [low, middle, high] = [element("span"), element("span", {}, "0"), element("span")];
  const readout = element("output", { class: "readout" });
  const written = element("div", { class: "scroll-x" });
  root.append(surface, element("div", { class: "scale" }, low, middle, high, scaleBar), readout, written);
  const exact = exactReader(readout, actions);
  let shown: TensorContent | null = null;

  function draw(): void {
    if (!shown) return;
    const { tensor, name, scale } = shown;
    const count = mapCount(tensor);
    const maps = count <= NUMBERED_MAPS ? numberedMaps : mapGrid;
    const drawn = count === 0 ? heatmap(tensor, name, scale) : maps(tensor, count, name, scale);
    surface.replaceChildren(drawn);
    setText(low, formatNumber(-scale));
    setText(high, formatNumber(scale));
    const { rows, columns } = asMatrix(tensor.shape);
    const small = rows <= WRITTEN_OUT && columns <= WRITTEN_OUT;
    written.replaceChildren(...(small ? [numberTable(pictureOf(tensor), name)] : []));
    exact.rest(restText(tensor) + (shown.open ? " A click opens it." : ""));
  }

  function heatmap(tensor: Tensor, name: string, scale: number): HTMLElement {
    const picture = pictureOf(tensor);
    const { width, height } = cellSize(picture);
    const canvas = element("canvas", { class: "heat" });
    drawPicture(canvas, picture, role, scale, Math.min(width, height));
    canvas.style.aspectRatio = `${width * picture.columns} / ${height * picture.rows}`;
    canvas.style.width = `${width * picture.columns}px`;
    const matrix = asMatrix(tensor.shape);
    exact.attach(canvas, {
      label: `${name}, ${matrix.rows} by ${matrix.columns} numbers`,
      rows: matrix.rows,
      columns: matrix.columns,
      describe: (row, column) => ({ tensor, row, column, name: elementName(name, tensor.shape, row, column) }),
      pick: (row, column) => shown?.open?.(elementIndex(tensor.shape, row, column)),
    });
    return canvas;
  }

  /** A few pictures, each by itself with its number. */
  function numberedMaps(tensor: Tensor, count: number, name: string, scale: number): HTMLElement {
    const grid = element("div", { class: "maps" });
    for (let row = 0; row < count; row++) {
      const canvas = element("canvas", { class: "heat" });
      drawMap(canvas, tensor, row, role, scale);
      exact.attach(canvas, {
        label: `${name}, picture ${row}`,
        rows: canvas.height,
        columns: canvas.width,
        describe: (y, x) => {
          const column = y * canvas.width + x;
          return { tensor, row, column, name: elementName(name, tensor.shape, row, column) };
        },
        pick: (y, x) => shown?.open?.(elementIndex(tensor.shape, row, y * canvas.width + x)),
      });
      grid.append(element("figure", {}, canvas, element("figcaption", {}, String(row))));
    }
    return grid;
  }

  /** Many pictures, such as those of a batch, on one canvas. */
  function mapGrid(tensor: Tensor, count: number, name: string, scale: number): HTMLElement {
    const columns = gridColumns(count);
    const canvas = element("canvas", { class: "heat all-maps" });
    drawGrid(canvas, tensor, role, columns, { scale });
    exact.attach(canvas, {
      label: `${name}, ${count} pictures`,
      rows: canvas.height,
      columns: canvas.width,
      describe: (y, x) => {
        const { row, column } = gridCell(tensor, columns, y, x);
        return { tensor, row, column, name: elementName(name, tensor.shape, row, column) };
      },
      pick: (y, x) => {
        const { row, column } = gridCell(tensor, columns, y, x);
        shown?.open?.(elementIndex(tensor.shape, row, column));
      },
    });
    return canvas;
  }

  onThemeChange(draw);
  return {
    root,
    update(content) {
      const before = shown;
      shown = content;
      const { tensor, name, scale, open } = content;
      const same = before?.tensor === tensor && before.name === name && before.scale === scale;
      if (!same || (before.open === null) !== (open === null)) draw();
    },
  };
}

export function cellSize(picture: Picture): { width: number; height: number } {
  const width = Math.min(LARGEST.cell, LARGEST.width / picture.columns);
  const height = Math.min(LARGEST.cell, LARGEST.height / picture.rows);
  return { width: Math.min(width, height * STRETCH), height: Math.min(height, width * STRETCH) };
}

/** What stands under the picture while nothing is pointed at. */
function restText(tensor: Tensor): string {
  const { rows, columns } = asMatrix(tensor.shape);
  if (mapCount(tensor) > 0) return `${rows} rows, each drawn as a picture. Point at one to read a number.`;
  if (tensor.exact) return "Each cell is one number. Point at one, or use the arrow keys.";
  const size = regionSize(regionOf(tensor, 0, 0));
  return `${rows}×${columns} numbers; each pixel averages about ${size}. Point at one to read the exact number.`;
}
