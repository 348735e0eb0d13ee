// A tensor as something that can be drawn: rows and columns of numbers, and where each stands in the tensor. Pure: no DOM.
import { asMatrix, elementIndex, fromBytes, pooledRange } from "./heatmap";
import type { Tensor } from "./state";

export interface Picture {
  readonly rows: number;
  readonly columns: number;
  /** Row by row. */
  readonly numbers: Float32Array;
}

/** Half-open ranges of the tensor's rows and columns, seen as a matrix. */
export interface Region {
  readonly rows: [start: number, end: number];
  readonly columns: [start: number, end: number];
}

const mapPictures = new WeakMap<Tensor, readonly Picture[]>();

/** The picture that travelled with a tensor. */
export function pictureOf(tensor: Tensor): Picture {
  const [rows, columns] = tensor.picture_shape;
  return { rows, columns, numbers: tensor.picture };
}

/** How many of its rows travelled as pictures of their own. */
export function mapCount({ images, maps }: Tensor): number {
  return images && maps ? Math.floor(maps.length / (images[0] * images[1])) : 0;
}

/** Its rows as pictures of their own; empty where they are not pictures. */
export function mapsOf(tensor: Tensor): readonly Picture[] {
  let maps = mapPictures.get(tensor);
  if (!maps) {
    maps = tensor.images && tensor.maps ? splitMaps(tensor, tensor.images, tensor.maps) : [];
    mapPictures.set(tensor, maps);
  }
  return maps;
}

/** Around each picture of a grid, in their own pixels. */
export const GUTTER = 1;

/** The number that a pixel (y, x) of all pictures in a grid stands for, by its row and column in the tensor. */
export function gridCell(tensor: Tensor, columns: number, y: number, x: number): { row: number; column: number } {
  const [height, width] = tensor.images ?? [1, 1];
  const [down, across] = [height + 2 * GUTTER, width + 2 * GUTTER];
  const row = Math.min(Math.floor(y / down) * columns + Math.floor(x / across), (tensor.shape[0] ?? 1) - 1);
  const within = (at: number, size: number) => Math.min(Math.max((at % (size + 2 * GUTTER)) - GUTTER, 0), size - 1);
  return { row, column: within(y, height) * width + within(x, width) };
}

function splitMaps(tensor: Tensor, [rows, columns]: [number, number], bytes: Uint8Array): Picture[] {
  const size = rows * columns;
  return Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => ({
    rows,
    columns,
    numbers: fromBytes(bytes.subarray(i * size, (i + 1) * size), tensor.maps_zero, tensor.maps_scale),
  }));
}

/** The numbers of the tensor that pixel (row, column) of its picture stands for. */
export function regionOf(tensor: Tensor, row: number, column: number): Region {
  const matrix = asMatrix(tensor.shape);
  const [rows, columns] = tensor.picture_shape;
  return { rows: pooledRange(row, rows, matrix.rows), columns: pooledRange(column, columns, matrix.columns) };
}

/** How many numbers that is: "2×13". */
export function regionSize({ rows, columns }: Region): string {
  return `${rows[1] - rows[0]}×${columns[1] - columns[0]}`;
}

/** The pixel of the picture that element (row, column) of the matrix belongs to. */
export function pixelAt(tensor: Tensor, row: number, column: number): { row: number; column: number } {
  const matrix = asMatrix(tensor.shape);
  const [rows, columns] = tensor.picture_shape;
  return { row: pixelOf(row, rows, matrix.rows), column: pixelOf(column, columns, matrix.columns) };
}

function pixelOf(index: number, count: number, size: number): number {
  let pixel = Math.min(count - 1, Math.floor(((index + 0.5) * count) / size));
  while (pooledRange(pixel, count, size)[0] > index) pixel -= 1;
  while (pooledRange(pixel, count, size)[1] <= index) pixel += 1;
  return pixel;
}

/** An element by name: "W[3, 412]". */
export function elementName(name: string, shape: readonly number[], row: number, column: number): string {
  const index = elementIndex(shape, row, column);
  return index.length > 0 ? `${name}[${index.join(", ")}]` : name;
}
