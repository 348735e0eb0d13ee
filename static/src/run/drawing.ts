// Where the parts of a small picture of a network and of a schedule lie. Pure: no DOM.

import type { NetworkRecipe } from "../protocol";
import type { ScheduleOption } from "./recipe";

export interface Bar {
  readonly width: number;
  readonly x: number;
  readonly top: number;
  readonly height: number;
}

export interface NetworkDrawing {
  readonly bars: readonly Bar[];
  /** Corners of what connects a layer with the next one. */
  readonly links: readonly string[];
}

/** Shorter than this no bar is, so that a layer of one unit can still be seen. */
const SHORTEST = 8;

/** Layers as bars from left to right; heights go by the logarithm of the widths, for 784 and 10 to be seen together. */
export function drawNetwork(widths: readonly number[], size: { width: number; height: number }): NetworkDrawing {
  const largest = Math.log(Math.max(...widths) + 1);
  const gap = widths.length > 1 ? size.width / (widths.length - 1) : 0;
  const bars = widths.map((width, i) => {
    const height = SHORTEST + (size.height - SHORTEST) * (Math.log(width + 1) / largest);
    return { width, x: i * gap, top: (size.height - height) / 2, height };
  });
  const links = bars.slice(1).map((to, i) => {
    const from = bars[i] ?? to;
    return [
      [from.x, from.top],
      [to.x, to.top],
      [to.x, to.top + to.height],
      [from.x, from.top + from.height],
    ]
      .map((point) => point.join(","))
      .join(" ");
  });
  return { bars, links };
}

/** The learning rate of a whole run as points of a line, in shares of its full size and of the run. */
export function drawSchedule(
  schedule: Pick<ScheduleOption, "warms_up" | "decay">,
  { warmup }: Pick<NetworkRecipe, "warmup">,
  steps: number,
): [x: number, y: number][] {
  const climb = schedule.warms_up && steps > 0 ? Math.min(1, warmup / steps) : 0;
  const { decay } = schedule;
  const points = decay.map((y, i): [number, number] => [climb + ((1 - climb) * i) / Math.max(1, decay.length - 1), y]);
  return climb > 0 ? [[0, 0], ...points] : points;
}
