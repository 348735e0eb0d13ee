// The visitor's runs as the server lists them, and the family of the watched one, whose curves are shown beside its own.

import type { RunCard, Runs } from "../protocol";
import { familyOf, type Visits } from "./family";
import type { Book } from "./kept";
import type { Relative } from "./series";

/** How often the list is asked for while another run of the family goes on by itself. */
const FAMILY_MILLISECONDS = 2_000;

export interface LibraryOptions {
  /** What the page has seen of runs. */
  readonly book: Book;
  list(): Promise<Runs>;
  /** Which run is watched. */
  watched(): string | null;
  /** Makes the visits to the others; asked for once, when there are others. */
  visits(): Visits;
  /** Calls back after some milliseconds; the result cancels it. */
  later(milliseconds: number, then: () => void): () => void;
  changed(): void;
}

export class Library {
  readonly #options: LibraryOptions;
  #runs: Runs | null = null;
  #visits: Visits | null = null;
  #cancel = () => {};

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  get runs(): Runs | null {
    return this.#runs;
  }

  /** Asks for the list anew, and for what is missing of the family's curves. */
  async refresh(): Promise<void> {
    this.#cancel();
    try {
      this.#runs = await this.#options.list();
    } catch {
      return; // the line dropped: the next welcome asks again
    }
    this.visitFamily();
    this.#options.changed();
    if (this.#others().some((card) => card.status === "running")) {
      this.#cancel = this.#options.later(FAMILY_MILLISECONDS, () => void this.refresh());
    }
  }

  visitFamily(): void {
    const others = this.#others();
    if (!this.#visits && others.length > 0) this.#visits = this.#options.visits();
    this.#visits?.see(others);
  }

  /** All runs connected with the watched one, itself included, oldest first. */
  family(): RunCard[] {
    const [id, cards] = [this.#options.watched(), this.#runs?.runs ?? []];
    if (id === null || !cards.some((card) => card.id === id)) return [];
    return familyOf(id, cards).map((card) => {
      const state = this.#options.book.get(card.id)?.state;
      // Of the watched run the page knows more than the list did.
      return state && card.id === id ? { ...card, status: state.status, step: state.step } : card;
    });
  }

  /** The place of the watched run in its family, 0 for the oldest. */
  get place(): number {
    const id = this.#options.watched();
    return Math.max(
      0,
      this.family().findIndex((card) => card.id === id),
    );
  }

  /** What the page has seen of the others. */
  relatives(): Relative[] {
    return this.family().flatMap((card, place) => {
      const kept = card.id === this.#options.watched() ? null : this.#options.book.get(card.id);
      return kept ? [{ state: kept.state, curves: kept.curves, place }] : [];
    });
  }

  #others(): RunCard[] {
    return this.family().filter((card) => card.id !== this.#options.watched());
  }
}
