// What the browser keeps of a drawing while the page is reloaded, or left and come back to. Pure.

import { type Drawing, EMPTY } from "./strokes";
import { fromText, toText } from "./strokes-text";

const KEY = "drawing";

/** Where it is kept: `sessionStorage`. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Keeps a drawing beside the word of the picture that the page's address names. */
export function keep(shelf: Shelf, drawing: Drawing, picture: string): void {
  try {
    shelf.setItem(KEY, JSON.stringify({ picture, drawing: toText(drawing) }));
  } catch {
    // No room: the address still holds the picture.
  }
}

/** The drawing that was kept, and whether it is the one that the address names. */
export function kept(shelf: Shelf, picture: string): { drawing: Drawing; isNamed: boolean } {
  const { picture: named = "", drawing = "" } = readObject(shelf.getItem(KEY));
  const strokes = fromText(String(drawing));
  return { drawing: strokes ?? EMPTY, isNamed: picture === "" || (strokes !== null && named === picture) };
}

function readObject(text: string | null): { picture?: unknown; drawing?: unknown } {
  try {
    return JSON.parse(text ?? "{}") ?? {};
  } catch {
    return {};
  }
}
