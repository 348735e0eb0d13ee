// A curve fitted twice, as a picture: from the parts of a frame to pixels; and its gradients, in words. Pure.

import { type Axis, place, type Tick, ticksOf } from "../charts/axis";
import { formatNumber } from "../format";
import type { CurveParts } from "../protocol";

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface FitMarks {
  /** Paths. */
  readonly byHand: string;
  readonly byEngine: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
}

/** Beyond the points, as a share of what they span. */
const MARGIN = 0.12;
const X_ROOM = 90;
const Y_ROOM = 44;

/**
 * The points and both curves; what leaves the picture ends at its edge, what is no number is left out.
 *
 * @param untrained the curves before the first training step, for which there is room, too; null: not known.
 */
export function fitMarks(parts: CurveParts, { width, height }: Size, untrained: CurveParts | null): FitMarks {
  const [x, pointsX, pointsY] = [floats(parts.x), floats(parts.points_x), floats(parts.points_y)];
  const seen = [...pointsY, ...(untrained ? floats(untrained.by_hand) : [])];
  const [low, high] = [Math.min(...seen), Math.max(...seen)];
  const room = MARGIN * (high - low || 1);
  const across: Axis = { kind: "linear", domain: [Math.min(...pointsX), Math.max(...pointsX)], range: [0, width] };
  const up: Axis = { kind: "linear", domain: [low - room, high + room], range: [height, 0] };
  const path = (ys: Float32Array) => {
    let [text, open] = ["", false];
    for (let i = 0; i < x.length; i++) {
      const at = [place(across, x[i] as number), place(up, ys[i] as number)] as const;
      if (Number.isFinite(at[1])) text += `${open ? "L" : "M"}${at[0].toFixed(1)} ${clamped(at[1], height).toFixed(1)}`;
      open = Number.isFinite(at[1]);
    }
    return text;
  };
  return {
    byHand: path(floats(parts.by_hand)),
    byEngine: path(floats(parts.by_engine)),
    points: Array.from(pointsX, (x, i) => [place(across, x), place(up, pointsY[i] as number)] as const),
    xTicks: ticksOf(across, X_ROOM),
    yTicks: ticksOf(up, Y_ROOM),
  };
}

export interface GradientRow {
  /** "Layer 1 weight". */
  readonly name: string;
  readonly byHand: string;
  readonly byEngine: string;
  readonly difference: string;
  readonly equal: boolean;
}

/** Sums of numbers of this size, rounded in another order, differ by no more than this. */
const ROUNDING = 1e-12;

/** Both gradients of every parameter, and how far they are apart where they are farthest. */
export function gradientRows({ gradients }: CurveParts): GradientRow[] {
  const layers = [...new Set(gradients.map(([name]) => name.split(".")[0]))];
  return gradients.map(([name, byHand, byEngine, difference]) => {
    const [place, what] = name.split(".");
    return {
      name: `Layer ${layers.indexOf(place) + 1} ${what}`,
      byHand: formatNumber(byHand),
      byEngine: formatNumber(byEngine),
      difference: formatNumber(difference, 2),
      equal: difference <= ROUNDING * Math.max(1, byEngine),
    };
  });
}

/** What the rows say together. */
export function verdict(parts: CurveParts): string {
  const rows = gradientRows(parts);
  const wrong = rows.filter(({ equal }) => !equal);
  const farthest = formatNumber(Math.max(...parts.gradients.map(([, , , difference]) => difference)), 2);
  if (parts.gradients.some(([, , , difference]) => Number.isNaN(difference)))
    return "Neither is a number any more: both copies have diverged alike.";
  if (wrong.length === 0)
    return `Equal: no element of any gradient differs by more than ${farthest}, which is rounding in float64.`;
  return `Not equal: ${wrong.map(({ name }) => name.toLowerCase()).join(", ")} differ by up to ${farthest}.`;
}

function clamped(at: number, height: number): number {
  return Math.min(2 * height, Math.max(-height, at));
}

function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}
