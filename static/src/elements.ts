// Which element of what a step made is opened where nobody has picked one. Pure.

import { elementIndex } from "./heatmap";
import { regionOf } from "./picture";
import type { Step } from "./protocol";
import type { Scene, Value } from "./state";

/** What a step made that can be opened: of an update, what it added to the parameter. */
export function madeBy(step: Step): Value {
  const change = step.kind === "update" ? step.quantities.at(-1)?.value : undefined;
  return change ?? step.contribution ?? step.value ?? 0;
}

/** The element of largest magnitude, as far as its map tells, or else the picture; there the first one of its pixel. */
export function largestElement(scene: Scene, value: Value): number[] {
  if (typeof value === "number") return [];
  const tensor = scene.tensors.get(value.ref);
  if (!tensor) return value.shape.map(() => 0);
  const { picture, picture_shape, maps, maps_zero } = tensor;
  if (maps) {
    const columns = tensor.shape.at(-1) ?? 1;
    const place = indexOfLargest(maps, (byte) => Math.abs(byte - maps_zero));
    return elementIndex(tensor.shape, Math.floor(place / columns), place % columns);
  }
  const largest = indexOfLargest(picture, Math.abs);
  const [row, column] = [Math.floor(largest / picture_shape[1]), largest % picture_shape[1]];
  const { rows, columns } = regionOf(tensor, row, column);
  return elementIndex(tensor.shape, rows[0], columns[0]);
}

function indexOfLargest(numbers: ArrayLike<number>, size: (number: number) => number): number {
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < numbers.length; i++) {
    const here = size(numbers[i] ?? 0);
    if (here > most) [best, most] = [i, here];
  }
  return best;
}
