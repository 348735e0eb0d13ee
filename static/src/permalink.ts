// A step's address: everything that brings somebody else to the same picture, and nothing that is as it was anyway. Pure.
//
//   /step/expression?source=x*x&v.x=3&c.wait=no&step=4&element=2,7&term=12
//   /step/run-step?c.run=ID&c.step=1201&step=9&element=3,412&term=17&order=largest&level=training
//   /step/run-step?c.run=ID&c.step=1201&focus=W1[3,412]

import { LEVELS } from "./player";
import type { Position } from "./protocol";
import type { Level, Matrix } from "./state";

/** Where the gradient of a node comes from, for who knows its name but not the step that brings it. */
export interface Focus {
  readonly node: string;
  /** The element that is opened; null: none. */
  readonly element: readonly number[] | null;
}

/** What an address holds. */
export interface Place {
  readonly scene: string;
  /** The learner's own expression; null: the scene's. */
  readonly source: string | null;
  /** Leaves and switches that were changed. */
  readonly values: Readonly<Record<string, Matrix>>;
  readonly choices: Readonly<Record<string, string>>;
  readonly position: Position;
  /** What a press moves by, where it is not what the position alone tells. */
  readonly level?: Level;
  /** Stands before the position, until a scene tells which position it is. */
  readonly focus?: Focus;
}

const PATH = "/step/";
const VALUE = "v.";
const CHOICE = "c.";
const LARGEST = "largest";
const READABLE = [
  ["%2C", ","],
  ["%3B", ";"],
  ["%2F", "/"],
  ["%5B", "["],
  ["%5D", "]"],
] as const;

/** The address of a place, relative to the server. */
export function toAddress(place: Place): string {
  const query = new URLSearchParams();
  if (place.source !== null) query.set("source", place.source);
  for (const [name, value] of Object.entries(place.values)) query.set(VALUE + name, matrixText(value));
  for (const [name, value] of Object.entries(place.choices)) query.set(CHOICE + name, value);
  const { step, element, term, largest_first } = place.position;
  if (step > 0) query.set("step", String(step));
  if (element) query.set("element", element.join(","));
  if (element && term > 0) query.set("term", String(term));
  if (element && largest_first) query.set("order", LARGEST);
  if (place.level) query.set("level", place.level);
  if (place.focus) query.set("focus", focusText(place.focus));
  // Commas, brackets and the like may stand as they are in a query; that keeps shared addresses readable.
  const text = READABLE.reduce((query, [code, mark]) => query.replaceAll(code, mark), query.toString());
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
  const level = LEVELS.find((level) => level === url.searchParams.get("level"));
  const focus = readFocus(url.searchParams.get("focus"));
  return {
    scene: decodeURIComponent(url.pathname.slice(PATH.length)),
    source: url.searchParams.get("source"),
    values,
    choices,
    position: {
      step: readCount(url.searchParams.get("step")),
      element: element === null ? null : element.split(",").filter(Boolean).map(readCount),
      term: readCount(url.searchParams.get("term")),
      largest_first: url.searchParams.get("order") === LARGEST,
    },
    ...(level ? { level } : {}),
    ...(focus ? { focus } : {}),
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

/** W1[3,412]; without an element W1. */
function focusText({ node, element }: Focus): string {
  return element ? `${node}[${element.join(",")}]` : node;
}

function readFocus(text: string | null): Focus | null {
  const [, node, element] = /^(\w+)(?:\[([\d,]*)\])?$/.exec(text ?? "") ?? [];
  if (node === undefined) return null;
  return { node, element: element === undefined ? null : element.split(",").filter(Boolean).map(readCount) };
}

function readCount(text: string | null): number {
  const count = Number(text);
  return Number.isSafeInteger(count) && count >= 0 ? count : 0;
}
