import type { Picture } from "../picture";
import type { Matrix } from "../state";
import { element } from "./element";
import { drawPicture } from "./heat";
import { type NumberField, numberField } from "./number-field";
import { onThemeChange } from "./palette";

/** Up to this many rows and columns every number has a field of its own. */
const GRID = 6;

export interface MatrixField {
  readonly root: HTMLElement;
  show(value: Matrix): void;
}

interface Options {
  readonly name: string;
  readonly step: number;
  changed(value: Matrix): void;
  complain(message: string): void;
}

/** A vector or a matrix to be changed: a grid of fields, or a heatmap whose cells open one at a click. */
export function matrixField(options: Options): MatrixField {
  const root = element("div", { class: "matrix-field" });
  let value: Matrix = [];
  let fields: NumberField[][] = [];
  let repaint: (() => void) | null = null;

  const change = (row: number, column: number) => (number: number) => {
    value = withCell(value, row, column, number);
    repaint?.();
    options.changed(value);
  };

  function build(rows: number[][]): void {
    const columns = rows[0]?.length ?? 0;
    if (rows.length <= GRID && columns <= GRID) {
      fields = rows.map((cells, row) =>
        cells.map((_, column) =>
          numberField({ ...options, label: cellName(options.name, value, row, column), changed: change(row, column) }),
        ),
      );
      const grid = element("div", { class: "number-grid" }, ...fields.flat().map((field) => field.input));
      grid.style.setProperty("--columns", String(columns));
      root.replaceChildren(element("div", { class: "scroll-x" }, grid));
    } else {
      const large = largeMatrix(options, () => value, change);
      repaint = large.repaint;
      root.replaceChildren(...large.elements);
    }
  }

  return {
    root,
    show(next) {
      const first = root.childElementCount === 0;
      value = next;
      const rows = rowsOf(next);
      if (first) build(rows);
      for (const [row, cells] of rows.entries()) {
        for (const [column, number] of cells.entries()) fields[row]?.[column]?.show(number);
      }
      repaint?.();
    },
  };
}

function largeMatrix(
  options: Options,
  current: () => Matrix,
  change: (row: number, column: number) => (number: number) => void,
): { elements: HTMLElement[]; repaint: () => void } {
  const canvas = element("canvas", { class: "heat", tabindex: 0, role: "img" });
  canvas.setAttribute("aria-label", `${options.name}. Arrow keys choose a cell, Enter changes its number.`);
  const cell = element("div", { class: "cell-editor" }, "Click a cell to change its number.");
  let at = { row: 0, column: 0 };

  const edit = (focus: boolean) => {
    const name = cellName(options.name, current(), at.row, at.column);
    const field = numberField({ ...options, label: name, changed: change(at.row, at.column) });
    field.show(rowsOf(current())[at.row]?.[at.column] ?? 0);
    cell.replaceChildren(element("span", {}, `${name} =`), field.input);
    if (focus) field.input.focus();
  };
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const rows = rowsOf(current());
    at = {
      row: Math.floor(((event.clientY - box.top) / box.height) * rows.length),
      column: Math.floor(((event.clientX - box.left) / box.width) * (rows[0]?.length ?? 0)),
    };
    edit(true);
  });
  canvas.addEventListener("keydown", (event) => {
    const [down, right] =
      { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    if (event.key !== "Enter" && (down === undefined || right === undefined)) return;
    event.preventDefault();
    event.stopPropagation();
    const rows = rowsOf(current());
    const columns = rows[0]?.length ?? 1;
    at = {
      row: Math.min(rows.length - 1, Math.max(0, at.row + (down ?? 0))),
      column: Math.min(columns - 1, Math.max(0, at.column + (right ?? 0))),
    };
    edit(event.key === "Enter");
  });
  const repaint = () => {
    const picture = asPicture(rowsOf(current()));
    drawPicture(canvas, picture, "value", largestOf(picture));
    canvas.style.aspectRatio = `${picture.columns} / ${picture.rows}`;
  };
  onThemeChange(repaint);
  return { elements: [canvas, cell], repaint };
}

/** A vector is one row. */
function rowsOf(value: Matrix): number[][] {
  if (typeof value === "number") return [[value]];
  return isNested(value) ? value : [value];
}

function isNested(value: number[] | number[][]): value is number[][] {
  return Array.isArray(value[0]);
}

function withCell(value: Matrix, row: number, column: number, number: number): Matrix {
  if (typeof value === "number") return number;
  return isNested(value)
    ? value.map((cells, i) => (i === row ? cells.with(column, number) : cells))
    : value.with(column, number);
}

function cellName(name: string, value: Matrix, row: number, column: number): string {
  return typeof value !== "number" && isNested(value) ? `${name}[${row}, ${column}]` : `${name}[${column}]`;
}

function asPicture(rows: number[][]): Picture {
  return { rows: rows.length, columns: rows[0]?.length ?? 0, numbers: Float32Array.from(rows.flat()) };
}

function largestOf(picture: Picture): number {
  return picture.numbers.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
}
