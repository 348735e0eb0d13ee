// A drawing as what was done to it, so that it can be undone, painted at any size and kept as text. Pure.
//
// Lengths are shares of the pad's side, so that the same strokes are the same drawing on every screen.

/** Where the pen was; `press` is its width there as a multiple of the stroke's. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly press: number;
}

/** One stroke from the pen's touching down to its lifting; an eraser takes ink away as a pen gives it. */
export interface Stroke {
  readonly kind: "pen" | "eraser";
  readonly width: number;
  readonly points: readonly Point[];
}

/** A picture of 28x28 in place of all that was there; grey levels, ink bright on black, row by row. */
export interface Placed {
  readonly kind: "picture";
  readonly pixels: Uint8Array;
}

export interface Cleared {
  readonly kind: "clear";
}

export type Act = Stroke | Placed | Cleared;

/** What was done, oldest first, and what was undone, to be redone from the end. */
export interface Drawing {
  readonly done: readonly Act[];
  readonly undone: readonly Act[];
}

/** The side of a picture that is placed. */
export const SIDE = 28;
/** Points nearer than this to the one before tell nothing. */
const NEAREST = 0.002;

export const EMPTY: Drawing = { done: [], undone: [] };

/** One act more; what was undone is gone. To clear what is blank is nothing. */
export function acted(drawing: Drawing, act: Act): Drawing {
  if (act.kind === "clear" && visible(drawing).length === 0) return drawing;
  return { done: [...drawing.done, act], undone: [] };
}

export function undone({ done, undone }: Drawing): Drawing {
  const last = done.at(-1);
  return last ? { done: done.slice(0, -1), undone: [...undone, last] } : { done, undone };
}

export function redone({ done, undone }: Drawing): Drawing {
  const last = undone.at(-1);
  return last ? { done: [...done, last], undone: undone.slice(0, -1) } : { done, undone };
}

/** What is to be painted, in order: nothing from before the last clearing or placing is seen. */
export function visible({ done }: Drawing): readonly (Stroke | Placed)[] {
  const from = done.findLastIndex(({ kind }) => kind === "clear" || kind === "picture");
  return done.slice(Math.max(0, from)).filter((act) => act.kind !== "clear");
}

/** Whether there is ink. Erased ink counts: only who looks at the pixels can tell what is left. */
export function isInked(drawing: Drawing): boolean {
  return visible(drawing).some(({ kind }) => kind !== "eraser");
}

/** The picture that is all there is to be seen; null: there are strokes, or nothing. */
export function onlyPicture(drawing: Drawing): Uint8Array | null {
  const [only, ...more] = visible(drawing);
  return only?.kind === "picture" && more.length === 0 ? only.pixels : null;
}

/** A stroke with further points; those that stand where the one before stands are left out. */
export function extended(stroke: Stroke, points: readonly Point[]): Stroke {
  const kept = [...stroke.points];
  for (const point of points) {
    const last = kept.at(-1);
    if (!last || Math.hypot(point.x - last.x, point.y - last.y) >= NEAREST) kept.push(point);
  }
  return kept.length === stroke.points.length ? stroke : { ...stroke, points: kept };
}
