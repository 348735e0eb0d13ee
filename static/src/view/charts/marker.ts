import { lookOf } from "../../charts/looks";
import { colourOf } from "../theme";

/** The end marker of a look, with a rim of paper that parts it from the lines it lies on. */
export function drawMarker(context: CanvasRenderingContext2D, look: number, x: number, y: number): void {
  const { token, marker } = lookOf(look);
  const outline = new Path2D(marker);
  context.save();
  context.translate(x, y);
  context.lineWidth = 2;
  context.strokeStyle = colourOf("--panel");
  context.stroke(outline);
  context.fillStyle = colourOf(token);
  context.fill(outline);
  context.restore();
}
