// The graph of a scene, small: all cards of one size, closer together than on the stage. Pure: no DOM.
import type { Layout, LayoutNode, Place, Point } from "./layout";
import type { Scene } from "./state";

export interface MiniatureSize {
  readonly width: number;
  readonly height: number;
}

/** Where there are tensors, or even rows of pictures, the cards leave room for them. */
const NUMBERS: MiniatureSize = { width: 88, height: 44 };
const TENSORS: MiniatureSize = { width: 88, height: 52 };
const PICTURES: MiniatureSize = { width: 96, height: 68 };
const GAP_ACROSS = 22;
const GAP_BETWEEN_LANES = 22;

export function miniatureSize(scene: Scene): MiniatureSize {
  const { nodes } = scene.graph;
  if (nodes.some((node) => node.images)) return PICTURES;
  return nodes.some((node) => node.shape.length > 0) ? TENSORS : NUMBERS;
}

/** What the layout is computed for: every node the size of a small card. */
export function miniatureNodes(scene: Scene): LayoutNode[] {
  const { width, height } = miniatureSize(scene);
  return scene.graph.nodes.map(({ id, inputs, lane }) => ({ id, inputs, lane, width, height }));
}

/** The same layout with its columns and lanes moved together; cards are `width` wide. */
export function moveTogether(layout: Layout, width: number): Layout {
  const columns = [...new Set([...layout.places.values()].map(({ x }) => Math.round(x)))].sort((a, b) => a - b);
  const [first = 0, second = first + width] = columns;
  const across = (width + GAP_ACROSS) / Math.max(second - first, width + GAP_ACROSS);
  // Between two cards of a column there is nothing to gain, between lanes there is.
  const laneShift = (y: number) => {
    let shift = 0;
    for (const [i, lane] of layout.lanes.entries()) {
      const previous = layout.lanes[i - 1];
      if (previous && y >= lane.y) shift += lane.y - (previous.y + previous.height) - GAP_BETWEEN_LANES;
    }
    return shift;
  };
  const move = <P extends Point>(point: P): P => ({ ...point, x: point.x * across, y: point.y - laneShift(point.y) });
  const places = new Map([...layout.places].map(([id, place]): [number, Place] => [id, move(place)]));
  const routes = new Map([...layout.routes].map(([key, points]) => [key, points.map(move)]));
  const reach = [...places.values()];
  return {
    places,
    routes,
    lanes: layout.lanes.map(move),
    width: Math.max(0, ...reach.map((place) => place.x + place.width)),
    height: Math.max(0, ...reach.map((place) => place.y + place.height)),
  };
}
