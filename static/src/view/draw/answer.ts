import { doubtOf, percent, spokenAnswer, timeText } from "../../draw/answer-words";
import type { Digit, Prediction } from "../../draw/api";
import { type DrawActions, type DrawPanel, type DrawView, isPassing, pickedDigit } from "../../draw/view";
import { element, setText } from "../element";
import { later } from "../page";
import { showMessage } from "../words";
import { onward } from "./onward";
import { digitRow } from "./row";
import { seenPicture } from "./seen";
import { tenBars } from "./ten-bars";

/** An answer that has stood so long is read out. */
const SETTLED_MILLISECONDS = 900;

/** What was read: the picture as the network sees it, and the verdict beside it. */
export function answerPanel(host: HTMLElement, actions: DrawActions): DrawPanel {
  const seen = seenPicture();
  const bars = tenBars("Probability of each digit");
  const row = digitRow((digit) => actions.pick(digit));
  const said = element("b", { class: "said-digit" });
  const share = element("span", { class: "said-percent" });
  const which = element("span", { class: "quiet" });
  const doubt = element("span", { class: "doubt", hidden: true });
  const time = element("p", { class: "time quiet" });
  const mark = element("span", { class: "reading as-is" });
  const ways = onward();
  const status = element("p", { class: "unseen", role: "status" });
  const verdict = element("p", { class: "said" }, said, element("span", { class: "said-beside" }, share, which), doubt);
  host.classList.add("section");
  host.replaceChildren(
    element("h2", {}, "What the network sees ", mark),
    element("div", { class: "answer-body" }, seen.root, element("div", { class: "verdict" }, verdict, bars.root)),
    row.root,
    time,
    ways,
    status,
  );
  const settle = settling(status);

  return {
    update(view) {
      const { prediction } = view;
      const digit = pickedDigit(view);
      host.setAttribute("aria-busy", String(isPassing(view)));
      host.classList.toggle("left-behind", view.outdated && !view.reading);
      setText(mark, view.reading ? "reading" : "of the picture before");
      seen.show(digit);
      bars.show(digit?.opinions[0]?.probabilities ?? null);
      setText(said, digit ? String(digit.digit) : "");
      said.classList.toggle("in-doubt", digit !== null && doubtOf(digit) !== "");
      setText(share, digit ? percent(digit.probability) : "");
      setText(which, whichOf(view, digit));
      showMessage(doubt, digit ? doubtOf(digit) : (prediction?.problem ?? ""));
      row.show(prediction, view.picked);
      setText(time, prediction ? timeText(prediction.milliseconds) : "");
      ways.hidden = digit === null;
      settle(view);
    },
  };
}

/** Which digit of several it is, and where there is none, that. */
function whichOf({ prediction, picked }: DrawView, digit: Digit | null): string {
  if (!prediction) return "Draw a digit, or upload a picture.";
  if (!digit) return "No digit found";
  return prediction.digits.length > 1 ? `digit ${picked + 1} of ${prediction.digits.length}` : "";
}

/** Has an answer read out once it stands: not while somebody is drawing. */
function settling(status: HTMLElement): (view: DrawView) => void {
  let said: Prediction | null = null;
  let cancel = () => {};
  return (view) => {
    const { prediction } = view;
    cancel();
    if (isPassing(view) || prediction === said) return;
    cancel = later(SETTLED_MILLISECONDS, () => {
      said = prediction;
      setText(status, prediction ? spokenAnswer(prediction) : "");
    });
  };
}
