// Which networks are asked. Pure.

import type { RunCard } from "../protocol";
import type { Prediction, Reader } from "./api";

const RUN = "run:";

/** The networks that come with Gradwalk; what they are is said by the server, once they are asked. */
export const BUILT_IN: readonly (readonly [id: string, title: string])[] = [
  ["reader", "Gradwalk's reader"],
  ["one-layer", "One layer"],
];

/** A network that may be asked, too. */
export interface Offer {
  readonly id: string;
  readonly title: string;
  readonly says: string;
}

/** The name of a run as a network. */
export function networkOf({ id }: Pick<RunCard, "id">): string {
  return RUN + id;
}

/** What is known of a network, before it is asked: its title. */
export function titleOf(id: string, prediction: Prediction | null): Pick<Reader, "title"> & Partial<Reader> {
  const asked = prediction?.networks.find((reader) => reader.id === id);
  return asked ?? { title: BUILT_IN.find(([known]) => known === id)?.[1] ?? `Run ${id.slice(RUN.length)}` };
}

/** Those that are not asked yet: what comes with Gradwalk, then the visitor's runs, newest first. */
export function offers(asked: readonly string[], runs: readonly RunCard[]): Offer[] {
  const built = BUILT_IN.map(([id, title]) => ({ id, title, says: "comes with Gradwalk" }));
  const own = runs
    .filter(({ kind }) => kind === "network")
    .sort((a, b) => b.created - a.created)
    .map((card) => ({ id: networkOf(card), title: card.title, says: `your run, ${progressOf(card)}` }));
  return [...built, ...own].filter(({ id }) => !asked.includes(id));
}

/** Runs among the asked ones that are no more. */
export function goneOf(asked: readonly string[], runs: readonly RunCard[]): string[] {
  const there = runs.map(networkOf);
  return asked.filter((id) => id.startsWith(RUN) && !there.includes(id));
}

/** Others asked, with one of them first: it is the one that is explained. */
export function explained(asked: readonly string[], id: string): string[] {
  return [id, ...asked.filter((other) => other !== id)];
}

function progressOf({ step, steps }: RunCard): string {
  const count = (number: number) => number.toLocaleString("en");
  return `step ${count(step)} of ${count(steps)}`;
}
