// A step's address: everything that brings somebody else to the same picture, and nothing that is as it was anyway. Pure.
//
//   /step/expression?source=x*x&v.x=3&c.wait=no&step=4&element=2,7&term=12

import type { Position } from "./protocol";
import type { Matrix } from "./state";

/** What an address holds. */
export interface Place {
  readonly scene: string;
  /** The learner's own expression; null: the scene's. */
  readonly source: string | null;
  /** Leaves and switches that were changed. */
  readonly values: Readonly<Record<string, Matrix>>;
  readonly choices: Readonly<Record<string, string>>;
  readonly position: Position;
}

const PATH = "/step/";
const VALUE = "v.";
const CHOICE = "c.";

/** The address of a place, relative to the server. */
export function toAddress(place: Place): string {
  const query = new URLSearchParams();
  if (place.source !== null) query.set("source", place.source);
  for (const [name, value] of Object.entries(place.values)) query.set(VALUE + name, matrixText(value));
  for (const [name, value] of Object.entries(place.choices)) query.set(CHOICE + name, value);
  const { step, element, term } = place.position;
  if (step > 0) query.set("step", String(step));
  if (element) query.set("element", element.join(","));
  if (element && term > 0) query.set("term", String(term));
  // Commas, colons and the like may stand as they are in a query; that keeps shared addresses readable.
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3B", ";").replaceAll("%2F", "/");
  return `${PATH}${encodeURIComponent(place.scene)}${text && `?${text}`}`;
}

/** The place of an address; what cannot be read is left out. null: not the address of a step. */
export function fromAddress(url: URL): Place | null {
  if (!url.pathname.startsWith(PATH)) return null;
  const values: Record<string, Matrix> = {};
  const choices: Record<string, string> = {};
  for (const [key, text] of url.searchParams) {
    if (key.startsWith(CHOICE)) choices[key.slice(CHOICE.length)] = text;
    const value = key.startsWith(VALUE) ? readMatrix(text) : null;
    if (value !== null) values[key.slice(VALUE.length)] = value;
  }
  const element = url.searchParams.get("element");
  return {
    scene: decodeURIComponent(url.pathname.slice(PATH.length)),
    source: url.searchParams.get("source"),
    values,
    choices,
    position: {
      step: readCount(url.searchParams.get("step")),
      element: element === null ? null : element.split(",").filter(Boolean).map(readCount),
      term: readCount(url.searchParams.get("term")),
    },
  };
}

/** Rows apart by semicolons, numbers by commas: 1,2;3,4. A trailing comma or semicolon tells one number's axes. */
function matrixText(value: Matrix): string {
  if (typeof value === "number") return String(value);
  const rows = value.filter((row): row is number[] => Array.isArray(row));
  if (rows.length === value.length && rows.length > 0)
    return rows.map((row) => row.join(",")).join(";") + (rows.length > 1 ? "" : ";");
  return value.join(",") + (value.length > 1 ? "" : ",");
}

function readMatrix(text: string): Matrix | null {
  const rows = text
    .split(";")
    .filter((row, i) => row !== "" || i === 0)
    .map((row) => row.split(",").filter(Boolean).map(Number));
  const flat = rows.flat();
  // "NaN" is a number somebody may have typed; anything else that reads as NaN is not.
  if (rows.some((row) => row.length === 0) || (flat.some(Number.isNaN) && !/NaN/.test(text))) return null;
  const [first] = rows;
  if (text.includes(";")) return rows;
  return text.includes(",") ? (first ?? null) : (first?.[0] ?? null);
}

function readCount(text: string | null): number {
  const count = Number(text);
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}
