// Which digit was taken for which: counts, and how strongly each is drawn. Pure: no DOM.
import { formatCount, formatShare } from "./labels";

export interface ConfusionCell {
  readonly count: number;
  readonly correct: boolean;
  /** How strongly it is drawn, 0 to 1: right and wrong ones by a scale of their own each. */
  readonly strength: number;
}

export interface ConfusionMarks {
  /** Rows are true digits, columns predicted ones. */
  readonly cells: readonly (readonly ConfusionCell[])[];
  /** Counts that are drawn in full. */
  readonly mostCorrect: number;
  readonly mostWrong: number;
}

/** The fewest errors that are drawn in full: one alone in a perfect matrix is no disaster. */
const FEWEST = 5;
/** The faintest a count other than zero is drawn. */
const FAINTEST = 0.12;

/** The matrix as marks. */
export function confusionMarks(counts: readonly (readonly number[])[]): ConfusionMarks {
  const all = counts.flatMap((row, digit) => row.map((count, predicted) => ({ count, correct: digit === predicted })));
  const most = (correct: boolean) =>
    Math.max(0, ...all.filter((cell) => cell.correct === correct).map(({ count }) => count));
  const [mostCorrect, mostWrong] = [most(true), Math.max(FEWEST, most(false))];
  return {
    cells: counts.map((row, digit) =>
      row.map((count, predicted) => {
        const correct = digit === predicted;
        const share = count === 0 ? 0 : FAINTEST + (1 - FAINTEST) * (count / (correct ? mostCorrect : mostWrong));
        return { count, correct, strength: share };
      }),
    ),
    mostCorrect,
    mostWrong,
  };
}

/** "12 of 982 pictures of a 4 were taken for a 9: 1.22 %". */
export function confusionText(counts: readonly (readonly number[])[], digit: number, predicted: number): string {
  const row = counts[digit] ?? [];
  const [count, of] = [row[predicted] ?? 0, row.reduce((sum, one) => sum + one, 0)];
  const share = of > 0 ? `: ${formatShare(count / of)}` : "";
  const taken = digit === predicted ? "recognised" : `taken for a ${predicted}`;
  return `${formatCount(count)} of ${formatCount(of)} pictures of a ${digit} were ${taken}${share}`;
}
