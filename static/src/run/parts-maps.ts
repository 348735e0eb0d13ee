// The pictures of a first layer's weights, as they travel: bytes, whose number is (byte - zero) * scale. Pure: no DOM.
import { bytesOf, SIDE } from "../charts/pictures";
import { formatNumber } from "../format";
import { fromBytes } from "../heatmap";
import type { Maps } from "../protocol";

/** So many classes: a first layer of as many units is also the last, and its units are the digits. */
const DIGITS = 10;

/** Where a unit's number of largest magnitude is, counted row by row. */
export function largestPixel(maps: Pick<Maps, "pixels" | "zero">, unit: number): number {
  const sizes = bytesOf(maps, unit).map((byte) => Math.abs(byte - maps.zero));
  return sizes.indexOf(Math.max(...sizes));
}

/** Whether several units have the same numbers, as far as their bytes tell. */
export function allAlike(maps: Pick<Maps, "count" | "pixels">): boolean {
  if (maps.count < 2) return false;
  const one = bytesOf(maps, 0);
  return maps.pixels.subarray(0, maps.count * one.length).every((byte, i) => byte === one[i % one.length]);
}

/** What a first layer's unit is called: where there are ten, and nothing follows, it is a digit. */
export function unitName(unit: number, of: number, last: boolean): string {
  return last && of === DIGITS ? `digit ${unit}` : `unit ${unit}`;
}

/** How many of the units are shown: "16 of 128 units"; all of them: "10 units". */
export function shownOf({ count, of }: Pick<Maps, "count" | "of">): string {
  return count < of ? `${count} of ${of} units` : `${of} units`;
}

/** One number of a map: "0.0312 ± 0.00012"; the bytes hold no more than that. */
export function pixelText(maps: Maps, unit: number, row: number, column: number): string {
  const byte = bytesOf(maps, unit)[row * SIDE + column];
  if (byte === undefined) return "";
  const [number = Number.NaN] = fromBytes([byte], maps.zero, maps.scale);
  return `${formatNumber(number, 3)} ± ${formatNumber(maps.scale / 2, 2)}`;
}
