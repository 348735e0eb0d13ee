import type { Line, LineMarks, Point } from "../../charts/lines";
import { lookOf } from "../../charts/looks";
import { colourOf } from "../theme";
import { drawMarker } from "./marker";

const FAINT = 0.35;
const WIDTH = 2;
/** Software renderers draw strokes of one pixel many times faster than wider ones, and long paths out of proportion. */
const DENSE_WIDTH = 1;
const PIECE = 128;
const CROSS = 4;
const BRANCH = 4;

/** Draws the curves, their ends, gaps and branches. */
export function drawLines(context: CanvasRenderingContext2D, marks: LineMarks): void {
  context.save();
  context.beginPath();
  context.rect(0, -CROSS, marks.x.range[1], marks.y.range[0] + 2 * CROSS);
  context.clip();
  context.lineJoin = "bevel";
  for (const line of marks.lines) drawLine(context, line);
  for (const { look, from, to } of marks.branches) drawBranch(context, look, from, to);
  context.restore();
  for (const gap of marks.gaps) drawCross(context, gap);
  for (const end of marks.ends.values())
    if (end.y >= 0 && end.y <= marks.y.range[0]) drawMarker(context, end.look, end.x, end.y);
}

function drawLine(context: CanvasRenderingContext2D, { look, points, faint, dense }: Line): void {
  const { token, dash } = lookOf(look);
  context.strokeStyle = colourOf(token);
  context.globalAlpha = faint ? FAINT : 1;
  context.lineWidth = dense ? DENSE_WIDTH : WIDTH;
  context.setLineDash(dense ? [] : [...dash]);
  // A dashed line keeps its rhythm only in one piece.
  const piece = dense || dash.length === 0 ? PIECE : points.length;
  let [open, drawn] = [false, 0];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i] as number, points[i + 1] as number];
    if (Number.isNaN(x)) {
      open = false;
      continue;
    }
    if (drawn === 0) context.beginPath();
    if (!open || drawn === 0) {
      const alone = !open && !(i + 2 < points.length && !Number.isNaN(points[i + 2] as number));
      // A point without neighbours becomes a line of its own width; a new piece begins where the last one ended.
      context.moveTo(
        open ? (points[i - 2] as number) : alone ? x - WIDTH / 2 : x,
        open ? (points[i - 1] as number) : y,
      );
      if (open) context.lineTo(x, y);
      else if (alone) context.lineTo(x + WIDTH / 2, y);
    } else {
      context.lineTo(x, y);
    }
    open = true;
    drawn += 1;
    if (drawn >= piece) {
      context.stroke();
      drawn = 0;
    }
  }
  if (drawn > 0) context.stroke();
  context.globalAlpha = 1;
  context.setLineDash([]);
}

function drawBranch(context: CanvasRenderingContext2D, look: number, from: Point, to: Point): void {
  context.strokeStyle = colourOf(lookOf(look).token);
  context.fillStyle = colourOf("--panel");
  context.lineWidth = WIDTH;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
  context.beginPath();
  context.arc(from.x, from.y, BRANCH, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function drawCross(context: CanvasRenderingContext2D, { look, x, y }: Point): void {
  const cross = new Path2D(
    `M${x - CROSS} ${y - CROSS}l${2 * CROSS} ${2 * CROSS}m0 ${-2 * CROSS}l${-2 * CROSS} ${2 * CROSS}`,
  );
  context.lineCap = "round";
  for (const [colour, width] of [
    [colourOf("--panel"), 5],
    [colourOf(lookOf(look).token), 2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke(cross);
  }
  context.lineCap = "butt";
}
