// A loss over two parameters: bands of equal height, and the ways of optimizers over it. Pure: no DOM.
import { contours } from "d3-contour";
import { type Axis, type Interval, place } from "./axis";

/** A loss on a regular grid: row j is y[0] + j (y[1] - y[0]) / (rows - 1), columns likewise, both ends included. */
export interface SurfaceGrid {
  readonly columns: number;
  readonly rows: number;
  /** Row by row. */
  readonly values: Float32Array | Float64Array;
  readonly x: Interval;
  readonly y: Interval;
}

/** One optimizer's way: point i is where it stands after i steps. */
export interface SurfacePath {
  readonly id: string;
  readonly label: string;
  /** Which of the eight looks, from 0. */
  readonly look: number;
  /** x and y by turns. */
  readonly points: Float32Array;
  /** The loss at each point. */
  readonly losses: Float32Array;
}

export interface SurfacePoint {
  readonly x: number;
  readonly y: number;
  readonly loss: number;
}

const LEVELS = 12;
/** More levels among the small losses, where optimizers end: above 1. */
const CROWDING = 1.6;

/**
 * Losses that part the bands, ascending, in two digits. They part areas, not losses: a surface that rises by a factor
 * of a thousand towards its corners has bands near its minimum, too.
 */
export function surfaceLevels({ values }: SurfaceGrid): number[] {
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort();
  const rounded = Array.from({ length: LEVELS }, (_, i) => {
    const share = ((i + 1) / (LEVELS + 1)) ** CROWDING;
    return Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toPrecision(2));
  });
  return [...new Set(rounded)].filter((level) => level > (sorted[0] ?? 0));
}

/** For each level the area in which the loss is no less, as an SVG path in pixels. */
export function contourPaths(grid: SurfaceGrid, levels: readonly number[], x: Axis, y: Axis): string[] {
  const { columns, rows, values } = grid;
  let highest = 0;
  for (const value of values) if (Number.isFinite(value) && value > highest) highest = value;
  // What is too large for a number is higher than all others, not unknown.
  const known = Array.from(values, (value) => (Number.isFinite(value) ? value : highest));
  const made = contours()
    .size([columns, rows])
    .thresholds([...levels])(known);
  // Cells are squares of the grid there: the number at (i, j) lies at (i + 1/2, j + 1/2).
  const across = (i: number) => x.range[0] + ((i - 0.5) / (columns - 1)) * (x.range[1] - x.range[0]);
  const down = (j: number) => y.range[0] + ((j - 0.5) / (rows - 1)) * (y.range[1] - y.range[0]);
  return made.map(({ coordinates }) =>
    coordinates
      .flat()
      .map((ring) => `M${ring.map(([i = 0, j = 0]) => `${across(i).toFixed(1)},${down(j).toFixed(1)}`).join("L")}Z`)
      .join(""),
  );
}

/** The number of the grid nearest to a place, with its own place: nothing is made up in between. */
export function nearestOnGrid(grid: SurfaceGrid, x: number, y: number): SurfacePoint {
  const index = (at: number, [from, to]: Interval, count: number) =>
    Math.min(count - 1, Math.max(0, Math.round(((at - from) / (to - from)) * (count - 1))));
  const [i, j] = [index(x, grid.x, grid.columns), index(y, grid.y, grid.rows)];
  const at = (i: number, [from, to]: Interval, count: number) => from + (i * (to - from)) / (count - 1);
  return {
    x: at(i, grid.x, grid.columns),
    y: at(j, grid.y, grid.rows),
    loss: grid.values[j * grid.columns + i] ?? Number.NaN,
  };
}

/** Where a path stands after `step` steps: at its end, where it is shorter. */
export function pathAt({ points, losses }: SurfacePath, step: number): SurfacePoint & { readonly step: number } {
  const index = Math.max(0, Math.min(Math.floor(step), losses.length - 1));
  const [x = Number.NaN, y = Number.NaN] = points.subarray(2 * index, 2 * index + 2);
  return { step: index, x, y, loss: losses[index] ?? Number.NaN };
}

/** A path up to a step, in pixels, x and y by turns; points closer than can be seen are left out, its end is not. */
export function pathPixels(path: SurfacePath, step: number, x: Axis, y: Axis): number[] {
  const last = pathAt(path, step).step;
  const pixels: number[] = [];
  for (let i = 0; i <= last && i < path.losses.length; i++) {
    const across = place(x, path.points[2 * i] as number);
    const down = place(y, path.points[2 * i + 1] as number);
    const far = Math.hypot(across - (pixels.at(-2) ?? Infinity), down - (pixels.at(-1) ?? Infinity)) >= 0.7;
    if (Number.isFinite(across + down) && (far || i === last)) pixels.push(across, down);
  }
  return pixels;
}

/** The point of any path nearest to a pixel, among the first `step` steps and within `reach` pixels; null: none. */
export function nearestOnPaths(
  paths: readonly SurfacePath[],
  step: number,
  at: { readonly x: number; readonly y: number },
  axes: { readonly x: Axis; readonly y: Axis },
  reach: number,
): { readonly path: SurfacePath; readonly step: number } | null {
  let [found, nearest]: [{ path: SurfacePath; step: number } | null, number] = [null, reach];
  for (const path of paths) {
    for (let i = 0; i <= pathAt(path, step).step; i++) {
      const across = place(axes.x, path.points[2 * i] as number) - at.x;
      const down = place(axes.y, path.points[2 * i + 1] as number) - at.y;
      const distance = Math.hypot(across, down);
      if (distance < nearest) [found, nearest] = [{ path, step: i }, distance];
    }
  }
  return found;
}
