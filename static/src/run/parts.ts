// What the panels of a run's insides share. Pure: no DOM.

/**
 * A part of a run that comes now and then, with the training step it came at.
 *
 * Between two of them the page keeps the last one, while its frames go on counting.
 */
export class Dated<Part> {
  #part: Part | null = null;
  #step = 0;

  /** Takes the part as it stands in a frame; whether it is another one than before. */
  take(part: Part | null, step: number): boolean {
    if (part === this.#part) return false;
    this.#part = part;
    this.#step = step;
    return true;
  }

  get part(): Part | null {
    return this.#part;
  }

  /** Training steps done when it came. */
  get step(): number {
    return this.#step;
  }
}
