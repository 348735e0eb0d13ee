import { bytePalette, type Pictures, SIDE } from "../../charts/pictures";
import { oncePerTheme, paletteOf, type Role } from "../palette";

const image = new ImageData(SIDE, SIDE);
const words = new Uint32Array(image.data.buffer);

/** Draws a picture of 28 by 28 bytes; `colours` has the pixel of each byte. */
export function drawBytes(context: CanvasRenderingContext2D, bytes: Uint8Array, colours: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = colours[bytes[i] ?? 0] ?? 0;
  context.putImageData(image, 0, 0);
}

const known = new Map<string, Uint32Array>();
let following = false;

/** The pixel of every byte, worked out once a theme: it does not depend on the scale. */
export function byteColours(signed: Pictures["signed"], role: Role): Uint32Array {
  if (!following) oncePerTheme(() => known.clear());
  following = true;
  const key = `${role} ${signed?.zero}`;
  const colours = known.get(key) ?? bytePalette(signed, paletteOf(role));
  known.set(key, colours);
  return colours;
}
