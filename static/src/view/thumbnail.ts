import type { Tensor } from "../state";
import { drawMap, drawTensor } from "./heat";
import { oncePerTheme, type Role } from "./palette";

/** Between two pictures of a grid, in their own pixels. */
const GUTTER = 2;

let drawn = new WeakMap<Tensor, Map<string, string>>();
let listening = false;

/**
 * A tensor's picture as an address that an SVG image can show, drawn once a theme. With `columns` its rows are pictures,
 * laid out in a grid of so many columns.
 */
export function pictureAddress(tensor: Tensor, role: Role, columns: number): string {
  if (!listening) oncePerTheme(forget);
  listening = true;
  const addresses = drawn.get(tensor) ?? new Map<string, string>();
  drawn.set(tensor, addresses);
  const key = `${role} ${columns}`;
  const known = addresses.get(key);
  if (known) return known;
  const canvas = document.createElement("canvas");
  if (columns > 0 && tensor.images && tensor.maps) drawGrid(canvas, tensor, role, columns, tensor.images);
  else drawTensor(canvas, tensor, role, tensor.largest);
  const address = canvas.toDataURL();
  addresses.set(key, address);
  return address;
}

function drawGrid(
  canvas: HTMLCanvasElement,
  tensor: Tensor,
  role: Role,
  columns: number,
  [height, width]: readonly [number, number],
): void {
  const count = tensor.shape[0] ?? 0;
  canvas.width = columns * (width + GUTTER);
  canvas.height = Math.ceil(count / columns) * (height + GUTTER);
  const context = canvas.getContext("2d");
  const map = document.createElement("canvas");
  for (let i = 0; i < count; i++) {
    drawMap(map, tensor, i, role, tensor.largest);
    context?.drawImage(map, (i % columns) * (width + GUTTER) + 1, Math.floor(i / columns) * (height + GUTTER) + 1);
  }
}

function forget(): void {
  drawn = new WeakMap();
}
