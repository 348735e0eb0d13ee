// A race down a loss surface: who takes part, what is asked, and the answer as charts want it. Pure.

import type { SurfaceGrid, SurfacePath } from "../charts/surface";
import type { Request } from "../connection";
import type { SurfaceRace, Variation } from "../protocol";
import { type Lab, type LossSurface, membersOf, type Settings } from "./lab";

/** So many steps everybody takes. */
export const STEPS = 300;
const DIGITS = 3;

export type Point = readonly [x: number, y: number];

/** The lab's racers, with learning rates that suit the surface; the lab's slider scales them. */
export function racersOf(lab: Lab, settings: Settings, surface: LossSurface): Variation[] {
  return membersOf(lab, settings).map((member) => {
    const rate = surface.rates[member.optimizer ?? "sgd"] ?? 1;
    return { ...member, lr: Number((rate * settings.rate).toPrecision(DIGITS)) };
  });
}

export function surfaceRequest(surface: LossSurface, start: Point, racers: readonly Variation[]): Request {
  return { type: "surface", surface: surface.name, start: [...start], steps: STEPS, racers: [...racers] };
}

export interface Raced {
  readonly grid: SurfaceGrid;
  readonly paths: readonly SurfacePath[];
  readonly minima: readonly Point[];
  /** How it ended for each. */
  readonly endings: readonly { readonly label: string; readonly says: string }[];
}

/** The answer, its numbers read. */
export function racedOf({ grid, size, x, y, minimum, paths }: SurfaceRace): Raced {
  return {
    grid: { columns: size, rows: size, values: floats(grid), x, y },
    paths: paths.map(({ label, points, losses }, look) => {
      return { id: label, label, look, points: floats(points), losses: floats(losses) };
    }),
    minima: minimum,
    endings: paths.map(({ label, says }) => ({ label, says })),
  };
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
