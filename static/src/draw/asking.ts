// Questions about one digit, as panels ask them: the same question goes out once, whoever asks it, and of several asked
// while one is under way only the newest follows. Pure.

import { Refusal } from "../data/api";
import { type Asked, type Digit, type Why, why } from "./api";

/** So many answers are kept; the oldest makes room. */
const KEPT = 24;
const RUN = "run:";

const answers = new Map<string, Promise<Why>>();

/**
 * Where the score of a digit comes from; `of` null: of the digit that the network takes it for. Rejects with Refusal.
 *
 * A run may train on, so that its answer is shared only until it has come.
 */
export function whyOf(asked: Asked, of: number | null): Promise<Why> {
  const key = keyOf(asked, of);
  const known = answers.get(key);
  if (known) return known;
  const answer = why(asked, of);
  answers.set(key, answer);
  for (const oldest of answers.keys()) {
    if (answers.size <= KEPT) break;
    answers.delete(oldest);
  }
  const forget = () => {
    if (answers.get(key) === answer) answers.delete(key);
  };
  answer.then(asked.network.startsWith(RUN) ? forget : () => {}, forget);
  return answer;
}

/** The same for two questions that have the same answer: without lessons the learning rate changes nothing. */
export function keyOf({ code, network, lessons, rate }: Asked, of: number | null = null): string {
  return JSON.stringify([code, network, lessons, lessons && rate, of]);
}

/** The same of what panels show: a run that has trained on since says something else of the same picture. */
export function shownKeyOf(asked: Asked, { opinions }: Digit, of: number | null = null): string {
  return keyOf(asked, of) + (asked.network.startsWith(RUN) ? opinions[0]?.logits.join() : "");
}

/** What becomes of an answer. */
export interface Told<T> {
  answered(answer: T): void;
  refused(reason: Refusal): void;
}

/**
 * Asks one question at a time. The newest waits until the one under way is answered, and that answer is then not told:
 * who draws on is not shown what was.
 */
export class Latest<T> {
  #busy = false;
  /** Grows with every question, and with `drop`. */
  #turn = 0;
  #waiting: (() => void) | null = null;

  ask(question: () => Promise<T>, told: Told<T>): void {
    const turn = ++this.#turn;
    this.#waiting = () => void this.#go(turn, question, told);
    if (!this.#busy) this.#next();
  }

  /** Nobody wants an answer any more. */
  drop(): void {
    this.#turn++;
    this.#waiting = null;
  }

  #next(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.();
  }

  async #go(turn: number, question: () => Promise<T>, { answered, refused }: Told<T>): Promise<void> {
    this.#busy = true;
    try {
      const answer = await question();
      if (turn === this.#turn) answered(answer);
    } catch (reason) {
      if (!(reason instanceof Refusal)) throw reason;
      if (turn === this.#turn) refused(reason);
    } finally {
      this.#busy = false;
      this.#next();
    }
  }
}

/** What went wrong, in words for people. */
export function messageOf(reason: unknown): string {
  if (reason instanceof Refusal) return reason.message;
  throw reason;
}
