import { select } from "d3-selection";
import "d3-transition";
import { type D3ZoomEvent, type ZoomTransform, zoom, zoomIdentity } from "d3-zoom";
import { type Card, gapOf } from "../cards";
import type { Layout, LayoutNode, Place } from "../layout";
import type { Actions, Scene, View } from "../state";
import { svgElement } from "./element";
import { cardsOf, graphView } from "./graph";
import { onThemeChange } from "./palette";
import { wireCanvas } from "./wires";

const ZOOM_RANGE: [number, number] = [0.02, 4];
const TRANSITION_MILLISECONDS = 250;
/** Fitting never enlarges beyond this: enough for a projector, and still no poster of two nodes. */
const LARGEST_FIT = 1.75;
/** A picture that would open smaller than this opens readable instead, and follows the walk; larger on a small screen. */
const READABLE = 0.7;
const READABLE_ON_PHONE = 0.85;
const PHONE_WIDTH = 600;
/** The picture shrinks down to this where both ends of a wire would else not be seen. */
const SMALLEST_FOLLOWED = 0.45;
const MARGIN = 28;
/** At the bottom, where the legend stands. */
const FOOT = 48;
/** A press that moves the pointer by less is a click on a node. */
const CLICK_DISTANCE = 4;

export interface Stage {
  /** `travel`: the step was walked, so its number sets out along the wire. */
  update(scene: Scene, view: View, travel: boolean): void;
  /** Everything in sight. */
  fitAll(): void;
  zoomBy(factor: number): void;
}

export interface StageOptions {
  readonly actions: Actions;
  /** Finds places for the cards; later calls make earlier ones stale, which then never resolve. */
  layOut(nodes: readonly LayoutNode[], gap: number): Promise<Layout>;
  reducedMotion(): boolean;
}

/** The picture: a graph that can be moved and scaled, and the canvas of what moves above it. */
export function stageView(host: HTMLElement, options: StageOptions): Stage {
  const world = svgElement("g", { class: "world" });
  const picture = svgElement("svg", { class: "graph", role: "group", "aria-label": "Graph" }, hatching(), world);
  const canvas = document.createElement("canvas");
  canvas.className = "moving";
  canvas.setAttribute("aria-hidden", "true");
  host.prepend(picture, canvas);
  const graph = graphView(world, options.actions);
  const wires = wireCanvas(canvas, options.reducedMotion);

  let size: { readonly width: number; readonly height: number } = host.getBoundingClientRect();
  let shownKey = "";
  let layout: Layout | null = null;
  let current: { scene: Scene; view: View } | null = null;
  let drawn: ZoomTransform = zoomIdentity;
  let now: ZoomTransform = zoomIdentity;
  /** The scale that was opened with or chosen by hand; what follows the walk returns to it. */
  let chosen = 1;
  /** Somebody has moved or scaled the picture by hand. */
  let handled = false;
  let drawnRegion: Place = { x: 0, y: 0, width: 0, height: 0 };

  /** Draws what is in sight, and half a screen around it, sharp and in its place. */
  function draw(): void {
    drawn = now;
    const { x, y, width, height } = seen(now, size);
    drawnRegion = { x: x - width / 2, y: y - height / 2, width: 2 * width, height: 2 * height };
    graph.cull(drawnRegion, now.k);
    picture.style.transform = "";
    world.setAttribute("transform", `translate(${now.x} ${now.y}) scale(${now.k})`);
  }

  const surface = select(host);
  const behaviour = zoom<HTMLElement, unknown>()
    .scaleExtent(ZOOM_RANGE)
    .clickDistance(CLICK_DISTANCE)
    .on("zoom", ({ transform, sourceEvent }: D3ZoomEvent<HTMLElement, unknown>) => {
      now = transform;
      if (sourceEvent) [chosen, handled] = [transform.k, true];
      if (!within(seen(now, size), drawnRegion)) draw();
      // During the gesture the finished drawing is moved as it is, which costs nothing; it is drawn sharp at the end.
      const k = now.k / drawn.k;
      picture.style.transform = `translate(${now.x - drawn.x * k}px, ${now.y - drawn.y * k}px) scale(${k})`;
      wires.move(now);
    })
    .on("end", draw);
  surface.call(behaviour).on("dblclick.zoom", null);

  const go = (transform: ZoomTransform, animated = true) => {
    const moved =
      animated && !options.reducedMotion() ? surface.transition().duration(TRANSITION_MILLISECONDS) : surface;
    behaviour.transform(moved as typeof surface, transform);
  };
  wires.resize(size);
  const fitting = (place: Place, largest = LARGEST_FIT, smallest = ZOOM_RANGE[0]): ZoomTransform => {
    const [width, height] = [size.width - 2 * MARGIN, size.height - MARGIN - FOOT];
    const k = Math.max(smallest, Math.min(largest, width / place.width, height / place.height));
    const [x, y] = [place.x + place.width / 2, place.y + place.height / 2];
    return zoomIdentity.translate(MARGIN + width / 2 - x * k, MARGIN + height / 2 - y * k).scale(k);
  };
  const readable = () => (size.width < PHONE_WIDTH ? READABLE_ON_PHONE : READABLE);
  /** Shifted so that no side of the screen stays empty while the drawing goes on at the other; what fits is centred. */
  const filled = ({ k, x, y }: ZoomTransform, whole: Place): ZoomTransform => {
    const shifted = (offset: number, start: number, length: number, end: number) => {
      const [most, least] = [MARGIN - start * k, end - (start + length) * k];
      return least > most ? (least + most) / 2 : Math.min(most, Math.max(least, offset));
    };
    const left = shifted(x, whole.x, whole.width, size.width - MARGIN);
    return zoomIdentity.translate(left, shifted(y, whole.y, whole.height, size.height - FOOT)).scale(k);
  };
  const showAll = (animated = true) => {
    if (!layout) return;
    const whole = fitting(boundsOf(layout));
    [chosen, handled] = [whole.k, false];
    go(whole, animated);
  };
  /** Brings what is active into sight; leaves the picture alone where it is already. */
  const follow = (animated: boolean) => {
    const active = layout && current && activeBounds(layout, current.view);
    if (!layout || !current || !active) return;
    // Where both ends of a wire are too far apart to be seen at once, the node in the middle of things matters more.
    const fits = fitting(active).k >= SMALLEST_FOLLOWED;
    const place = fits ? active : (layout.places.get(current.view.focus ?? -1) ?? active);
    const [left, top] = now.apply([place.x, place.y]);
    const [right, bottom] = now.apply([place.x + place.width, place.y + place.height]);
    if (left >= 0 && top >= 0 && right <= size.width && bottom <= size.height) return;
    go(filled(fitting(place, chosen, Math.min(chosen, SMALLEST_FOLLOWED)), boundsOf(layout)), animated);
  };
  const open = () => {
    if (!layout) return;
    const bounds = boundsOf(layout);
    const whole = fitting(bounds);
    // Before the first step everything begins at the left.
    const first = (current && activeBounds(layout, current.view)) ?? leftOf(bounds);
    chosen = Math.max(whole.k, readable());
    go(whole.k >= chosen ? whole : filled(fitting(first, chosen, SMALLEST_FOLLOWED), bounds), false);
  };

  const update = (scene: Scene, view: View, travel: boolean) => {
    // Only a step moves the picture by itself: whoever has moved it to pick a node stays there.
    const stepped = view.position.step !== current?.view.position.step;
    current = { scene, view };
    if (scene.graph.key !== shownKey) {
      shownKey = scene.graph.key;
      layout = null;
      const cards = cardsOf(scene);
      options.layOut(layoutNodes(scene, cards), gapOf(scene.graph.nodes)).then((made) => {
        // By now another value may have been typed in; the graph is the same, or this answer would be stale.
        const { scene, view } = current ?? { scene: null, view: null };
        if (!scene || !view) return;
        layout = made;
        picture.setAttribute("aria-label", `Graph of ${scene.title}, ${scene.graph.nodes.length} nodes`);
        graph.show(scene, made, cards);
        open();
        draw();
        update(scene, view, false);
        host.dataset.drawn = shownKey;
      });
    }
    if (!layout) return;
    graph.update(scene, view);
    wires.show(scene, view, layout, travel);
    if (stepped) follow(travel);
  };

  new ResizeObserver(([entry]) => {
    if (entry) size = entry.contentRect;
    wires.resize(size);
    draw();
    // A picture that stands as it was opened is opened anew for the room that it has now.
    if (handled) follow(false);
    else open();
  }).observe(host);
  onThemeChange(() => {
    graph.forget();
    if (current) update(current.scene, current.view, false);
  });

  return {
    update,
    fitAll: () => showAll(),
    zoomBy: (factor) => {
      const moved = options.reducedMotion() ? surface : surface.transition().duration(TRANSITION_MILLISECONDS);
      chosen = now.k * factor;
      behaviour.scaleBy(moved as typeof surface, factor);
    },
  };
}

function layoutNodes(scene: Scene, cards: ReadonlyMap<number, Card>): LayoutNode[] {
  return scene.graph.nodes.map(({ id, inputs, lane, kind }) => {
    const { width, height } = cards.get(id) ?? { width: 0, height: 0 };
    return { id, inputs, lane, width, height, quiet: kind === "constant" };
  });
}

/** The part of the drawing that is in sight. */
function seen(transform: ZoomTransform, { width, height }: { width: number; height: number }): Place {
  const [x, y] = transform.invert([0, 0]);
  return { x, y, width: width / transform.k, height: height / transform.k };
}

function within(inner: Place, outer: Place): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/** Everything, with room above for the names of the lanes. */
function boundsOf({ width, height, lanes }: Layout): Place {
  const label = lanes.some((lane) => lane.name !== "") ? 30 : 0;
  return { x: 0, y: -label, width, height: height + label };
}

/** The middle of the left side. */
function leftOf({ x, y, height }: Place): Place {
  return { x, y: y + height / 2, width: 0, height: 0 };
}

/** The cards at both ends of the active wires, or the one in the middle of things. */
function activeBounds(layout: Layout, view: View): Place | null {
  const ids = view.wires.length > 0 ? view.wires.flatMap((wire) => [wire.node, wire.from]) : [view.focus ?? -1];
  const places = ids.flatMap((id) => layout.places.get(id) ?? []);
  if (places.length === 0) return null;
  const [x, y] = [Math.min(...places.map((place) => place.x)), Math.min(...places.map((place) => place.y))];
  const right = Math.max(...places.map((place) => place.x + place.width));
  const bottom = Math.max(...places.map((place) => place.y + place.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Patterns and arrow heads. */
function hatching(): SVGDefsElement {
  const pattern = svgElement(
    "pattern",
    { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svgElement("rect", { class: "hatch-back", width: 6, height: 6 }),
    svgElement("rect", { class: "hatch-line", width: 2, height: 6 }),
  );
  const arrow = (id: string) =>
    svgElement(
      "marker",
      { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" },
      svgElement("path", { d: "M0 0 8 4 0 8z" }),
    );
  return svgElement("defs", {}, pattern, arrow("arrow"), arrow("arrow-carried"), arrow("arrow-returned"));
}
