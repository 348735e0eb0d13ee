import { type Card, cardOf } from "../cards";
import { pathOf, wireCurves } from "../geometry";
import { wireKey } from "../history";
import type { Layout } from "../layout";
import type { Actions, NodeView, Pass, Scene, View } from "../state";
import { type CardView, cardView } from "./card";
import { svgElement } from "./element";

/** Up to so many nodes each is a stop of the Tab key; beyond, only the one in the middle of things is. */
const TAB_STOPS = 60;

interface WireView {
  readonly path: SVGPathElement;
  readonly pass: Pass;
  state: string;
}

/** The still part of the picture: cards, wires, lanes. `show` draws a graph, `update` changes what a step changes. */
export interface GraphView {
  show(scene: Scene, layout: Layout, cards: ReadonlyMap<number, Card>): void;
  update(scene: Scene, view: View): void;
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
  const nodes = new Map<number, { card: CardView; shown: NodeView | null; marks: string }>();
  const wires: WireView[] = [];

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
          wires.push({ path, pass, state: "" });
          return path;
        }),
      );
      const tabStops = scene.graph.nodes.length <= TAB_STOPS;
      const groups = scene.graph.nodes.map((node) => {
        const card = cardView(node, cards.get(node.id) ?? cardOf(node, false));
        const { x, y } = layout.places.get(node.id) ?? { x: 0, y: 0 };
        card.root.setAttribute("transform", `translate(${x} ${y})`);
        card.root.setAttribute("tabindex", tabStops ? "0" : "-1");
        nodes.set(node.id, { card, shown: null, marks: "" });
        return card.root;
      });
      const lanes = layout.lanes.filter((lane) => lane.name !== "");
      const labels = lanes.map((lane) => svgElement("text", { class: "lane", x: lane.x, y: lane.y - 16 }, lane.name));
      world.replaceChildren(
        svgElement("g", { class: "lanes" }, ...labels),
        svgElement("g", { class: "wires", "aria-hidden": "true" }, ...paths),
        svgElement("g", { class: "nodes" }, ...groups),
      );
    },

    update(scene, view) {
      const at = view.position.step;
      for (const wire of wires) {
        const state = wireState(wire.pass, at);
        if (state === wire.state) continue;
        wire.state = state;
        wire.path.setAttribute("class", state);
      }
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

    forget() {
      for (const node of nodes.values()) node.shown = null;
    },
  };
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
