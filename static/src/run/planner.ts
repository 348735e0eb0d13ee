// What would come of the recipe in the form: asked for when the form has stood still for a moment. Pure.

import { ServerError } from "../connection";
import type { NetworkRecipe, Planned } from "../protocol";
import type { Link } from "./run";

const STILL_MILLISECONDS = 250;
/** PyTorch takes seconds to be loaded; so long its count is missing. */
const COUNTING_MILLISECONDS = 1_000;

export class Planner {
  #recipe: NetworkRecipe | null = null;
  #cancel = () => {};

  /**
   * @param schedule calls back after some milliseconds; its result cancels that.
   * @param found told what would come of the recipe that was wanted last, or why nothing would.
   */
  constructor(
    private readonly link: Link,
    private readonly schedule: (milliseconds: number, then: () => void) => () => void,
    private readonly found: (planned: Planned | null, refusal: ServerError | null) => void,
  ) {}

  want(recipe: NetworkRecipe): void {
    this.#recipe = recipe;
    this.#later(STILL_MILLISECONDS);
  }

  /** Asks at once, such as when the line is there again. */
  now(): void {
    this.#later(0);
  }

  #later(milliseconds: number): void {
    this.#cancel();
    this.#cancel = this.schedule(milliseconds, () => void this.#ask());
  }

  async #ask(): Promise<void> {
    const recipe = this.#recipe;
    if (!recipe) return;
    try {
      const planned = await this.link.request({ type: "plan", recipe });
      if (recipe !== this.#recipe || planned.type !== "planned") return;
      this.found(planned, null);
      if (planned.counting) this.#later(COUNTING_MILLISECONDS);
    } catch (reason) {
      if (recipe === this.#recipe && reason instanceof ServerError) this.found(null, reason);
    }
  }
}
