import type { Tensor } from "../state";
import { drawGrid, drawTensor } from "./heat";
import { oncePerTheme, type Role } from "./palette";

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
  if (columns > 0 && tensor.images && tensor.maps)
    drawGrid(canvas, tensor, role, columns, { stride: strideOf(tensor) });
  else drawTensor(canvas, tensor, role, tensor.largest);
  const address = canvas.toDataURL();
  addresses.set(key, address);
  return address;
}

function forget(): void {
  drawn = new WeakMap();
}

/** Of how many pixels of a map one is enough, each way: in a grid of many a map is only a few pixels wide. */
function strideOf(tensor: Tensor): number {
  const count = tensor.shape[0] ?? 0;
  return count <= 144 ? 1 : count <= 400 ? 2 : 4;
}
