// The pictures that an opened element and its factors belong to, and which pixel of each they are. Pure.

import type { Lines, Spot, Step, Term, Terms } from "./protocol";
import type { Scene, Tensor, Value } from "./state";

/** A row of a tensor whose rows are pictures, and the pixel that is meant; null: the whole picture. */
export interface Sight {
  readonly name: string;
  readonly role: "value" | "grad";
  readonly tensor: Tensor;
  readonly row: number;
  readonly pixel: number | null;
}

/** The spot of each term whose picture is shown beside it: of the factor that belongs to another picture in every term. */
export function rowSpots(terms: readonly Term[]): readonly (Spot | null)[] {
  const sides = [terms.map((term) => term.right_spot), terms.map((term) => term.left_spot)];
  const varying = sides.find((side) => new Set(side.map((spot) => spot?.row)).size > 1);
  return varying ?? terms.map(() => null);
}

/** The picture of a spot: by default, the value of its node. */
export function sightOf(scene: Scene, spot: Spot | null, role: Sight["role"] = "value", value?: Value): Sight | null {
  const node = scene.nodes.get(spot?.node ?? -1);
  const shown = value ?? scene.values.get(spot?.node ?? -1);
  const tensor = typeof shown === "object" ? scene.tensors.get(shown.ref) : undefined;
  if (!spot || !node || !tensor?.maps) return null;
  const name = role === "value" ? node.name : `∂${node.name}`;
  return { name, role, tensor, row: spot.row, pixel: spot.pixel };
}

/** What is seen of one term of a sum: the pictures of its factors and the gradient's, each once. */
export function sightsOfTerm(scene: Scene, step: Step, opened: Terms, term: Term | null): Sight[] {
  const factors = [term?.left_spot ?? null, term?.right_spot ?? null].map((spot) => sightOf(scene, spot));
  const backward = step.contribution === null ? null : sightOf(scene, opened.spot, "grad", step.contribution);
  const whole = step.contribution === null ? sightOf(scene, opened.spot) : null;
  return once([...factors, backward, whole]);
}

/** What is seen of an element's update: the parameter before it, its gradient, and what was added. */
export function sightsOfUpdate(scene: Scene, step: Step, { spot }: Lines): Sight[] {
  const change = step.quantities.at(-1);
  const added = change && sightOf(scene, spot, "value", change.value);
  return once([
    sightOf(scene, spot),
    step.grad === null ? null : sightOf(scene, spot, "grad", step.grad),
    added ? { ...added, name: `Δ${added.name}` } : null,
  ]);
}

/** Each picture once; where it is meant twice, with its pixel. */
function once(sights: readonly (Sight | null)[]): Sight[] {
  const found = new Map<string, Sight>();
  for (const sight of sights) {
    if (!sight) continue;
    const before = found.get(sight.name);
    if (!before || before.pixel === null) found.set(sight.name, sight);
  }
  return [...found.values()];
}
