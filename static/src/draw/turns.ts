// When the page asks what it is that somebody draws: one question at a time, the newest next, and the last one always. Pure.

import { Refusal } from "../data/api";

/** While somebody draws, the starts of two questions are at least so far apart: a class of thirty draws at once. */
export const GAP_MILLISECONDS = 120;
/** A server that is busy is asked again after so long, and so many times. */
export const AGAIN_MILLISECONDS = 700;
const TRIES = 4;
export interface Told<A> {
  /** `newest`: nothing newer is wanted. */
  answered(answer: A, newest: boolean): void;
  refused(reason: unknown): void;
}

/** Calls back after some milliseconds; the result cancels it. */
export type Later = (milliseconds: number, then: () => void) => () => void;

interface Question<A> {
  readonly ask: (signal: AbortSignal) => Promise<A>;
  /** What is being drawn may wait for the gap, and may be left out for something newer. */
  readonly passing: boolean;
  readonly tries: number;
}

/** Asks one question at a time. */
export class Turns<A> {
  #waiting: Question<A> | null = null;
  #underWay: AbortController | null = null;
  #resting: (() => void) | null = null;
  #gapOver = true;

  constructor(
    private readonly told: Told<A>,
    private readonly later: Later,
  ) {}

  /** Whether an answer is still to come. */
  get busy(): boolean {
    return this.#underWay !== null || this.#waiting !== null;
  }

  /** Asks as soon as may be; what was wanted before and is not yet asked is left out. */
  want(ask: (signal: AbortSignal) => Promise<A>, { passing = false } = {}): void {
    this.#waiting = { ask, passing, tries: 1 };
    this.#wake();
    this.#next();
  }

  /** Nobody wants an answer any more. */
  drop(): void {
    this.#waiting = null;
    this.#wake();
    this.#underWay?.abort();
    this.#underWay = null;
  }

  #next(): void {
    const question = this.#waiting;
    if (!question || this.#underWay || this.#resting || (question.passing && !this.#gapOver)) return;
    this.#waiting = null;
    this.#gapOver = false;
    this.later(GAP_MILLISECONDS, () => {
      this.#gapOver = true;
      this.#next();
    });
    void this.#go(question);
  }

  async #go(question: Question<A>): Promise<void> {
    const mine = new AbortController();
    this.#underWay = mine;
    const isWanted = () => this.#underWay === mine;
    try {
      const answer = await question.ask(mine.signal);
      if (!isWanted()) return;
      this.#underWay = null;
      this.told.answered(answer, this.#waiting === null);
    } catch (reason) {
      if (!isWanted()) return;
      this.#underWay = null;
      if (!this.#waiting) this.#failed(question, reason);
    }
    this.#next();
  }

  #failed(question: Question<A>, reason: unknown): void {
    const busy = reason instanceof Refusal && reason.code === "busy";
    if (!busy || question.tries >= TRIES) {
      this.told.refused(reason);
      return;
    }
    this.#waiting = { ...question, tries: question.tries + 1 };
    this.#resting = this.later(AGAIN_MILLISECONDS, () => {
      this.#resting = null;
      this.#next();
    });
  }

  #wake(): void {
    this.#resting?.();
    this.#resting = null;
  }
}
