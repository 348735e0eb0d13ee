import { formatNumber, formatShape } from "../format";
import { along, overlaps, samples, wireCurves } from "../geometry";
import type { Layout, Place, Point } from "../layout";
import type { ActiveWire, Scene, View } from "../state";
import { colourOf } from "./theme";

/** Screen coordinates = drawing coordinates * k + (x, y). */
export interface Transform {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** What moves, on a canvas above the graph: the wires that something passes in this step, and the number that passes. */
export interface WireCanvas {
  /** With `travel` the number sets out from the start of its wire; without, it has arrived. */
  show(scene: Scene, view: View, layout: Layout, travel: boolean): void;
  move(transform: Transform): void;
  /** Tells the size of the canvas on the page: asking for it while drawing would make the browser lay the page out. */
  resize(size: { readonly width: number; readonly height: number }): void;
  redraw(): void;
}

const TRAVEL_MILLISECONDS = 250;
const THIN = 2.5;
const THICK = 7;
const ARROW = 7;
const PILL_HEIGHT = 22;
const PILL_PADDING = 9;
const FONT = "600 13px system-ui, sans-serif";
/** Where along the wire its number may stand, best first, and how far beside it, in pixels. */
const STATIONS = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
const ASIDE = [-21, 21, -30, 30, -40, 40, -52, 52, -64, 64, -92, 92, 0];
/** Where its middle does not fit above or below the wire, it stands right or left of a point, so far from it. */
const BESIDE = 14;

interface Moving {
  readonly wire: ActiveWire;
  /** In the direction of the pass, in coordinates of the drawing. */
  readonly points: readonly Point[];
  readonly label: string;
}

export function wireCanvas(canvas: HTMLCanvasElement, reducedMotion: () => boolean): WireCanvas {
  const context = canvas.getContext("2d");
  let transform: Transform = { k: 1, x: 0, y: 0 };
  let moving: Moving[] = [];
  let cards: readonly Place[] = [];
  let started = 0;
  let request = 0;
  let [width, height] = [0, 0];

  const draw = (now: number) => {
    request = 0;
    if (!context) return;
    const ratio = window.devicePixelRatio;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const time = Math.min(1, (now - started) / TRAVEL_MILLISECONDS);
    const share = 1 - (1 - time) ** 3;
    const taken = cards
      .map((card) => onScreen(card, transform))
      .filter((card) => overlaps(card, { x: 0, y: 0, width, height }));
    for (const { wire, points } of moving) drawWire(context, wire, screenPoints(points, transform), share, transform.k);
    for (const { wire, points, label } of moving) {
      const path = screenPoints(points, transform);
      const pill = placePill(context, label, path, taken, { x: 0, y: 0, width, height });
      taken.push(pill);
      drawDot(context, wire, time < 1 ? along(path, share) : pill.at, transform.k);
      drawPill(context, wire, label, pill);
    }
    if (time < 1) request = requestAnimationFrame(draw);
  };
  const redraw = () => {
    // At most one drawing a frame, and none while nothing moves.
    if (request === 0) request = requestAnimationFrame(draw);
  };

  return {
    show(scene, view, layout, travel) {
      cards = [...layout.places.values()];
      moving = view.wires.map((wire) => {
        const inputs = scene.nodes.get(wire.node)?.inputs ?? [];
        const points = samples(wireCurves(layout, inputs, wire.node, wire.port));
        return { wire, points: wire.direction === "forward" ? points : points.reverse(), label: labelOf(scene, wire) };
      });
      started = travel && !reducedMotion() ? performance.now() : Number.NEGATIVE_INFINITY;
      redraw();
    },
    move(next) {
      transform = next;
      redraw();
    },
    resize(size) {
      [width, height] = [size.width, size.height];
      redraw();
    },
    redraw,
  };
}

/** The number itself; of a tensor its shape and its largest magnitude. */
function labelOf(scene: Scene, { value }: ActiveWire): string {
  if (typeof value === "number") return formatNumber(value);
  const tensor = scene.tensors.get(value.ref);
  return tensor ? `${formatShape(value.shape)}  ±${formatNumber(tensor.largest)}` : formatShape(value.shape);
}

function drawWire(
  context: CanvasRenderingContext2D,
  wire: ActiveWire,
  path: readonly Point[],
  share: number,
  k: number,
): void {
  const width = widthOf(wire, k);
  const arrow = ARROW + width * 0.8;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.strokeStyle = context.fillStyle = colourOf(roleOf(wire));

  context.globalAlpha = 0.25;
  context.lineWidth = width;
  trace(context, path, 1, arrow);
  context.globalAlpha = 1;
  trace(context, path, share, arrow);

  // The way it goes is drawn at its end, also before the number has come there.
  const end = along(path, 1);
  const back = along(path, 0.97);
  context.globalAlpha = share < 1 ? 0.25 : 1;
  context.save();
  context.translate(end.x, end.y);
  context.rotate(Math.atan2(end.y - back.y, end.x - back.x));
  context.beginPath();
  context.moveTo(0, 0);
  context.lineTo(-arrow * 1.3, -arrow * 0.65);
  context.lineTo(-arrow * 1.3, arrow * 0.65);
  context.fill();
  context.restore();
  context.globalAlpha = 1;
}

/** The number's own dot: on its way while it travels, then beside its number. */
function drawDot(context: CanvasRenderingContext2D, wire: ActiveWire, { x, y }: Point, k: number): void {
  context.fillStyle = colourOf(roleOf(wire));
  context.strokeStyle = colourOf("--paper");
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(x, y, widthOf(wire, k) / 2 + 3, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}

function widthOf(wire: ActiveWire, k: number): number {
  return (THIN + (THICK - THIN) * wire.strength) * Math.min(Math.max(k, 0.6), 1.5);
}

function roleOf(wire: ActiveWire): string {
  return wire.direction === "forward" ? "--value" : "--grad";
}

/** Strokes the part of the path up to a share of it, but never into the arrow head. */
function trace(context: CanvasRenderingContext2D, path: readonly Point[], share: number, arrow: number): void {
  const length = path
    .slice(1)
    .reduce((sum, point, i) => sum + Math.hypot(point.x - (path[i]?.x ?? 0), point.y - (path[i]?.y ?? 0)), 0);
  const stop = Math.min(share, Math.max(0, 1 - arrow / Math.max(length, 1)));
  const count = Math.max(1, Math.round(48 * stop));
  context.beginPath();
  for (let i = 0; i <= count; i++) {
    const { x, y } = along(path, (stop * i) / count);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.stroke();
}

interface Pill extends Place {
  /** The point of the wire that it stands beside. */
  readonly at: Point;
}

/** The first place along and beside the wire where the number covers neither a card nor another number, or least of them. */
function placePill(
  context: CanvasRenderingContext2D,
  label: string,
  path: readonly Point[],
  taken: readonly Place[],
  screen: Place,
): Pill {
  context.font = FONT;
  const width = context.measureText(label).width + 2 * PILL_PADDING;
  const inside = (pill: Place) =>
    pill.x >= screen.x && pill.y >= screen.y && pill.x + width <= screen.width && pill.y + PILL_HEIGHT <= screen.height;
  const places = [-width / 2, BESIDE, -width - BESIDE].flatMap((shift) =>
    ASIDE.flatMap((aside) =>
      STATIONS.map((station) => {
        const at = along(path, station);
        return { at, x: at.x + shift, y: at.y - PILL_HEIGHT / 2 + aside, width, height: PILL_HEIGHT };
      }),
    ),
  );
  const free = places.filter((pill) => !taken.some((card) => overlaps(pill, card, 3)));
  // Best beside its wire, else on it.
  const beside = free.filter((pill) => inside(pill) && !path.some((point) => contains(pill, point)));
  const crowded = places.filter(inside).sort((a, b) => coverage(a, taken) - coverage(b, taken));
  return beside[0] ?? free.find(inside) ?? crowded[0] ?? (places[0] as Pill);
}

/** How much of other things a box covers, in square pixels. */
function coverage(box: Place, taken: readonly Place[]): number {
  const shared = (from: number, length: number, other: number, size: number) =>
    Math.max(0, Math.min(from + length, other + size) - Math.max(from, other));
  return taken.reduce(
    (sum, { x, y, width, height }) => sum + shared(box.x, box.width, x, width) * shared(box.y, box.height, y, height),
    0,
  );
}

function contains({ x, y, width, height }: Place, point: Point): boolean {
  return point.x > x && point.x < x + width && point.y > y && point.y < y + height;
}

function drawPill(
  context: CanvasRenderingContext2D,
  wire: ActiveWire,
  label: string,
  { x, y, width, height }: Place,
): void {
  const role = roleOf(wire);
  context.fillStyle = colourOf(`${role}-soft`);
  context.strokeStyle = colourOf(role);
  context.lineWidth = 1.25;
  context.beginPath();
  context.roundRect(x, y, width, height, height / 2);
  context.fill();
  context.stroke();
  context.fillStyle = colourOf(role);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(label, x + width / 2, y + height / 2 + 0.5);
}

function screenPoints(points: readonly Point[], { k, x, y }: Transform): Point[] {
  return points.map((point) => ({ x: point.x * k + x, y: point.y * k + y }));
}

function onScreen(place: Place, { k, x, y }: Transform): Place {
  return { x: place.x * k + x, y: place.y * k + y, width: place.width * k, height: place.height * k };
}
