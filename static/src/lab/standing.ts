// How a lab stands: what its buttons may do, how far it is, and what that is in a sentence. Pure.

import { formatCount } from "../charts/labels";
import type { RunView } from "../run/actions";
import { paceText, whereText } from "../run/progress";
import { compares, type Lab } from "./lab";

export interface Standing {
  readonly running: boolean;
  /** What the main button does. */
  readonly main: "Start" | "Pause" | "Go on" | "Back to now";
  readonly mayRun: boolean;
  readonly mayStep: boolean;
  readonly mayReset: boolean;
  /** step 40 of 600 · 30 steps/s */
  readonly where: string;
  /** What is to be seen, or to be done next. */
  readonly says: string;
}

/** Of a lab's run; `ready`: whether there is one, or could be. */
export function runStanding(lab: Lab, view: RunView | null, ready: boolean): Standing {
  if (!view) {
    const says = ready ? "There is no run yet; Start makes one." : "Nobody takes part: switch somebody on.";
    return { running: false, main: "Start", mayRun: ready, mayStep: ready, mayReset: false, where: "", says };
  }
  const { state, picked } = view;
  const running = state.status === "running";
  const over = state.step >= state.steps || state.status === "diverged";
  const may = ready && state.mine && !over;
  const shown = picked === null ? "" : `looking at step ${formatCount(picked)}`;
  return {
    running,
    main: running ? "Pause" : picked !== null ? "Back to now" : state.step > lab.begun ? "Go on" : "Start",
    mayRun: may || picked !== null,
    mayStep: may && !running,
    mayReset: state.step > 0 && state.mine,
    where: [whereOf(view), shown || paceText(state, view.frame)].filter(Boolean).join(" · "),
    says: ready ? runSays(lab, view) : "Nobody takes part: switch somebody on.",
  };
}

/** Of a race down a surface, whose steps are all known before they are shown. */
export function surfaceStanding(step: number, steps: number, playing: boolean, racers: number): Standing {
  const says =
    racers === 0
      ? "Nobody takes part: switch somebody on."
      : step === 0
        ? "Start sends all of them down from the same point. Drag the point to begin elsewhere."
        : step < steps
          ? "Each step goes where the optimizer's rule turns the gradient at its own place."
          : "Over: how it ended for each is said here. Drag the start, and all paths are made anew.";
  return {
    running: playing,
    main: playing ? "Pause" : step > 0 && step < steps ? "Go on" : "Start",
    mayRun: racers > 0,
    mayStep: racers > 0 && !playing && step < steps,
    mayReset: step > 0,
    where: `step ${formatCount(step)} of ${formatCount(steps)}`,
    says,
  };
}

function runSays(lab: Lab, { state, picked }: RunView): string {
  if (picked !== null) return `Training step ${formatCount(picked)} is shown, as it was.`;
  if (state.says) return state.says;
  if (state.status === "running") return "Training. A click on a chart shows an earlier training step.";
  if (state.status === "done") return "Done. A row's link walks into its last training step; Reset begins again.";
  if (state.step > lab.begun)
    return `Paused after training step ${formatCount(state.step)}. A row's link walks into it, one operation at a time.`;
  return compares(lab)
    ? `Start trains ${partyText(state.members.length)}, on the same batches; Step makes one training step.`
    : "Start, and both curves move toward the points; Step makes one training step.";
}

function partyText(members: number): string {
  return members === 1 ? "it" : members === 2 ? "both side by side" : `all ${members} side by side`;
}

/** Epochs of a single step, and a single epoch, are not worth mentioning. */
function whereOf({ state }: RunView): string {
  const where = whereText(state);
  const whole = state.steps_per_epoch === 1 || state.steps_per_epoch >= state.steps;
  return whole ? (where.split(" · ")[0] ?? where) : where;
}
