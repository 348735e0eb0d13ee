// Digits with what a network said of them, as a grid of pictures wants them. Pure: no DOM.
import { formatCount } from "../charts/labels";
import { type Caption, digitCaption, type Pictures } from "../charts/pictures";
import { formatNumber } from "../format";
import type { BatchParts, Evaluation } from "../protocol";

/** Pictures of a batch and of the test set are described alike. */
type Digits = Pick<BatchParts & Evaluation, "labels" | "predictions" | "confidence" | "losses" | "pixels">;

export function digitPictures({ labels, predictions, confidence, losses, pixels }: Digits): Pictures {
  const captions = labels.map((label, i) =>
    withLoss(digitCaption(label, predictions[i] ?? Number.NaN, confidence[i] ?? Number.NaN), losses[i] ?? Number.NaN),
  );
  return { pixels, captions };
}

function withLoss(caption: Caption, loss: number): Caption {
  const text = `loss ${formatNumber(loss, 3)}`;
  return { ...caption, lines: [...caption.lines, text], says: `${caption.says}, ${text}` };
}

/** "24 of 100 pictures of training step 60, as the network saw them before the update: 22 right." */
export function sayBatch({ labels, predictions, of }: BatchParts, step: number): string {
  const shown = labels.length < of ? `${formatCount(labels.length)} of ${formatCount(of)}` : formatCount(of);
  const right = labels.filter((label, i) => label === predictions[i]).length;
  const seen = `${shown} pictures of training step ${formatCount(step)}, as the network saw them before the update`;
  return `${seen}: ${right} right, ${labels.length - right} wrong.`;
}
