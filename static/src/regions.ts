// The part of the picture that a layer of a network takes: an outline around its cards, and a place for its name. Pure.

import { overlaps } from "./geometry";
import type { Layout, Place, Point } from "./layout";

export interface Region {
  readonly name: string;
  /** Corners of the outline, clockwise; its sides are level or upright. */
  readonly outline: readonly Point[];
  /** Where the name begins, on its baseline. */
  readonly label: Point;
}

/** Room between cards and the outline: less than half of what is between two cards above each other. */
const PAD = 11;
const LABEL = { height: 18, letter: 7.6, gap: 6 };
/** Cards whose middles are so close stand above each other. */
const ALIGNED = 1;

/** The regions of all layers, in the order of their nodes. */
export function regionsOf(nodes: readonly { id: number; layer: string }[], layout: Layout): Region[] {
  const members = new Map<string, Place[]>();
  for (const { id, layer } of nodes) {
    const place = layout.places.get(id);
    if (layer !== "" && place) members.set(layer, [...(members.get(layer) ?? []), place]);
  }
  const cards = [...layout.places.values()];
  return [...members].map(([name, places]) => {
    const columns = columnsOf(places);
    return { name, outline: outlineOf(columns), label: labelOf(name, columns, cards) };
  });
}

/** Boxes around the cards that stand above each other, from left to right, each meeting the next. */
function columnsOf(places: readonly Place[]): Place[] {
  const columns: { middle: number; box: Place }[] = [];
  for (const place of [...places].sort((a, b) => middle(a) - middle(b))) {
    const last = columns.at(-1);
    const box = grown(place, PAD);
    if (last && middle(place) - last.middle <= ALIGNED) last.box = around(last.box, box);
    else columns.push({ middle: middle(place), box });
  }
  const boxes = columns.map(({ box }) => box);
  for (let i = 1; i < boxes.length; i++) {
    const [a, b] = [boxes[i - 1] as Place, boxes[i] as Place];
    // Half of the way to the neighbour belongs to each; where they do not meet, the right one reaches up or down.
    const border = (a.x + a.width + b.x) / 2;
    boxes[i - 1] = { ...a, width: border - a.x };
    const top = Math.min(b.y, a.y + a.height - 2 * PAD);
    const bottom = Math.max(b.y + b.height, a.y + 2 * PAD);
    boxes[i] = { x: border, y: top, width: b.x + b.width - border, height: bottom - top };
  }
  return boxes;
}

function outlineOf(columns: readonly Place[]): Point[] {
  const above = columns.flatMap(({ x, y, width }) => [
    { x, y },
    { x: x + width, y },
  ]);
  const below = columns.flatMap(({ x, y, width, height }) => [
    { x, y: y + height },
    { x: x + width, y: y + height },
  ]);
  return [...above, ...below.reverse()];
}

/** Above the column where it covers no card, the highest one first; else above the first. */
function labelOf(name: string, columns: readonly Place[], cards: readonly Place[]): Point {
  const width = name.length * LABEL.letter;
  const places = [...columns]
    .sort((a, b) => a.y - b.y)
    .map(({ x, y }) => ({ x: x + 2, y: y - LABEL.gap - LABEL.height, width, height: LABEL.height }));
  const free = places.find((place) => !cards.some((card) => overlaps(place, card, 4))) ?? places[0];
  return free ? { x: free.x, y: free.y + LABEL.height } : { x: 0, y: 0 };
}

/** As the `d` of an SVG path, corners rounded. */
export function roundedPath(outline: readonly Point[], radius: number): string {
  const corners = outline.filter((point, i) => !same(point, outline[(i + 1) % outline.length] as Point));
  const parts = corners.map((corner, i) => {
    const before = corners[(i + corners.length - 1) % corners.length] as Point;
    const after = corners[(i + 1) % corners.length] as Point;
    const [from, to] = [towards(corner, before, radius), towards(corner, after, radius)];
    return `${i === 0 ? "M" : "L"}${pair(from)}Q${pair(corner)} ${pair(to)}`;
  });
  return `${parts.join("")}Z`;
}

/** The point at most `distance` from a corner on the way to the next one, and at most half of it. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const share = Math.min(distance, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function middle({ x, width }: Place): number {
  return x + width / 2;
}

function grown({ x, y, width, height }: Place, by: number): Place {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

function around(a: Place, b: Place): Place {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  const bottom = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: bottom - y };
}

function same(a: Point, b: Point): boolean {
  return a.x === b.x && a.y === b.y;
}

function pair({ x, y }: Point): string {
  return `${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100}`;
}
