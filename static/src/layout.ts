// Where every card stands, and along which points each wire runs: computed once a graph. Pure; d3-dag does the work.

import {
  coordCenter,
  coordGreedy,
  coordSimplex,
  decrossDfs,
  decrossTwoLayer,
  graph as emptyGraph,
  type Graph,
  type GraphLink,
  type Layering,
  layeringSimplex,
  type MutGraph,
  sugiyama,
} from "d3-dag";
import { routeKey } from "./geometry";
import { type Bend, bendsOf, layersOf } from "./layers";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface LayoutNode {
  readonly id: number;
  readonly width: number;
  readonly height: number;
  readonly inputs: readonly number[];
  readonly lane: string;
  /** Constants and the like: their wires may bend, so that those of the others run straight. */
  readonly quiet?: boolean;
}

export interface Place extends Point {
  readonly width: number;
  readonly height: number;
}

export interface Lane extends Place {
  readonly name: string;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Upper left corners and sizes by node id. */
  readonly places: ReadonlyMap<number, Place>;
  /** Points between two cards that are not in neighbouring layers, by `routeKey`. */
  readonly routes: ReadonlyMap<string, readonly Point[]>;
  readonly lanes: readonly Lane[];
}

/** Room for a number between two layers. */
const NUMBER_GAP = 84;
/** Room between cards above each other, and between lanes. */
const NODE_GAP = 26;
const LANE_GAP = 64;

/**
 * Sizes, cards and bends counted, up to which the slower, better operators are fast enough: about a tenth of a second, and a
 * second; and up to which the fastest ones are.
 */
const SMALL = 150;
const MEDIUM = 1500;
const LARGEST = 20_000;

/** How much it matters that a wire runs straight: one layer long, at the ends of a longer one, and in between. */
const STRAIGHT: Weights = [1, 2, 8];
const BENT: Weights = [0.05, 0.1, 0.4];

type Weights = readonly [number, number, number];

/** Lays a graph out from left to right, its lanes one below the other; `gap` is the room for numbers between layers. */
export function layOut(nodes: readonly LayoutNode[], gap = NUMBER_GAP): Layout {
  const lanes = new Map<string, LayoutNode[]>();
  for (const node of nodes) lanes.set(node.lane, [...(lanes.get(node.lane) ?? []), node]);

  const places = new Map<number, Place>();
  const routes = new Map<string, Point[]>();
  const drawn: Lane[] = [];
  let top = 0;
  for (const [name, members] of lanes) {
    const lane = layOutLane(members, gap);
    for (const [id, place] of lane.places) places.set(id, { ...place, y: place.y + top });
    for (const [key, points] of lane.routes)
      routes.set(
        key,
        points.map(({ x, y }) => ({ x, y: y + top })),
      );
    drawn.push({ name, x: 0, y: top, width: lane.width, height: lane.height });
    top += lane.height + LANE_GAP;
  }
  return {
    width: Math.max(0, ...drawn.map((lane) => lane.width)),
    height: Math.max(0, top - LANE_GAP),
    places,
    routes,
    lanes: drawn,
  };
}

interface LaneLayout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<number, Place>;
  readonly routes: ReadonlyMap<string, readonly Point[]>;
}

// d3-dag draws from top to bottom: its x is our y.
function layOutLane(members: readonly LayoutNode[], gap: number): LaneLayout {
  const layers = layersOf(members);
  const bends = bendsOf(members, layers);
  const size = members.length + bends.reduce((sum, { count }) => sum + count, 0);
  const dag = dagOf(members, bends, size);
  const drawn = operators(size, gap, layers)(dag);

  const places = new Map<number, Place>();
  for (const { data, x, y } of dag.nodes()) {
    const { width, height } = data;
    places.set(data.id, { x: y - width / 2, y: x - height / 2, width, height });
  }
  const routes = new Map<string, Point[]>();
  for (const { source, target, points } of dag.links()) {
    const inner = points.slice(1, -1).map(([x, y]) => ({ x: y, y: x }));
    if (inner.length > 0) routes.set(routeKey(source.data.id, target.data.id), inner);
  }
  return { width: drawn.height, height: drawn.width, places, routes };
}

/** The graph for d3-dag, without the longest wires where all of them would be too many: those are drawn straight across. */
function dagOf(members: readonly LayoutNode[], bends: readonly Bend[], size: number): Graph<LayoutNode, undefined> {
  const dag: MutGraph<LayoutNode, undefined> = emptyGraph();
  const made = new Map(members.map((node) => [node.id, dag.node(node)]));
  let rest = size;
  for (const { from, to, count } of bends) {
    const [source, target] = [made.get(from), made.get(to)];
    if (rest > LARGEST) rest -= count;
    else if (source && target) dag.link(source, target);
  }
  return dag;
}

type Operator = (dag: Graph<LayoutNode, undefined>) => { width: number; height: number };

function operators(size: number, gap: number, layers: ReadonlyMap<number, number>): Operator {
  const sized = sugiyama()
    .nodeSize(({ data }: { data: LayoutNode }) => [data.height, data.width] as const)
    .gap([NODE_GAP, gap]);
  if (size <= SMALL) {
    const weight = ({ source }: GraphLink<LayoutNode, undefined>) => (source.data.quiet ? BENT : STRAIGHT);
    return sized.coord(coordSimplex().weight(weight));
  }
  if (size <= MEDIUM) return sized.layering(layeringSimplex()).decross(decrossTwoLayer()).coord(coordGreedy());
  // These layers hold for wires that were left out, too, so that no card stands left of one of its inputs.
  const layering: Layering<LayoutNode, undefined> = (dag) => {
    for (const node of dag.nodes()) node.y = layers.get(node.data.id) ?? 0;
    return Math.max(...layers.values());
  };
  return sized.layering(layering).decross(decrossDfs()).coord(coordCenter());
}
