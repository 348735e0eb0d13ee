// The stages of one digit on its way to 28x28. Pure.

import { bytesOf, type Prediction, type Stage } from "./api";

/** Up to this side a picture's pixels are shown as squares. */
const FEW = 64;

/** Those of the whole picture, then those of the digit. */
export function stagesOf({ stages }: Prediction, digit: number): Stage[] {
  return [...stages.filter((stage) => stage.digit === null), ...stages.filter((stage) => stage.digit === digit)];
}

/** Whether its pixels are so few that each is seen. */
export function isCoarse({ width, height }: Stage): boolean {
  return Math.max(width, height) <= FEW;
}

/** Its grey levels as RGBA, exactly as they are; null: they are not as many as its size says. */
export function greyPixels({ pixels, width, height }: Stage): Uint8ClampedArray<ArrayBuffer> | null {
  const levels = bytesOf(pixels);
  if (levels.length !== width * height) return null;
  const rgba = new Uint8ClampedArray(4 * levels.length);
  for (const [i, level] of levels.entries()) {
    rgba.fill(level, 4 * i, 4 * i + 3);
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}
