// From one training step of a run to another: each is a scene that the server has to make, which takes a moment.

/** Opens training steps one at a time; of several asked for meanwhile, only the last one counts. */
export class Turning {
  #wanted: number | null = null;
  #busy = false;

  /** `open` shows a training step and resolves when it is there; `refused` is told where the one wanted last is not. */
  constructor(
    private readonly open: (step: number) => Promise<void>,
    private readonly refused: (error: unknown) => void,
  ) {}

  /** The training step that is on its way; null: none. */
  get wanted(): number | null {
    return this.#wanted;
  }

  async to(step: number): Promise<void> {
    this.#wanted = step;
    if (this.#busy) return;
    this.#busy = true;
    for (let next: number | null = step; next !== null; next = this.#wanted) {
      let failure: { error: unknown } | null = null;
      try {
        await this.open(next);
      } catch (error) {
        failure = { error };
      }
      if (this.#wanted !== next) continue;
      this.#wanted = null;
      if (failure) this.refused(failure.error);
    }
    this.#busy = false;
  }
}
