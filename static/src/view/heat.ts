import { bytePixels, type Palette, pixels } from "../heatmap";
import { GUTTER, type Picture, pictureOf } from "../picture";
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
  drawMaps(canvas, tensor, { first: row, count: 1, columns: 1, stride: 1, gutter: 0 }, role, scale);
}

/**
 * Draws all rows of a tensor as the pictures they are, so many beside each other. Of so many that each is drawn small
 * anyway, every second or fourth pixel is drawn.
 */
export function drawGrid(
  canvas: HTMLCanvasElement,
  tensor: Tensor,
  role: Role,
  columns: number,
  { scale = tensor.largest, stride = 1 } = {},
): void {
  drawMaps(canvas, tensor, { first: 0, count: tensor.shape[0] ?? 0, columns, stride, gutter: GUTTER }, role, scale);
}

interface Grid {
  /** The first row that is drawn, and how many are. */
  readonly first: number;
  readonly count: number;
  /** Pictures beside each other. */
  readonly columns: number;
  /** Of how many pixels one is drawn, each way. */
  readonly stride: number;
  readonly gutter: number;
}

function drawMaps(canvas: HTMLCanvasElement, tensor: Tensor, grid: Grid, role: Role, scale: number): void {
  const { images, maps } = tensor;
  const { first, count, columns, stride, gutter } = grid;
  if (!images || !maps || (first + count) * images[0] * images[1] > maps.length) return;
  const [height, width] = images;
  const [shownHeight, shownWidth] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const [down, across] = [shownHeight + 2 * gutter, shownWidth + 2 * gutter];
  const [imageHeight, imageWidth] = [Math.ceil(count / columns) * down, columns * across];
  canvas.width = imageWidth;
  canvas.height = imageHeight;
  const context = canvas.getContext("2d");
  if (!context) return;
  const image = new ImageData(imageWidth, imageHeight);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = coloursOf(tensor, role, scale);
  for (let i = 0; i < count; i++) {
    const from = (first + i) * width * height;
    const to = (Math.floor(i / columns) * down + gutter) * imageWidth + (i % columns) * across + gutter;
    for (let y = 0; y < shownHeight; y++) {
      const [source, target] = [from + y * stride * width, to + y * imageWidth];
      for (let x = 0; x < shownWidth; x++) pixels[target + x] = colours[maps[source + x * stride] as number] as number;
    }
  }
  context.putImageData(image, 0, 0);
}

const colourTables = new WeakMap<Tensor, { palette: Palette; scale: number; colours: Uint32Array }>();

/** The colours of a tensor's bytes; a grid of many maps asks for the same ones again and again. */
function coloursOf(tensor: Tensor, role: Role, scale: number): Uint32Array {
  const palette = paletteOf(role);
  const known = colourTables.get(tensor);
  if (known?.palette === palette && known.scale === scale) return known.colours;
  const colours = bytePixels(tensor.maps_zero, tensor.maps_scale, scale, palette);
  colourTables.set(tensor, { palette, scale, colours });
  return colours;
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
