// The run a learner watches: which one, what was picked of its past, and what may be asked of it. Comes back to where it
// stood when the line does. Everything that changes what is on screen goes through here; nothing here draws.

import type { Answer, Request } from "../connection";
import { toAddress } from "../permalink";
import { atStep } from "../player";
import type { Comparison, Evaluation, NetworkRecipe, RunFrame, RunState, Runs, Watch } from "../protocol";
import type { Action, EvaluateOptions, Inside, Part, RunActions, RunView } from "./actions";
import type { Book } from "./kept";

/** The way to the server. */
export interface Link {
  request(message: Request): Promise<Answer>;
}

export interface RunOptions {
  readonly link: Link;
  /** All runs the page has seen. */
  readonly book: Book;
  /** Leaves the page. */
  go(address: string): void;
  /** Something is to be shown anew. */
  changed(): void;
}

/** Training steps a second: the textbook's run takes ten seconds so, time enough to watch it, and to pause it. */
export const FIRST_SPEED = 300;

type Change = { lr?: number; speed?: number };

export class Run implements RunActions {
  readonly #options: RunOptions;
  readonly #parts = new Set<Part>();
  #id: string | null;
  #picked: number | null = null;
  #asking: Promise<void> | null = null;
  #outdated = false;
  #wanted: Change = {};
  #tuning: Promise<void> | null = null;

  /** @param id of the run to watch from the start; null: none yet. */
  constructor(options: RunOptions, id: string | null) {
    this.#options = options;
    this.#id = id;
  }

  /** The watched run's id; it may not have arrived. */
  get id(): string | null {
    return this.#id;
  }

  get view(): RunView | null {
    const kept = this.#options.book.get(this.#id);
    return (
      kept && { state: kept.state, frame: kept.frame, curves: kept.curves, picked: this.#picked, tested: kept.tested }
    );
  }

  // -- what arrives -------------------------------------------------------------------------------------------------

  /** A run as it stands now. */
  arrived(state: RunState): void {
    this.#options.book.take(state);
    this.#show();
  }

  frame(frame: RunFrame): void {
    const kept = this.#options.book.get(this.#id);
    if (!kept || frame.run !== this.#id) return;
    if (!kept.show(frame) && !this.#asking) this.comeBack().catch(() => {});
    this.#show();
  }

  /** The server is there (again): asks for what is missing. Rejects with ServerError where there is no such run. */
  async comeBack(): Promise<void> {
    this.#outdated = true;
    this.#asking ??= this.#agree().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** Asks again where another run, or other parts, were wanted before the answer came. */
  async #agree(): Promise<void> {
    while (this.#outdated && this.#id !== null) {
      this.#outdated = false;
      const id = this.#id;
      try {
        const { state } = await this.#ask(this.#watchMessage(id), "run");
        this.#options.book.get(state.id)?.agree(state);
      } catch (reason) {
        if (this.#id === id) throw reason;
      }
      this.#show();
    }
  }

  // -- which run ----------------------------------------------------------------------------------------------------

  async create(recipe: NetworkRecipe): Promise<void> {
    const { state } = await this.#ask({ type: "create_run", recipe }, "run");
    await this.#ask({ type: "tune", run: state.id, speed: FIRST_SPEED }, "run");
    await this.watch(state.id);
  }

  /** Watches another run; what is known of it is shown at once. */
  async watch(id: string): Promise<void> {
    this.#turnTo(id);
    await this.comeBack();
  }

  /** No run is watched any more; the run itself goes on. */
  leave(): void {
    if (this.#id !== null) this.#options.link.request({ type: "unwatch" }).catch(() => {});
    this.#turnTo(null);
  }

  #turnTo(id: string | null): void {
    this.#id = id;
    this.#picked = null;
    this.#wanted = {}; // meant for another run
    this.#show();
  }

  async list(): Promise<Runs> {
    return this.#ask({ type: "list_runs" }, "runs");
  }

  async delete(id: string): Promise<void> {
    await this.#ask({ type: "control", run: id, action: "delete" }, "deleted");
    if (id === this.#id) this.leave();
    this.#options.book.drop(id);
  }

  async branch(step: number, lr?: number): Promise<void> {
    const message = { type: "branch", run: this.#run, step, ...(lr === undefined ? {} : { lr }) } as const;
    const { state } = await this.#ask(message, "run");
    await this.watch(state.id);
  }

  // -- what may be done with it -------------------------------------------------------------------------------------

  async control(action: Action): Promise<void> {
    if (action === "delete") return this.delete(this.#run);
    await this.#ask({ type: "control", run: this.#run, action }, "run");
  }

  /** While one change is under way the newest waits: a slider makes many. */
  async tune(change: Change): Promise<void> {
    this.#wanted = { ...this.#wanted, ...change };
    this.#tuning ??= this.#tuneAll().finally(() => {
      this.#tuning = null;
    });
    return this.#tuning;
  }

  async #tuneAll(): Promise<void> {
    while (Object.keys(this.#wanted).length > 0) {
      const change = this.#wanted;
      this.#wanted = {};
      await this.#ask({ type: "tune", run: this.#run, ...change }, "run");
    }
  }

  async evaluate(options: EvaluateOptions = {}): Promise<Evaluation> {
    const evaluation = await this.#ask({ type: "evaluate", run: this.#run, ...options }, "evaluation");
    const kept = this.#options.book.get(evaluation.run);
    if (kept) kept.tested = evaluation;
    this.#show();
    return evaluation;
  }

  async compare(step: number, other?: number): Promise<Comparison> {
    return this.#ask({ type: "compare", run: this.#run, step, other: other ?? null }, "comparison");
  }

  openStep(step: number, { picture, focus }: Inside = {}): void {
    const choices = { run: this.#run, step: String(step), member: "0" };
    const inside = picture === undefined ? {} : { picture: String(picture) };
    this.#options.go(
      toAddress({
        scene: "run-step",
        source: null,
        values: {},
        choices: { ...choices, ...inside },
        position: atStep(0),
        ...(focus ? { focus } : {}),
      }),
    );
  }

  watchPart(part: Part, wanted: boolean): void {
    if (this.#parts.has(part) === wanted) return;
    if (wanted) this.#parts.add(part);
    else this.#parts.delete(part);
    this.comeBack().catch(() => {});
  }

  // -- its past -----------------------------------------------------------------------------------------------------

  pick(step: number | null): void {
    const last = this.view?.state.step ?? 0;
    this.#picked = step === null || last === 0 ? null : Math.min(Math.max(Math.round(step), 1), last);
    this.#show();
  }

  /** So many training steps back (negative) or on, from what is picked; beyond the newest one lies now. */
  move(by: number): void {
    const { view } = this;
    if (!view) return;
    const { step } = view.state;
    const to = (view.picked ?? step) + by;
    this.pick(to >= step ? null : to);
  }

  /** To the end of the epoch before (-1) or after (1) what is picked. */
  moveEpoch(direction: 1 | -1): void {
    const { view } = this;
    if (!view) return;
    const { step, steps_per_epoch: epoch } = view.state;
    const at = view.picked ?? step;
    const edge = direction > 0 ? Math.floor(at / epoch) + 1 : Math.ceil(at / epoch) - 1;
    this.move(Math.max(1, edge * epoch) - at);
  }

  // -- asking -------------------------------------------------------------------------------------------------------

  get #run(): string {
    if (this.#id === null) throw new Error("No run is watched.");
    return this.#id;
  }

  #watchMessage(run: string): Omit<Watch, "seq"> {
    const known = this.#options.book.get(run)?.curves.known ?? 0;
    return { type: "watch", run, parts: [...this.#parts], known };
  }

  /** The answer of the kind that the request has. */
  async #ask<T extends Answer["type"]>(message: Request, type: T): Promise<Extract<Answer, { type: T }>> {
    const answer = await this.#options.link.request(message);
    if (answer.type !== type) throw new Error(`Asked for ${type}, the server answered ${answer.type}.`);
    return answer as Extract<Answer, { type: T }>;
  }

  #show(): void {
    // A reset took away what was picked, or the server lost it.
    if (this.#picked !== null && this.#picked > (this.view?.state.step ?? 0)) this.#picked = null;
    this.#options.changed();
  }
}
