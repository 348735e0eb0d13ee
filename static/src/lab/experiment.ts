// What a learner does in a lab: settings, and the run they made. Another setting is another run, in the place of the old
// one; only a curve's learning rate may change while it trains. Nothing here draws.

import { ServerError } from "../connection";
import type { RunState } from "../protocol";
import type { Book } from "../run/kept";
import { type Link, Run } from "../run/run";
import { compares, defaultSettings, type Lab, recipeOf, type Settings, settingsOf } from "./lab";

/** Where a lab's run is remembered, so that whoever comes back finds it. */
export interface Memory {
  read(): string | null;
  write(run: string | null): void;
}

export interface ExperimentOptions {
  readonly lab: Lab;
  readonly link: Link;
  readonly book: Book;
  readonly memory: Memory;
  /** Something is to be shown anew. */
  changed(): void;
}

export class Experiment {
  readonly run: Run;
  readonly #options: ExperimentOptions;
  #settings: Settings;
  #speed: number;
  /** Whether settings have changed since the run was made. */
  #stale = false;
  #renewing: Promise<void> | null = null;
  #adopted: string | null = null;

  constructor(options: ExperimentOptions) {
    const { lab, link, book, memory, changed } = options;
    this.#options = options;
    this.#settings = defaultSettings(lab);
    this.#speed = lab.speed;
    this.run = new Run({ link, book, changed, go: () => {} }, memory.read());
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Training steps a second that are wanted; 0: as fast as it goes. */
  get speed(): number {
    return this.#speed;
  }

  /** The server is there (again). A run that is gone is forgotten; where there is none, one is made if it is wanted. */
  async comeBack(wanted = true): Promise<void> {
    await this.run.comeBack().catch((reason: unknown) => {
      if (!(reason instanceof ServerError) || reason.answer.code !== "unknown_run") throw reason;
      this.#options.memory.write(null);
      this.run.leave();
    });
    this.#adopt();
    if (wanted && !this.run.view) await this.#renew();
  }

  /** Other settings; a run that was made with the old ones is replaced, and goes on if it was going. */
  async change(settings: Partial<Settings>): Promise<void> {
    this.#settings = { ...this.#settings, ...settings };
    this.#options.changed();
    if (this.run.view) await this.#renew();
  }

  /** Another learning rate: a curve goes on with it, members of a comparison begin anew. */
  async changeRate(rate: number): Promise<void> {
    if (compares(this.#options.lab)) return this.change({ rate });
    this.#settings = { ...this.#settings, rate };
    this.#options.changed();
    if (this.run.view) await this.run.tune({ lr: rate });
  }

  async changeSpeed(speed: number): Promise<void> {
    this.#speed = speed;
    this.#options.changed();
    if (this.run.view) await this.run.tune({ speed });
  }

  /** Start, pause, a step, or back to the beginning; where there is no run yet, it is made. */
  async control(action: "start" | "pause" | "step" | "reset"): Promise<void> {
    if (this.#renewing || !this.run.view) await this.#renew();
    this.run.pick(null);
    await this.run.control(action);
  }

  /** The learner walks through a training step: what the run is doing must not go on meanwhile. */
  async leave(): Promise<void> {
    if (this.run.view?.state.status === "running") await this.run.control("pause");
  }

  /** While one run is being made the newest settings wait: a slider makes many. */
  #renew(): Promise<void> {
    this.#stale = true;
    this.#renewing ??= this.#renewAll().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewAll(): Promise<void> {
    while (this.#stale) {
      this.#stale = false;
      await this.#replace();
    }
  }

  async #replace(): Promise<void> {
    const { lab, link, book, memory } = this.#options;
    const recipe = recipeOf(lab, this.#settings);
    if (!recipe) return;
    const old = this.run.view?.state;
    const answer = await link.request({ type: "create_run", recipe }).catch((reason: unknown) => {
      if (!this.#stale) this.#show(old);
      throw reason;
    });
    if (answer.type !== "run") throw new Error(`Asked for a run, the server answered ${answer.type}.`);
    const { id } = answer.state;
    this.#adopted = id;
    memory.write(id);
    book.take(answer.state);
    await this.run.watch(id);
    if (old?.mine) {
      await link.request({ type: "control", run: old.id, action: "delete" }).catch(() => {});
      book.drop(old.id);
    }
    if (this.#speed !== answer.state.speed) await this.run.tune({ speed: this.#speed });
    if (old?.status === "running") await this.run.control("start");
    else for (let made = 0; made < lab.begun; made++) await this.run.control("step");
  }

  /** Shows the settings of a run that was found again. */
  #adopt(): void {
    const state = this.run.view?.state;
    if (!state || state.id === this.#adopted) return;
    this.#adopted = state.id;
    if (this.#show(state)) this.#speed = state.speed;
    else this.run.leave(); // of another lab, or of another version of this one
  }

  /** Sets what a run was made with; false where this lab did not make it. */
  #show(state: RunState | undefined): boolean {
    const { lab, changed } = this.#options;
    const settings = state && settingsOf(lab, state.recipe);
    if (!settings) return false;
    this.#settings = compares(lab) ? settings : { ...settings, rate: state.lr };
    changed();
    return true;
  }
}
