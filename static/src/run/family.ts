// Runs that branched off from each other, in the order they were made, and how the page comes by the curves of those it
// does not watch: visits, one after the other, over a line of their own.

import type { RunCard, RunFrame, RunState } from "../protocol";
import type { Book } from "./kept";
import type { Link } from "./run";

/**
 * The cards of all runs that are connected with one by branches, itself included, oldest first. A run that was deleted
 * still joins its branches.
 */
export function familyOf(id: string, cards: readonly RunCard[]): RunCard[] {
  const found = new Set([id]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const card of cards) {
      if (card.parent === null) continue;
      if (found.has(card.id)) found.add(card.parent);
      if (found.has(card.parent)) found.add(card.id);
    }
  }
  return cards.filter((card) => found.has(card.id)).sort((a, b) => a.created - b.created);
}

const PATIENCE_MILLISECONDS = 3_000;

export class Visits {
  #waiting: string[] = [];
  #visited: string | null = null;
  #visit = 0;

  /**
   * @param wait calls back after some milliseconds.
   * @param changed told when a run has been seen in full.
   */
  constructor(
    private readonly link: Link,
    private readonly book: Book,
    private readonly wait: (milliseconds: number, then: () => void) => void,
    private readonly changed: () => void,
  ) {}

  /** Whether every visit that was wanted is over. */
  get idle(): boolean {
    return this.#visited === null;
  }

  /** Visits these runs where the page does not have all of them yet. */
  see(cards: readonly RunCard[]): void {
    const missing = cards.filter((card) => {
      const kept = this.book.get(card.id);
      return !kept || kept.curves.known < card.step;
    });
    this.#waiting = missing.map((card) => card.id).filter((id) => id !== this.#visited);
    if (this.idle && this.#waiting.length > 0) this.#next();
  }

  arrived(state: RunState): void {
    this.book.take(state);
  }

  frame(frame: RunFrame): void {
    const kept = this.book.get(frame.run);
    if (!kept || frame.run !== this.#visited) return;
    kept.show(frame);
    if (kept.whole || kept.state.status === "running") this.#done();
  }

  #next(): void {
    const id = this.#waiting.shift() ?? null;
    this.#visited = id;
    if (id === null) {
      this.link.request({ type: "unwatch" }).catch(() => {});
      return;
    }
    const visit = ++this.#visit;
    // Answers come late, too: of a visit that is over, or that was the last one.
    const lasts = () => this.#visit === visit && this.#visited === id;
    const known = this.book.get(id)?.curves.known ?? 0;
    this.link.request({ type: "watch", run: id, parts: [], known }).then(
      () => lasts() && this.book.get(id)?.whole && this.#done(),
      () => lasts() && this.#next(),
    );
    // Whatever keeps a run from showing itself must not keep the others.
    this.wait(PATIENCE_MILLISECONDS, () => lasts() && this.#next());
  }

  #done(): void {
    this.changed();
    this.#next();
  }
}
