// The test set as a run saw it: where that stands beside the run, and which pictures are shown. Pure: no DOM.
import { formatCount } from "../charts/labels";
import { formatNumber } from "../format";
import type { Evaluation } from "../protocol";
import type { EvaluateOptions, RunView } from "./actions";

/** Pictures on one page. */
export const PAGE = 40;

/** A cell of the confusion matrix. */
export interface Cell {
  readonly true: number;
  readonly predicted: number;
}

/** What may be asked for: the test set at a training step. */
export interface Offer {
  /** Training steps done; null: now. */
  readonly step: number | null;
  readonly label: string;
}

/** Where an evaluation stands beside the run. */
export interface TestStanding {
  readonly text: string;
  /** It is of another training step than the one looked at. */
  readonly stale: boolean;
  readonly offer: Offer | null;
}

export function testStanding({ state, picked }: RunView, shown: Evaluation | null): TestStanding {
  const wanted = picked ?? state.step;
  const offer: Offer = picked === null ? { step: null, label: "Test now" } : { step: picked, label: testLabel(picked) };
  if (!shown) return { text: "Not tested yet.", stale: false, offer };
  const tested = `All ${formatCount(shown.count)} test pictures, after training step ${formatCount(shown.step)}`;
  if (shown.step === wanted) return { text: `${tested}.`, stale: false, offer: null };
  if (picked !== null) return { text: `${tested}; step ${formatCount(picked)} is picked.`, stale: true, offer };
  // Not how far: this is read out anew whenever it changes, which would be thirty times a second.
  const text = `${tested}; the run has gone on since.`;
  return { text, stale: true, offer: { step: null, label: "Update" } };
}

function testLabel(step: number): string {
  return `Test at step ${formatCount(step)}`;
}

/** Whether the test set is asked for unbidden: the run stands still, nobody looks at its past, and this is not known. */
export function wantsTest({ state, picked }: RunView, shown: Evaluation | null): boolean {
  return state.status !== "running" && picked === null && shown?.step !== state.step;
}

/** Whether an evaluation may still be shown: of the same run, which was not taken back to before it. */
export function stillHolds({ state }: RunView, shown: Evaluation): boolean {
  return shown.run === state.id && shown.step <= state.step;
}

/** The request for a page of pictures, those of a cell where one is chosen. */
export function pageOf(step: number | null, cell: Cell | null, start = 0): EvaluateOptions {
  return { step, true: cell?.true ?? null, predicted: cell?.predicted ?? null, start, count: PAGE };
}

/** "9,764 of 10,000 right: 97.64 %. Loss 0.0812."; of ten thousand pictures every one shows in the percentage. */
export function sayScore({ count, accuracy, loss }: Evaluation): string {
  const right = formatCount(Math.round(accuracy * count));
  return `${right} of ${formatCount(count)} right: ${formatNumber(100 * accuracy)} %. Loss ${formatNumber(loss)}.`;
}

/** Which pictures the page shows: "Pictures 1 to 40 of 239 wrong ones, largest loss first." */
export function sayPictures({ indices, start, wrong }: Evaluation, cell: Cell | null): string {
  const kind = kindOf(cell);
  if (wrong === 0) return `There are no ${kind}.`;
  const from = formatCount(start + 1);
  const range = wrong > indices.length ? `${from} to ${formatCount(start + indices.length)} of ` : "";
  return `${range}${formatCount(wrong)} ${kind}, largest loss first.`;
}

function kindOf(cell: Cell | null): string {
  if (cell === null) return "wrong ones";
  if (cell.true === cell.predicted) return `pictures of ${cell.true} that were recognised`;
  return `pictures of ${cell.true} taken for ${cell.predicted}`;
}
