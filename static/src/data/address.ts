// What the page of the data sets shows, and its address: the one is found again from the other. Pure.

import type { Split } from "./api";

export interface Place {
  /** null: whichever is best. */
  readonly set: string | null;
  readonly split: Split;
  /** null: all digits. */
  readonly digit: number | null;
  /** The first picture of the page, counted among those of the digit. */
  readonly start: number;
  /** The picture that is shown large, as its split counts them; null: the first of the page. */
  readonly picture: number | null;
}

/** A page begins at a multiple of this. */
export const PAGE = 100;

/** `?set=mnist&split=train&digit=3&start=200&picture=1234`; what cannot be read is left out. */
export function fromSearch(search: string): Place {
  const parameters = new URLSearchParams(search);
  const whole = (name: string, most: number): number | null => {
    const text = parameters.get(name) ?? "";
    return /^\d{1,9}$/.test(text) && Number(text) <= most ? Number(text) : null;
  };
  const start = whole("start", Number.MAX_SAFE_INTEGER) ?? 0;
  return {
    set: parameters.get("set"),
    split: parameters.get("split") === "train" ? "train" : "test",
    digit: whole("digit", 9),
    start: start - (start % PAGE),
    picture: whole("picture", Number.MAX_SAFE_INTEGER),
  };
}

/** What `fromSearch` reads; only what differs from the beginning is written. */
export function toSearch(place: Place): string {
  const parameters = new URLSearchParams();
  if (place.set) parameters.set("set", place.set);
  if (place.split === "train") parameters.set("split", "train");
  if (place.digit !== null) parameters.set("digit", String(place.digit));
  if (place.start > 0) parameters.set("start", String(place.start));
  if (place.picture !== null) parameters.set("picture", String(place.picture));
  const search = parameters.toString();
  return search && `?${search}`;
}
