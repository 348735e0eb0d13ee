import { type PixelMap, SIDE } from "../../draw/why";
import { colour, type Rgb, strength } from "../../heatmap";
import type { Text } from "../../state";
import { cellCursor } from "../cursor";
import { element, setText } from "../element";
import { drawLasting } from "../heat";
import { paletteOf, type Role } from "../palette";
import { showText } from "../words";

/** Of a pixel, in CSS pixels: large enough for a mark of its sign. */
const CELL = 14;
/** From this share of the scale a negative number carries its mark. */
const MARKED = 0.12;
/** The drawing is outlined where its ink passes this level. */
const INKED = 0.4;

/** What is drawn: a map, and over it the outline of the drawing where `ink` is given. */
export interface Drawn extends PixelMap {
  readonly role: Role;
  readonly ink?: ArrayLike<number>;
  /** What it is, for those who do not see it. */
  readonly label: string;
}

/** A map of the pixels, large, with the outline of the drawing. */
export interface Surface {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  show(drawn: Drawn): void;
  /** Frames a pixel; null: none. */
  mark(at: { row: number; column: number } | null): void;
}

export function surface(): Surface {
  const canvas = element("canvas", { class: "heat", role: "img" });
  const frame = element("i", { class: "mark", hidden: true });
  return {
    root: element("div", { class: "surface" }, canvas, frame),
    canvas,
    show(drawn) {
      canvas.setAttribute("aria-label", `${drawn.label}. Arrow keys read single pixels.`);
      drawLasting(canvas, () => draw(canvas, drawn));
    },
    mark(at) {
      frame.hidden = at === null;
      frame.style.setProperty("--row", String(at?.row));
      frame.style.setProperty("--column", String(at?.column));
    },
  };
}

/** Reads the pixel that a pointer or the arrow keys stand on, on all surfaces at once. */
export function pixelReader(
  surfaces: readonly Surface[],
  describe: (row: number, column: number) => Text,
): { readonly root: HTMLElement; refresh(): void } {
  const resting = "Point at a pixel to read its number, or use the arrow keys.";
  const root = element("p", { class: "readout", "aria-live": "polite" }, resting);
  let at: { row: number; column: number } | null = null;
  const show = () => {
    for (const { mark } of surfaces) mark(at);
    if (at) showText(root, describe(at.row, at.column));
    else {
      setText(root, resting);
      delete root.dataset.roles;
    }
  };
  for (const { canvas } of surfaces) {
    cellCursor(canvas, {
      rows: SIDE,
      columns: SIDE,
      read(row, column) {
        at = { row, column };
        show();
      },
      leave() {
        at = null;
        show();
      },
    });
  }
  return { root, refresh: show };
}

function draw(canvas: HTMLCanvasElement, { numbers, scale, role, ink }: Drawn): void {
  const size = Math.round(CELL * window.devicePixelRatio);
  canvas.width = canvas.height = SIDE * size;
  const context = canvas.getContext("2d");
  if (!context) return;
  const palette = paletteOf(role);
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] ?? 0;
    const [x, y] = [(i % SIDE) * size, Math.floor(i / SIDE) * size];
    context.fillStyle = css(colour(number, scale, palette));
    context.fillRect(x, y, size, size);
    const share = strength(number, scale);
    if (number >= 0 || share < MARKED) continue;
    // On a faint cell the mark is dark, on a strong one light.
    context.fillStyle = css(share < 0.5 ? palette.negative : palette.zero);
    context.fillRect(x + size * 0.3, y + size * 0.46, size * 0.4, Math.max(1, size * 0.1));
  }
  if (!ink) return;
  const path = outline(ink, size);
  // Light around dark, or the other way round: it is to be seen on every colour.
  for (const [line, width] of [
    [palette.zero, size / 4],
    [palette.negative, size / 10],
  ] as const) {
    context.strokeStyle = css(line);
    context.lineWidth = width;
    context.stroke(path);
  }
}

/** The edges between pixels with ink and pixels without. */
function outline(ink: ArrayLike<number>, size: number): Path2D {
  const path = new Path2D();
  const inked = (row: number, column: number) =>
    column >= 0 && column < SIDE && (ink[row * SIDE + column] ?? 0) > INKED;
  for (let row = 0; row <= SIDE; row++) {
    for (let column = 0; column <= SIDE; column++) {
      const [x, y] = [column * size, row * size];
      if (inked(row, column) !== inked(row - 1, column)) {
        path.moveTo(x, y);
        path.lineTo(x + size, y);
      }
      if (inked(row, column) !== inked(row, column - 1)) {
        path.moveTo(x, y);
        path.lineTo(x, y + size);
      }
    }
  }
  return path;
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}
