import { formatExact, formatNumber } from "../format";
import { pictureOf, pixelAt, type Region, regionOf, regionSize } from "../picture";
import type { Actions, Tensor } from "../state";
import { cellCursor } from "./cursor";
import { element, setText } from "./element";

/** How long the pointer rests before the exact numbers are asked for. */
const REST_MS = 60;

/** One element of a tensor, seen as a matrix. */
export interface Cell {
  readonly tensor: Tensor;
  readonly row: number;
  readonly column: number;
  readonly name: string;
}

/** A surface of cells that a pointer or the arrow keys can read. */
export interface Surface {
  readonly label: string;
  readonly rows: number;
  readonly columns: number;
  describe(row: number, column: number): Cell;
  /** Clicking a cell, or Enter, opens it. */
  pick(row: number, column: number): void;
}

export interface ExactReader {
  attach(canvas: HTMLCanvasElement, surface: Surface): void;
  /** What the readout says while nothing is pointed at. */
  rest(text: string): void;
}

/** Shows the exact number of the cell under the pointer or the keyboard's cursor, asking the server for it. */
export function exactReader(readout: HTMLElement, actions: Actions): ExactReader {
  let resting = "";
  let asked = 0;
  let timer = 0;
  let known: { tensor: Tensor; region: Region; numbers: number[][] } | null = null;

  function show(cell: Cell): void {
    window.clearTimeout(timer);
    const { tensor, row, column } = cell;
    const exact = known?.tensor === tensor ? lookUp(known, row, column) : null;
    readout.replaceChildren(...words(cell, exact));
    const token = ++asked;
    if (exact !== null) return;
    timer = window.setTimeout(async () => {
      const region = around(tensor, row, column);
      try {
        const { numbers } = await actions.window(tensor.ref, region.rows, region.columns);
        known = { tensor, region, numbers };
        if (token === asked) readout.replaceChildren(...words(cell, lookUp(known, row, column)));
      } catch {
        if (token === asked) readout.append(" (the exact number is not available just now)");
      }
    }, REST_MS);
  }

  function leave(): void {
    window.clearTimeout(timer);
    asked += 1;
    setText(readout, resting);
  }

  return {
    attach(canvas, surface) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${surface.label}. Arrow keys read single numbers.`);
      cellCursor(canvas, {
        ...surface,
        read: (row, column) => show(surface.describe(row, column)),
        leave,
      });
    },
    rest(text) {
      resting = text;
      leave();
    },
  };
}

/** The numbers to ask for: the pixel's own, and a few neighbours for the next move of the pointer. */
function around(tensor: Tensor, row: number, column: number): Region {
  const side = 16; // 33 × 31 numbers stay below the 1,024 that one answer may hold
  const columns = tensor.shape.at(-1) ?? 1;
  const rows = tensor.shape.slice(0, -1).reduce((product, size) => product * size, 1);
  return {
    rows: [Math.max(0, row - side), Math.min(rows, row + side + 1)],
    columns: [Math.max(0, column - side + 1), Math.min(columns, column + side)],
  };
}

function lookUp(known: { region: Region; numbers: number[][] }, row: number, column: number): number | null {
  return known.numbers[row - known.region.rows[0]]?.[column - known.region.columns[0]] ?? null;
}

function words({ tensor, row, column, name }: Cell, exact: number | null): Node[] {
  const pixel = pixelAt(tensor, row, column);
  const picture = pictureOf(tensor);
  const drawn = picture.numbers[pixel.row * picture.columns + pixel.column] ?? Number.NaN;
  const number = exact ?? (tensor.exact ? drawn : null);
  const parts: Node[] = [
    element("span", {}, `${name} = `),
    element("b", {}, number === null ? "…" : exact === null ? formatNumber(number) : formatExact(number)),
  ];
  if (!tensor.exact && !tensor.images) {
    const size = regionSize(regionOf(tensor, pixel.row, pixel.column));
    parts.push(element("small", {}, ` its pixel averages ${size} numbers: ${formatNumber(drawn)}`));
  }
  return parts;
}
