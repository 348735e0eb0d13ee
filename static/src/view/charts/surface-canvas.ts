import { type Axis, place } from "../../charts/axis";
import { lookOf } from "../../charts/looks";
import { contourPaths, pathPixels, type SurfaceGrid, type SurfacePath } from "../../charts/surface";
import { parseColour } from "../../heatmap";
import { colourOf } from "../theme";
import { drawMarker } from "./marker";

interface Axes {
  readonly x: Axis;
  readonly y: Axis;
}

/** The highest band is this far from the paper towards ink: paths must stand out from all of them. */
const STRONGEST = 0.34;
const MINIMUM = 5;

/** Colours of the bands, from the lowest to the highest. */
export function bandColours(count: number): string[] {
  const [paper, ink] = [parseColour(colourOf("--panel")), parseColour(colourOf("--loss"))];
  return Array.from({ length: count }, (_, i) => {
    const share = (STRONGEST * i) / Math.max(1, count - 1);
    const mix = paper.map((x, part) => Math.round(x + ((ink[part] ?? 0) - x) * share));
    return `rgb(${mix.join(" ")})`;
  });
}

/** Draws the surface in bands, each in its colour and with its lower edge as a line. */
export function drawBands(
  context: CanvasRenderingContext2D,
  grid: SurfaceGrid,
  levels: readonly number[],
  colours: readonly string[],
  { x, y }: Axes,
): void {
  context.save();
  clipTo(context, { x, y });
  context.fillStyle = colours[0] ?? "";
  context.fillRect(0, 0, x.range[1], y.range[0]);
  context.strokeStyle = colourOf("--line-strong");
  context.lineWidth = 0.5;
  for (const [i, path] of contourPaths(grid, levels, x, y).entries()) {
    const area = new Path2D(path);
    context.fillStyle = colours[i + 1] ?? "";
    context.fill(area, "evenodd");
    context.stroke(area);
  }
  context.restore();
}

/** Draws the ways up to a step, each with its marker where it stands. */
export function drawPaths(
  context: CanvasRenderingContext2D,
  paths: readonly SurfacePath[],
  step: number,
  minima: readonly (readonly [number, number])[],
  axes: Axes,
): void {
  context.save();
  clipTo(context, axes);
  context.lineJoin = "bevel";
  for (const minimum of minima) drawMinimum(context, place(axes.x, minimum[0]), place(axes.y, minimum[1]));
  const drawn = paths.map((path) => ({ number: path.look, pixels: pathPixels(path, step, axes.x, axes.y) }));
  for (const { number, pixels } of drawn) {
    const look = lookOf(number);
    context.beginPath();
    for (let i = 0; i < pixels.length; i += 2) context.lineTo(pixels[i] as number, pixels[i + 1] as number);
    context.lineWidth = 4;
    context.strokeStyle = colourOf("--panel");
    context.stroke();
    context.setLineDash([...look.dash]);
    context.lineWidth = 2;
    context.strokeStyle = colourOf(look.token);
    context.stroke();
    context.setLineDash([]);
  }
  for (const { number, pixels } of drawn) {
    const [x, y] = pixels.slice(-2);
    if (x === undefined || y === undefined) continue;
    drawMarker(context, number, x, y);
  }
  context.restore();
}

function drawMinimum(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.strokeStyle = colourOf("--ink");
  context.lineWidth = 1.5;
  context.stroke(new Path2D(`M${x - MINIMUM} ${y}h${2 * MINIMUM}M${x} ${y - MINIMUM}v${2 * MINIMUM}`));
}

function clipTo(context: CanvasRenderingContext2D, { x, y }: Axes): void {
  context.beginPath();
  context.rect(0, 0, x.range[1], y.range[0]);
  context.clip();
}
