// What the parts of the training page share: what they see of a run, and what they may ask for.

import type { Focus } from "../permalink";
import type { Comparison, Control, Evaluation, RunFrame, RunState, Watch } from "../protocol";
import type { Curves } from "./curves";

export type Action = Control["action"];
export type Part = NonNullable<Watch["parts"]>[number];

/** What the whole test set said of the run after some training steps. */
export type Tested = Pick<Evaluation, "step" | "count" | "accuracy">;

/** A run as it stands on screen. */
export interface RunView {
  readonly state: RunState;
  /** The newest frame; layers, maps, batch and curve are the last that came. null: none came yet. */
  readonly frame: RunFrame | null;
  readonly curves: Curves;
  /** The training step that was picked from the run's past; null: now. */
  readonly picked: number | null;
  /** The latest whole test; null: none was made. */
  readonly tested: Tested | null;
}

/** What of the test set is asked for; fields as in the message `evaluate`. */
export interface EvaluateOptions {
  /** Training steps done; null: now. */
  readonly step?: number | null;
  /** Only pictures of this digit. */
  readonly true?: number | null;
  /** Only those taken for this one. */
  readonly predicted?: number | null;
  readonly start?: number;
  readonly count?: number;
}

/** What else leads into a training step. */
export interface Inside {
  /** Instead of the step's batch, one picture of the test set, by its index. */
  readonly picture?: number;
  /** Where the gradient of a parameter, or of one element of it, comes from. */
  readonly focus?: Focus;
}

/** What may be asked of the watched run. Promises reject with ServerError or ConnectionLost. */
export interface RunActions {
  control(action: Action): Promise<void>;
  /** Another learning rate from the next training step on, or another speed (training steps a second; 0: full). */
  tune(change: { readonly lr?: number; readonly speed?: number }): Promise<void>;
  /** A new run that goes on from a training step of this one; it is watched from then on. */
  branch(step: number, lr?: number): Promise<void>;
  evaluate(options?: EvaluateOptions): Promise<Evaluation>;
  /** The run at two training steps; without the second: now. */
  compare(step: number, other?: number): Promise<Comparison>;
  /** Leaves the page for the stepper, at training step n (1-based: the update that makes it n steps). */
  openStep(step: number, inside?: Inside): void;
  /** Picks a training step of the run's past; null: back to now. */
  pick(step: number | null): void;
  /** Whether somebody looks at a heavy part just now: only what is looked at is sent. */
  watchPart(part: Part, wanted: boolean): void;
}

/** A part of the page that shows a run. */
export interface RunPanel {
  update(view: RunView): void;
}
