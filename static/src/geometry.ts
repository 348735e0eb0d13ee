// The way of a wire from card to card as smooth curves, and points along it. Pure.

import type { Layout, Place, Point } from "./layout";

/** A cubic curve: where it starts, its two handles, where it ends. */
export type Curve = readonly [Point, Point, Point, Point];

/** How far apart parallel wires leave their node. */
const PARALLEL = 14;
const SAMPLES = 24;

/**
 * The wire into port `port` of `node`, which has `inputs`. Wires arrive in the order in which they come from above, so that
 * they do not cross at the card; parallel wires leave and arrive apart, so that x*x shows two all the way.
 */
export function wireCurves(layout: Layout, inputs: readonly number[], node: number, port: number): Curve[] {
  const from = inputs[port] ?? node;
  const [source, target] = [layout.places.get(from), layout.places.get(node)];
  if (!source || !target) return [];
  const parallel = inputs.flatMap((input, i) => (input === from ? [i] : []));
  const apart = (parallel.indexOf(port) - (parallel.length - 1) / 2) * PARALLEL;
  const start = { x: source.x + source.width, y: middle(source) + apart };
  const finish = {
    x: target.x,
    y: target.y + (target.height * (rankOf(layout, inputs, node, port) + 1)) / (inputs.length + 1),
  };
  const inner = routeOf(layout, from, node).map(({ x, y }) => ({ x, y: y + apart }));
  const points = [start, ...inner, finish];
  return points.slice(1).map((point, i) => swing(points[i] ?? start, point));
}

/** How many wires arrive above this one. */
function rankOf(layout: Layout, inputs: readonly number[], node: number, port: number): number {
  const heights = inputs.map((from) => {
    const place = layout.places.get(from);
    return routeOf(layout, from, node).at(-1)?.y ?? (place ? middle(place) : 0);
  });
  const own = heights[port] ?? 0;
  return heights.filter((height, i) => height < own || (height === own && i < port)).length;
}

function routeOf(layout: Layout, from: number, node: number): readonly Point[] {
  return layout.routes.get(routeKey(from, node)) ?? [];
}

/** A name for the way from one node to another; parallel wires share it. */
export function routeKey(from: number, to: number): string {
  return `${from}>${to}`;
}

/** As the `d` of an SVG path. */
export function pathOf(curves: readonly Curve[]): string {
  const [first] = curves;
  if (!first) return "";
  const number = (x: number) => String(Math.round(x * 100) / 100);
  const pair = ({ x, y }: Point) => `${number(x)} ${number(y)}`;
  return `M${pair(first[0])}${curves.map(([, a, b, to]) => `C${pair(a)} ${pair(b)} ${pair(to)}`).join("")}`;
}

/** Points along the wire, close enough to walk on. */
export function samples(curves: readonly Curve[]): Point[] {
  return curves.flatMap((curve, i) =>
    Array.from({ length: SAMPLES + (i === 0 ? 1 : 0) }, (_, j) => onCurve(curve, (j + (i === 0 ? 0 : 1)) / SAMPLES)),
  );
}

/** The point a share (0 to 1) of the way along, and the direction there. */
export function along(points: readonly Point[], share: number): Point & { readonly angle: number } {
  const lengths = points.slice(1).map((point, i) => distance(point, points[i] ?? point));
  let rest = lengths.reduce((sum, length) => sum + length, 0) * Math.min(Math.max(share, 0), 1);
  for (const [i, length] of lengths.entries()) {
    const [a, b] = [points[i], points[i + 1]];
    if (a && b && (rest <= length || i === lengths.length - 1)) {
      const part = length > 0 ? Math.min(1, rest / length) : 0;
      return { x: a.x + (b.x - a.x) * part, y: a.y + (b.y - a.y) * part, angle: Math.atan2(b.y - a.y, b.x - a.x) };
    }
    rest -= length;
  }
  return { x: points[0]?.x ?? 0, y: points[0]?.y ?? 0, angle: 0 };
}

/** Whether two boxes overlap, a margin counted in. */
export function overlaps(a: Place, b: Place, margin = 0): boolean {
  return (
    a.x < b.x + b.width + margin &&
    b.x < a.x + a.width + margin &&
    a.y < b.y + b.height + margin &&
    b.y < a.y + a.height + margin
  );
}

/** From point to point, level at both ends. */
function swing(a: Point, b: Point): Curve {
  const half = Math.max((b.x - a.x) / 2, 20);
  return [a, { x: a.x + half, y: a.y }, { x: b.x - half, y: b.y }, b];
}

function onCurve([a, b, c, d]: Curve, t: number): Point {
  const s = 1 - t;
  const [p, q, r, u] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return { x: p * a.x + q * b.x + r * c.x + u * d.x, y: p * a.y + q * b.y + r * c.y + u * d.y };
}

function middle(place: Place): number {
  return place.y + place.height / 2;
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}
