// The training page's address: a run, or the recipe of one that could be made. Pure.

import type { NetworkRecipe, TrainingStep } from "../protocol";
import { type Choices, writeRecipe } from "./recipe";

const PATH = "/train";

/** Where a run is watched, at a step of its past where one is picked. */
export function trainAddress(run: string, picked: number | null = null): string {
  return `${PATH}?run=${encodeURIComponent(run)}${picked === null ? "" : `&at=${picked}`}`;
}

/** Where a training step leads out to: its run, there in its past, or now where it is the newest. */
export function runOf({ run, step, done }: TrainingStep): string {
  return trainAddress(run, step < done ? step : null);
}

/** Where a run that is no single network is watched: the server knows its lab. */
export function labAddress(run: string): string {
  return `/labs/run/${encodeURIComponent(run)}`;
}

/** Where a recipe stands in the form. */
export function recipeAddress(recipe: NetworkRecipe, choices: Choices): string {
  // Commas may stand as they are in a query; that keeps shared addresses readable.
  const query = writeRecipe(recipe, choices).toString().replaceAll("%2C", ",");
  return query ? `${PATH}?${query}` : PATH;
}

/** The run that an address names; null: none. */
export function runIn(url: URL): string | null {
  const run = url.searchParams.get("run") ?? "";
  return /^[\w-]{8,40}$/.test(run) ? run : null;
}

/** The step of its past that an address names; null: now. */
export function stepIn(url: URL): number | null {
  const step = Number(url.searchParams.get("at"));
  return Number.isSafeInteger(step) && step > 0 ? step : null;
}
