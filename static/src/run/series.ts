// Which curves the charts of the training page show, of the watched run and of its family. Pure.

import type { LineSeries } from "../charts/series";
import type { RunState } from "../protocol";
import type { Curves, Series } from "./curves";

/** A run whose curves are drawn, with its place in the family: the oldest is 0. */
export interface Relative {
  readonly state: RunState;
  readonly curves: Curves;
  readonly place: number;
}

/** The look of what the watched run makes of the test set. All others are runs'. */
const TEST_LOOK = 1;

/** The look that a run has wherever it appears: the same when it is watched and when it is not. */
export function lookOfPlace(place: number): number {
  return place < TEST_LOOK ? place : place + 1;
}

/** "Run" for the first of a family, then "Branch 1", "Branch 2", ... */
export function nameOfPlace(place: number): string {
  return place === 0 ? "Run" : `Branch ${place}`;
}

/** A pair of curves of the watched run, train and test, and of each other run the one that is told by `shared`. */
export function pairOfCurves(
  watched: Relative,
  others: readonly Relative[],
  names: { readonly train: string; readonly test: string; readonly shared: "train" | "test" },
): LineSeries[] {
  const alone = others.length === 0;
  const label = (words: string) => (alone ? words : `${nameOfPlace(watched.place)}, ${words}`);
  return [
    lineOf(watched, names.train, { label: label("train"), look: lookOfPlace(watched.place) }),
    lineOf(watched, names.test, { label: label("test"), look: TEST_LOOK }),
    ...others.map((other) =>
      lineOf(other, names[names.shared], {
        label: `${nameOfPlace(other.place)}, ${names.shared}`,
        look: lookOfPlace(other.place),
      }),
    ),
  ].filter(({ ys }) => ys.length > 0);
}

/** A family of curves with one a layer. */
export function layerCurves({ curves }: Pick<Relative, "curves">, family: string): LineSeries[] {
  return curves.layers(family).map((series, layer) => ({
    ...samplesOf(series),
    ...{ id: `${family}.${layer}`, label: `Layer ${layer + 1}`, look: layer },
  }));
}

function lineOf(
  { state, curves }: Relative,
  name: string,
  { label, look }: { readonly label: string; readonly look: number },
): LineSeries {
  const branch = state.parent !== null && state.branched_at !== null;
  const series = curves.series(name);
  return {
    ...samplesOf(branch ? after(series, state.branched_at ?? 0) : series),
    ...{ id: `${state.id} ${name}`, label, look },
    ...(branch ? { branch: { of: `${state.parent} ${name}`, from: state.branched_at ?? 0 } } : {}),
  };
}

/** What a branch has of its own: before, its curve is its parent's. */
function after({ x, y }: Series, step: number): Series {
  const from = x.findIndex((at) => at > step);
  return from < 0 ? { x: x.subarray(0, 0), y: y.subarray(0, 0) } : { x: x.subarray(from), y: y.subarray(from) };
}

function samplesOf({ x, y }: Series): { xs: Int32Array; ys: Float32Array } {
  return { xs: x, ys: y };
}
