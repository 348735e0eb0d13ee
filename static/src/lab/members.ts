// How the members of a comparison stand, in words and numbers. Pure.

import { formatCount, formatShare } from "../charts/labels";
import { formatNumber } from "../format";
import { toAddress } from "../permalink";
import { atStep } from "../player";
import type { RunState } from "../protocol";
import type { RunView } from "../run/actions";
import type { Series } from "../run/curves";
import { forgets, rateOf } from "./lab";

export interface MemberRow {
  readonly label: string;
  readonly loss: string;
  readonly accuracy: string;
  readonly says: string;
  readonly diverged: boolean;
  /** The training step that its link leads into; null: none has been made. */
  readonly step: number | null;
  readonly address: string;
}

/** A row for each member, as of the picked training step or now; "–" where nothing is known yet. */
export function memberRows({ state, curves, picked }: RunView): MemberRow[] {
  return state.members.map((plan, member) => {
    const at = picked ?? state.step;
    const ended = plan.diverged_at !== null && plan.diverged_at <= at ? plan.diverged_at : null;
    const step = ended ?? (at > 0 ? at : null);
    return {
      label: plan.label,
      loss: shown(lastOf(curves.series("loss", member), ended ?? at), formatNumber),
      accuracy: shown(lastOf(curves.series("test_accuracy", member), at), formatShare),
      says: ended === null ? standing(state, picked) : divergence(state, member, ended, curves.series("loss", member)),
      diverged: ended !== null,
      step,
      address: step === null ? "" : stepAddress(state.id, step, member),
    };
  });
}

/** The last number at or before a training step. */
export function lastOf({ x, y }: Series, step: number): number | null {
  let index = x.length - 1;
  while (index >= 0 && (x[index] ?? 0) > step) index -= 1;
  return y[index] ?? null;
}

/** Where a training step of a member is walked through. */
export function stepAddress(run: string, step: number, member: number): string {
  const choices = { run, step: String(step), member: String(member) };
  return toAddress({ scene: "run-step", source: null, values: {}, choices, position: atStep(0) });
}

const STATUS: Readonly<Record<RunState["status"], string>> = {
  paused: "paused",
  running: "training",
  done: "done",
  diverged: "stopped",
};

function standing(state: RunState, picked: number | null): string {
  if (picked !== null) return `at step ${formatCount(picked)}`;
  return state.step === 0 && state.status === "paused" ? "ready" : STATUS[state.status];
}

/** Why a member stopped: where, what its loss was, and what made it so. */
function divergence(state: RunState, member: number, step: number, losses: Series): string {
  const { recipe } = state;
  const loss = lastOf(losses, step);
  const first = losses.y[0];
  const became =
    loss === null || Number.isNaN(loss)
      ? "the loss is no longer a number"
      : loss === Number.POSITIVE_INFINITY
        ? "the loss became infinite"
        : `the loss had grown from ${formatNumber(first ?? loss)} to ${formatNumber(loss)}`;
  const because =
    recipe.kind === "comparison" && !forgets(recipe, member)
      ? "the gradients of all batches so far add up, and each update goes farther than the one before."
      : `each step overshoots farther than the one before. A learning rate of ${formatNumber(rateOf(recipe, member))} is too large for the curvature here.`;
  return `Diverged at step ${formatCount(step)}: ${became}, because ${because}`;
}

function shown(number: number | null, write: (x: number) => string): string {
  return number === null || Number.isNaN(number) ? "–" : write(number);
}
