import { clamp } from "../numbers";

/** Cells in rows and columns, that a pointer or the arrow keys can read. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  /** The cursor stands on a cell. */
  read(row: number, column: number): void;
  /** The cursor has left. */
  leave(): void;
  /** A click on a cell, or Enter. */
  pick?(row: number, column: number): void;
}

const MOVES: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
/** With Shift an arrow key goes so many cells. */
const STRIDE = 10;

/** Gives the cells of a canvas a cursor, moved by the pointer or by the arrow keys. */
export function cellCursor(canvas: HTMLCanvasElement, cells: Cells): void {
  let at = { row: 0, column: 0 };
  canvas.tabIndex = 0;
  const go = (row: number, column: number) => {
    at = { row: clamp(row, 0, cells.rows - 1), column: clamp(column, 0, cells.columns - 1) };
    cells.read(at.row, at.column);
  };
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    go(
      Math.floor(((event.clientY - box.top) / box.height) * cells.rows),
      Math.floor(((event.clientX - box.left) / box.width) * cells.columns),
    );
  });
  canvas.addEventListener("click", () => cells.pick?.(at.row, at.column));
  canvas.addEventListener("pointerleave", () => cells.leave());
  canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && go(at.row, at.column));
  canvas.addEventListener("blur", () => cells.leave());
  canvas.addEventListener("keydown", (event) => {
    if (event.key === "Enter") cells.pick?.(at.row, at.column);
    const [down, right] = MOVES[event.key] ?? [0, 0];
    if (down === 0 && right === 0) return;
    // The page listens for the same keys.
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? STRIDE : 1;
    go(at.row + down * size, at.column + right * size);
  });
}
