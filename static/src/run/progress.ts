// How far a run is, in words. Pure.

import { formatCount, formatShare } from "../charts/labels";
import { formatNumber } from "../format";
import type { Planned, RunFrame, RunState } from "../protocol";
import type { RunView } from "./actions";
import type { Series } from "./curves";

/** step 1,234 of 3,000 · epoch 3 of 5 */
export function whereText({ step, steps, steps_per_epoch: epoch }: RunState): string {
  const epochs = Math.ceil(steps / epoch);
  const current = Math.min(epochs, Math.floor(step / epoch) + 1);
  return `step ${formatCount(step)} of ${formatCount(steps)} · epoch ${formatCount(current)} of ${formatCount(epochs)}`;
}

/** How long a run would be: 3,000 training steps: 5 epochs of 600. */
export function planText({ steps, steps_per_epoch: epoch }: Pick<Planned, "steps" | "steps_per_epoch">): string {
  const epochs = Math.ceil(steps / epoch);
  const all = `${formatCount(steps)} training steps`;
  return epochs === 1 ? `${all}, one epoch` : `${all}: ${formatCount(epochs)} epochs of ${formatCount(epoch)}`;
}

/** 412 steps/s · 4 s left; empty while it stands still. */
export function paceText({ status }: RunState, frame: RunFrame | null): string {
  if (status !== "running" || !frame || !(frame.pace > 0)) return "";
  const pace = `${formatCount(Number(frame.pace.toPrecision(3)))} steps/s`;
  return frame.seconds_left === null ? pace : `${pace} · ${durationText(frame.seconds_left)} left`;
}

/** 4 s, 2 min 5 s, 3 h 20 min. */
export function durationText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${formatCount(hours)} h ${minutes % 60} min` : `${formatCount(hours)} h`;
}

/** A number that is read off large, with what it is. */
export interface Readout {
  readonly name: string;
  readonly value: string;
  /** In smaller print: over what it was found. */
  readonly note: string;
}

/** The last numbers of a run up to a training step; "–" where there is none yet. */
export function readouts(view: RunView): Readout[] {
  const { curves, state, frame, picked } = view;
  const last = (name: string) => {
    const { x, y } = curves.series(name);
    let index = y.length - 1;
    while (picked !== null && index >= 0 && (x[index] ?? 0) > picked) index -= 1;
    return y[index];
  };
  const shown = (number: number | undefined, write: (x: number) => string) =>
    number === undefined ? "–" : write(number);
  const rate = picked === null ? (frame?.rate ?? state.lr) : rateAt(state, picked);
  return [
    { name: "Loss", value: shown(last("loss"), formatNumber), note: "of the batch" },
    { name: "Train accuracy", value: shown(last("accuracy"), percent), note: "of the batch" },
    testReadout(view, shown(last("test_accuracy"), percent)),
    ...(rate === null ? [] : [{ name: "Learning rate", value: formatNumber(rate), note: rateNote(rate, state.lr) }]),
  ];
}

/** Of all test pictures, where they have been asked about this very step; else of a sample of them. */
function testReadout({ state, picked, tested }: RunView, sampled: string): Readout {
  const name = "Test accuracy";
  if (tested?.step !== (picked ?? state.step)) return { name, value: sampled, note: "of a sample of the test set" };
  const value = `${(100 * tested.accuracy).toFixed(2)} %`;
  return { name, value, note: `of all ${formatCount(tested.count)} test pictures` };
}

/** The base learning rate that a training step of the past was made with; null: its schedule tells, not the page. */
function rateAt({ rates, recipe, lr }: RunState, step: number): number | null {
  if (recipe.kind !== "network" || recipe.schedule !== "constant") return null;
  return rates.findLast((change) => change.step < step)?.lr ?? recipe.lr ?? lr;
}

/** With its decimal even where that is 0: what changes must not jump. */
function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function rateNote(rate: number, base: number): string {
  return rate === base || Number.isNaN(rate) ? "" : `of ${formatNumber(base)}, by the schedule`;
}

const STATUS: Readonly<Record<RunState["status"], string>> = {
  paused: "Paused",
  running: "Training",
  done: "Done",
  diverged: "Diverged",
};

/** Whether all its training steps have been made: nothing is left to be started. */
export function isOver({ status, step, steps }: RunState): boolean {
  return status === "done" && step >= steps;
}

/** The run in one sentence; what the server says of it wins. */
export function statusText(state: RunState): string {
  if (state.says) return state.says;
  if (state.step === 0 && state.status === "paused") return "Ready: not a single training step has been made.";
  if (state.status === "paused") return `Paused after training step ${formatCount(state.step)}.`;
  return `${STATUS[state.status]}.`;
}

/** What is said aloud: how the run stands, and each epoch as it ends; nothing of the steps in between. */
export function spokenText(view: RunView): string {
  const { state, curves } = view;
  if (state.status !== "running") return statusText(state);
  const epoch = Math.floor(state.step / state.steps_per_epoch);
  if (epoch === 0) return "Training.";
  const accuracy = curves.series("test_accuracy").y.at(-1);
  const found = accuracy === undefined ? "" : `, test accuracy ${formatShare(accuracy)}`;
  return `Epoch ${epoch} done${found}.`;
}

/** The training step whose loss was the lowest; 1 where there was none. */
export function lowestLoss({ x, y }: Series): number {
  let lowest = 0;
  y.forEach((loss, i) => {
    if (loss < (y[lowest] ?? Infinity)) lowest = i; // never so for NaN
  });
  return x[lowest] ?? 1;
}
