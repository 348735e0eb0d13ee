import { pixels } from "../heatmap";
import { mapsOf, type Picture, pictureOf } from "../picture";
import type { Tensor } from "../state";
import { onThemeChange, paletteOf, type Role } from "./palette";

/** From this size of a cell, in CSS pixels, negative numbers and those that are none carry a mark. */
const MARKED_FROM = 10;

const drawings = new WeakMap<Element, () => void>();
let following = false;

/** Draws a heatmap that nobody else draws again, now and whenever the theme changes while it is on the page. */
export function drawLasting(canvas: HTMLCanvasElement, draw: () => void): void {
  if (!following) {
    onThemeChange(() => {
      for (const shown of document.querySelectorAll("canvas.heat")) drawings.get(shown)?.();
    });
  }
  following = true;
  drawings.set(canvas, draw);
  draw();
}

/**
 * Draws a tensor's picture as a heatmap, a pixel a number; the style sheet enlarges it without blurring.
 *
 * The scale is symmetric: `scale` and beyond is the full hue, 0 the colour of the paper.
 */
export function drawTensor(canvas: HTMLCanvasElement, tensor: Tensor, role: Role, scale: number): void {
  drawPicture(canvas, pictureOf(tensor), role, scale);
}

/** Draws one of a tensor's rows, where these are pictures. */
export function drawMap(canvas: HTMLCanvasElement, tensor: Tensor, row: number, role: Role, scale: number): void {
  const picture = mapsOf(tensor)[row];
  if (picture) drawPicture(canvas, picture, role, scale);
}

/** Draws a picture with cells of `cell` CSS pixels; large cells carry the marks of sign. */
export function drawPicture(canvas: HTMLCanvasElement, picture: Picture, role: Role, scale: number, cell = 1): void {
  const { rows, columns, numbers } = picture;
  const marked = cell >= MARKED_FROM;
  const size = marked ? Math.round(cell * window.devicePixelRatio) : 1;
  canvas.width = columns * size;
  canvas.height = rows * size;
  const context = canvas.getContext("2d");
  if (!context) return;
  const palette = paletteOf(role);
  const bytes = pixels(numbers, scale, palette);
  if (!marked) {
    context.putImageData(new ImageData(bytes, columns, rows), 0, 0);
    return;
  }
  const paper = `rgb(${palette.zero.join(" ")})`;
  const ink = `rgb(${palette.negative.join(" ")})`;
  for (let i = 0; i < numbers.length; i++) {
    const [x, y] = [(i % columns) * size, Math.floor(i / columns) * size];
    context.fillStyle = `rgb(${bytes[i * 4]} ${bytes[i * 4 + 1]} ${bytes[i * 4 + 2]})`;
    context.fillRect(x, y, size, size);
    const number = numbers[i] ?? 0;
    // On a faint cell the mark is dark, on a strong one light.
    context.fillStyle = context.strokeStyle = Math.abs(number) < scale / 2 ? ink : paper;
    if (Number.isNaN(number) || Math.abs(number) === Number.POSITIVE_INFINITY) markInvalid(context, x, y, size);
    else if (number < 0) context.fillRect(x + size * 0.3, y + size * 0.46, size * 0.4, Math.max(1, size * 0.08));
  }
}

function markInvalid(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  context.lineWidth = Math.max(1, size * 0.1);
  context.beginPath();
  context.moveTo(x + size * 0.25, y + size * 0.25);
  context.lineTo(x + size * 0.75, y + size * 0.75);
  context.moveTo(x + size * 0.75, y + size * 0.25);
  context.lineTo(x + size * 0.25, y + size * 0.75);
  context.stroke();
}
