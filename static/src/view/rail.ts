import { colourOf } from "./theme";

/** Of a rail's canvas, its cells, and the one that is marked, in CSS pixels. */
export const HEIGHT = 26;
export const CELL = 8;
const ACTIVE = 18;
/** Where cells begin. */
export const TOP = HEIGHT - CELL - 2;

/** The cell where somebody stands, in the colour of a token. */
export function marker(context: CanvasRenderingContext2D, x: number, width: number, token: string): void {
  const y = TOP + CELL - ACTIVE;
  bar(context, colourOf("--focus"), x - 2, y - 2, width + 4, ACTIVE + 4, 4);
  bar(context, colourOf("--panel"), x - 0.5, y - 0.5, width + 1, ACTIVE + 1, 3);
  bar(context, colourOf(`--${token}`), x + 0.5, y + 0.5, width - 1, ACTIVE - 1);
}

export function bar(
  context: CanvasRenderingContext2D,
  colour: string,
  x: number,
  y: number,
  width: number,
  height: number,
  round = 2,
): void {
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x, y, Math.max(width, 1), height, round);
  context.fill();
}
