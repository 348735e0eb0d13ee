// What the page has of a run: its state, its curves, the newest frame. Pure.

import type { RunFrame, RunState } from "../protocol";
import type { Tested } from "./actions";
import { Curves } from "./curves";

export class Kept {
  readonly curves = new Curves();
  #state: RunState;
  #frame: RunFrame | null = null;
  #tested: Tested | null = null;

  constructor(state: RunState) {
    this.#state = state;
  }

  get state(): RunState {
    return this.#state;
  }

  /** The newest frame; its heavy parts are the last that came. */
  get frame(): RunFrame | null {
    return this.#frame;
  }

  /** The latest test with all pictures; null: none was made. */
  get tested(): Tested | null {
    return this.#tested;
  }

  set tested({ step, count, accuracy }: Tested) {
    this.#tested = { step, count, accuracy };
  }

  /** The curves are whole up to where the run stands. */
  get whole(): boolean {
    return this.curves.known >= this.#state.step;
  }

  /** A newer state. A run that stands at its beginning again has no curves. */
  take(state: RunState): void {
    this.#state = state;
    if (state.step === 0) this.#forget(0);
  }

  /** What is new; false where something before it is missing. */
  show(frame: RunFrame): boolean {
    const old = this.#frame;
    // Heavy parts come now and then, and null in between; those of the past stay until there are others.
    this.#frame = {
      ...frame,
      layers: frame.layers ?? old?.layers ?? null,
      maps: frame.maps ?? old?.maps ?? null,
      gradient_maps: frame.gradient_maps ?? old?.gradient_maps ?? null,
      batch: frame.batch ?? old?.batch ?? null,
      curve: frame.curve ?? old?.curve ?? null,
    };
    this.#state = { ...this.#state, step: frame.step };
    return frame.series.map((chunk) => this.curves.apply(chunk)).every(Boolean);
  }

  /** After the line was made anew: the server may have lost what came last. */
  agree(state: RunState): void {
    this.take(state);
    if (state.step < this.curves.known) this.#forget(state.step);
  }

  #forget(step: number): void {
    this.curves.cut(step);
    if (this.#frame && this.#frame.step > step) this.#frame = null;
    if (this.#tested && this.#tested.step > step) this.#tested = null;
  }
}

/** The runs a page has seen, by id. */
export class Book {
  readonly #kept = new Map<string, Kept>();

  get(id: string | null): Kept | null {
    return (id !== null && this.#kept.get(id)) || null;
  }

  /** Takes a state over, whosever it is. */
  take(state: RunState): Kept {
    const known = this.#kept.get(state.id);
    if (known) known.take(state);
    const kept = known ?? new Kept(state);
    this.#kept.set(state.id, kept);
    return kept;
  }

  drop(id: string): void {
    this.#kept.delete(id);
  }
}
