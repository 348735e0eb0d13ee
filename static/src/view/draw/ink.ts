import type { Grey } from "../../draw/png";
import { type Drawing, onlyPicture, type Placed, SIDE, type Stroke, visible } from "../../draw/strokes";

/** The side of the picture that is sent, whatever the size of the pad. */
const SENT = 400;
const FULL = 255;

/** Paints ink on a transparent square of `side` pixels, as it is; `smooth`: placed pictures without steps. */
export function paint(
  context: CanvasRenderingContext2D,
  side: number,
  acts: readonly (Stroke | Placed)[],
  { ink, smooth = false }: { ink: string; smooth?: boolean },
): void {
  for (const act of acts) {
    if (act.kind === "picture") paintPicture(context, side, act.pixels, { ink, smooth });
    else paintStroke(context, side, act, ink);
  }
}

/** What is sent of a drawing: a placed picture as it is, anything else as black ink on white. */
export function greyOf(drawing: Drawing): Grey {
  const placed = onlyPicture(drawing);
  if (placed) return { width: SIDE, height: SIDE, levels: placed };
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SENT;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("This browser has no canvas.");
  paint(context, SENT, visible(drawing), { ink: "black", smooth: true });
  const { data } = context.getImageData(0, 0, SENT, SENT);
  const levels = Uint8Array.from({ length: SENT * SENT }, (_, i) => FULL - (data[4 * i + 3] ?? 0));
  return { width: SENT, height: SENT, levels };
}

function paintStroke(context: CanvasRenderingContext2D, side: number, stroke: Stroke, ink: string): void {
  const { points, width, kind } = stroke;
  const [first] = points;
  if (!first) return;
  context.save();
  context.globalCompositeOperation = kind === "eraser" ? "destination-out" : "source-over";
  context.strokeStyle = context.fillStyle = ink;
  context.lineCap = context.lineJoin = "round";
  context.beginPath();
  if (points.length === 1) {
    context.arc(first.x * side, first.y * side, (width * first.press * side) / 2, 0, 2 * Math.PI);
    context.fill();
  }
  // A quadratic spline: from the middle of two points to that of the next two, each piece as wide as the pen pressed.
  // Pieces of the same width are one path: overlapping ends would roughen its edges.
  let [x, y] = [first.x * side, first.y * side];
  context.moveTo(x, y);
  context.lineWidth = width * first.press * side;
  for (const [i, { x: atX, y: atY, press }] of points.entries()) {
    if (i === 0) continue;
    if (press !== points[i - 1]?.press) {
      context.stroke();
      context.beginPath();
      context.moveTo(x, y);
      context.lineWidth = width * press * side;
    }
    const next = points[i + 1] ?? { x: atX, y: atY };
    [x, y] = [((atX + next.x) / 2) * side, ((atY + next.y) / 2) * side];
    context.quadraticCurveTo(atX * side, atY * side, x, y);
  }
  if (points.length > 1) context.stroke();
  context.restore();
}

function paintPicture(
  context: CanvasRenderingContext2D,
  side: number,
  pixels: Uint8Array,
  { ink, smooth }: { ink: string; smooth: boolean },
): void {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const small = canvas.getContext("2d");
  if (!small) return;
  const image = small.createImageData(SIDE, SIDE);
  for (const [i, level] of pixels.entries()) image.data[4 * i + 3] = level;
  small.putImageData(image, 0, 0);
  small.globalCompositeOperation = "source-in";
  small.fillStyle = ink;
  small.fillRect(0, 0, SIDE, SIDE);
  context.save();
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = "high";
  context.drawImage(canvas, 0, 0, side, side);
  context.restore();
}
