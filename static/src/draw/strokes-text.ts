// A drawing as text, for the browser to keep while the page is reloaded. Pure.

import { type Act, type Drawing, type Point, SIDE } from "./strokes";

/** Of a length in the text: a hundredth of a pixel on the largest pad. */
const DECIMALS = 1e4;
/** A point is written as so many numbers. */
const OF_A_POINT = 3;

type Written = { clear: true } | { picture: string } | { kind: string; width: number; points: number[] };

export function toText({ done, undone }: Drawing): string {
  return JSON.stringify({ done: done.map(write), undone: undone.map(write) });
}

/** null: the text of no drawing. */
export function fromText(text: string | null): Drawing | null {
  try {
    const { done, undone } = JSON.parse(text ?? "");
    return { done: readAll(done), undone: readAll(undone) };
  } catch {
    return null;
  }
}

function write(act: Act): Written {
  if (act.kind === "clear") return { clear: true };
  if (act.kind === "picture") return { picture: btoa(String.fromCharCode(...act.pixels)) };
  const points = act.points.flatMap(({ x, y, press }) => [rounded(x), rounded(y), rounded(press)]);
  return { kind: act.kind, width: act.width, points };
}

function readAll(list: unknown): Act[] {
  if (!Array.isArray(list)) throw new TypeError("not a list of acts");
  return list.map(read);
}

function read(written: Partial<Record<string, unknown>>): Act {
  const { kind, width, points, picture } = written;
  if (written.clear === true) return { kind: "clear" };
  if (typeof picture === "string") {
    const pixels = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
    if (pixels.length !== SIDE * SIDE) throw new TypeError("a picture of another size");
    return { kind: "picture", pixels };
  }
  if ((kind !== "pen" && kind !== "eraser") || !isLength(width) || !Array.isArray(points) || !points.every(isLength))
    throw new TypeError("not an act");
  return { kind, width, points: pointsOf(points) };
}

function pointsOf(numbers: readonly number[]): Point[] {
  if (numbers.length === 0 || numbers.length % OF_A_POINT !== 0) throw new TypeError("not the numbers of points");
  return Array.from({ length: numbers.length / OF_A_POINT }, (_, i) => {
    const [x = 0, y = 0, press = 1] = numbers.slice(OF_A_POINT * i);
    return { x, y, press };
  });
}

function isLength(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function rounded(length: number): number {
  return Math.round(length * DECIMALS) / DECIMALS;
}
