import { type Card, cardOf } from "../cards";
import { overlaps, pathOf, routeKey, wireCurves } from "../geometry";
import { wireKey } from "../history";
import type { Layout, Place } from "../layout";
import { regionsOf, roundedPath } from "../regions";
import type { Actions, NodeView, Pass, Scene, View } from "../state";
import { type CardView, cardView } from "./card";
import { svgElement } from "./element";

/** Up to so many nodes each is a stop of the Tab key; beyond, only the one in the middle of things is. */
const TAB_STOPS = 60;

/** Larger graphs are drawn only where somebody looks. */
const WHOLE = 200;
/** Below this scale words are too small to be read; they are left out, which makes a large graph cheap to move. */
const READABLE_SCALE = 0.28;
/** Of the outline of a layer. */
const CORNER = 14;

interface WireView {
  readonly place: Place;
  readonly path: SVGPathElement;
  readonly pass: Pass;
  state: string;
}

/** The still part of the picture: cards, wires, lanes. `show` draws a graph, `update` changes what a step changes. */
export interface GraphView {
  show(scene: Scene, layout: Layout, cards: ReadonlyMap<number, Card>): void;
  update(scene: Scene, view: View): void;
  /** Takes out of a large drawing what lies outside a part of it; `k` is the scale it is seen at. */
  cull(region: Place, k: number): void;
  /** Makes the next update draw everything anew, such as in other colours. */
  forget(): void;
}

/** The sizes of all cards of a scene, by node id. */
export function cardsOf(scene: Scene): Map<number, Card> {
  const flows = (id: number) => (scene.histories.get(id)?.[0]?.expected ?? 0) > 0;
  return new Map(scene.graph.nodes.map((node) => [node.id, cardOf(node, flows(node.id))]));
}

/** Draws into `world`, a group that somebody else moves and scales. */
export function graphView(world: SVGGElement, actions: Actions): GraphView {
  const nodes = new Map<number, { card: CardView; place: Place; shown: NodeView | null; marks: string }>();
  const wires: WireView[] = [];
  const regions = new Map<string, SVGGElement>();

  const laneLayer = svgElement("g", { class: "lanes" });
  const wireLayer = svgElement("g", { class: "wires", "aria-hidden": "true" });
  const cardLayer = svgElement("g", { class: "nodes" });
  world.replaceChildren(laneLayer, wireLayer, cardLayer);

  const pick = (event: Event) => {
    const id =
      event.target instanceof Element ? event.target.closest<SVGGElement>("[data-node]")?.dataset.node : undefined;
    if (id === undefined || (event instanceof KeyboardEvent && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    const picked = nodes.get(Number(id))?.marks.includes("selected");
    actions.select(picked ? null : Number(id));
  };
  world.addEventListener("click", pick);
  world.addEventListener("keydown", pick);

  return {
    show(scene, layout, cards) {
      nodes.clear();
      wires.length = 0;
      const paths = scene.graph.nodes.flatMap((node) =>
        node.inputs.map((_, port) => {
          const path = svgElement("path", { d: pathOf(wireCurves(layout, node.inputs, node.id, port)) });
          const pass = scene.passes.get(wireKey(node.id, port)) ?? { forward: null, backward: null };
          wires.push({ path, pass, place: wirePlace(layout, node.inputs[port] ?? node.id, node.id), state: "" });
          return path;
        }),
      );
      const tabStops = scene.graph.nodes.length <= TAB_STOPS;
      const groups = scene.graph.nodes.map((node) => {
        const card = cardView(node, cards.get(node.id) ?? cardOf(node, false));
        const place = layout.places.get(node.id) ?? NOWHERE;
        card.root.setAttribute("transform", `translate(${place.x} ${place.y})`);
        card.root.setAttribute("tabindex", tabStops ? "0" : "-1");
        nodes.set(node.id, { card, place, shown: null, marks: "" });
        return card.root;
      });
      const lanes = layout.lanes.filter((lane) => lane.name !== "");
      const labels = lanes.map((lane) => svgElement("text", { class: "lane", x: lane.x, y: lane.y - 16 }, lane.name));
      regions.clear();
      for (const region of regionsOf(scene.graph.nodes, layout)) {
        const { x, y } = region.label;
        const root = svgElement(
          "g",
          { class: "region" },
          svgElement("path", { d: roundedPath(region.outline, CORNER) }),
          svgElement("text", { x, y: y - 4 }, region.name),
        );
        regions.set(region.name, root);
      }
      laneLayer.replaceChildren(...regions.values(), ...labels);
      wireLayer.replaceChildren(...(nodes.size <= WHOLE ? paths : []));
      cardLayer.replaceChildren(...(nodes.size <= WHOLE ? groups : []));
    },

    update(scene, view) {
      const at = view.position.step;
      for (const wire of wires) {
        const state = wireState(wire.pass, at);
        if (state === wire.state) continue;
        wire.state = state;
        wire.path.setAttribute("class", state);
      }
      const layer = scene.nodes.get(view.step?.node ?? -1)?.layer;
      for (const [name, region] of regions) region.classList.toggle("now", name === layer);
      const tabStops = nodes.size <= TAB_STOPS;
      for (const [id, node] of nodes) {
        const look = view.node(id);
        const marks = marksOf(id, view);
        if (look !== node.shown) node.card.update(scene, look);
        if (marks !== node.marks) {
          node.card.mark(marks);
          if (!tabStops) node.card.root.setAttribute("tabindex", id === view.inspected ? "0" : "-1");
        }
        node.shown = look;
        node.marks = marks;
      }
    },

    cull(region, k) {
      world.classList.toggle("far", k < READABLE_SCALE);
      if (nodes.size <= WHOLE) return;
      for (const { card, place } of nodes.values()) reveal(cardLayer, card.root, overlaps(place, region));
      for (const { path, place } of wires) reveal(wireLayer, path, overlaps(place, region));
    },

    forget() {
      for (const node of nodes.values()) node.shown = null;
    },
  };
}

const NOWHERE: Place = { x: 0, y: 0, width: 0, height: 0 };

/** A box around a wire. */
function wirePlace(layout: Layout, from: number, to: number): Place {
  const [source, target] = [layout.places.get(from) ?? NOWHERE, layout.places.get(to) ?? NOWHERE];
  const ys = (layout.routes.get(routeKey(from, to)) ?? []).map((point) => point.y);
  const top = Math.min(source.y, target.y, ...ys);
  const bottom = Math.max(source.y + source.height, target.y + target.height, ...ys);
  return { x: source.x, y: top, width: target.x + target.width - source.x, height: bottom - top };
}

/** In or out of the document: what is only hidden by its style, SVG lays out nevertheless. */
function reveal(layer: SVGElement, element: SVGElement, visible: boolean): void {
  if (visible === (element.parentNode === layer)) return;
  if (visible) layer.append(element);
  else element.remove();
}

function wireState({ forward, backward }: Pass, at: number): string {
  if (backward !== null && backward <= at) return "wire returned";
  return forward !== null && forward <= at ? "wire carried" : "wire";
}

/** What singles a node out: it is in the middle of things (in which phase), or was picked. */
function marksOf(id: number, view: View): string {
  const active = id === view.focus && view.step ? `active ${view.step.phase}` : "";
  const selected = id === view.selected ? "selected" : "";
  return `${active} ${selected}`.trim();
}
