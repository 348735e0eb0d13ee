// The graph of a scene, small: all cards of one size, closer together than on the stage. Pure: no DOM.
import type { Layout, LayoutNode, Place, Point } from "./layout";
import type { Scene } from "./state";

export const CARD = { width: 66, height: 56 };
const GAP_ACROSS = 26;
const GAP_BETWEEN_LANES = 22;

/** What the layout is computed for: every node the size of a small card. */
export function miniatureNodes(scene: Scene): LayoutNode[] {
  return scene.graph.nodes.map(({ id, inputs, lane }) => ({ id, inputs, lane, ...CARD }));
}

/** The same layout with its columns and lanes moved together. */
export function moveTogether(layout: Layout): Layout {
  const columns = [...new Set([...layout.places.values()].map(({ x }) => Math.round(x)))].sort((a, b) => a - b);
  const [first = 0, second = first + CARD.width] = columns;
  const across = (CARD.width + GAP_ACROSS) / Math.max(second - first, CARD.width + GAP_ACROSS);
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
