import { shownKeyOf, whyOf } from "../../draw/asking";
import { labelOf, lessonsText } from "../../draw/lessons";
import { askedOf, type DrawActions, type DrawPanel, type DrawView, isPassing, pickedDigit } from "../../draw/view";
import { explained, inkOf } from "../../draw/why";
import { preloadMath } from "../math";
import { evidence } from "./evidence";
import { large } from "./large";
import { panelFrame, whose } from "./panel";
import { patient, type Question } from "./patient";

const LEAD =
  "The score (logit) of a digit is the sum of its map, plus what no pixel gives: the biases. The highest score wins. Pick a map to see it over your drawing.";

/** Where the prediction comes from: the ten maps that add up to the scores, and one of them large. */
export function whyPanel(host: HTMLElement, _actions: DrawActions): DrawPanel {
  let view: DrawView | null = null;
  /** The digit that is explained; null: the answer of the network. */
  let of: number | null = null;
  const owner = whose("why-whose", want);
  const frame = panelFrame(host, "Where it comes from", LEAD, owner.root);
  const pick = (digit: number) => {
    of = digit;
    want();
  };
  const [small, big] = [evidence(pick), large(pick)];
  frame.content.append(small.root, big.root);
  const questions = patient<() => void>(host, frame, (show) => show());

  function want(): void {
    questions.want(question(), view ? isPassing(view) : false);
  }

  function question(): Question<() => void> | null {
    const digit = view && pickedDigit(view);
    const asked = view && digit && askedOf(view, owner.copy(view) ? lessonsText(view.lessons, digit.code) : "");
    if (!view || !digit || !asked) return null;
    const [chosen, label] = [of, labelOf(view.lessons, digit.code)];
    return {
      key: `${shownKeyOf(asked, digit, chosen)} ${label}`,
      code: digit.code,
      async ask() {
        preloadMath();
        const answer = explained(await whyOf(asked, chosen));
        return () => {
          small.show(answer, label);
          big.show(answer, inkOf(digit.picture));
        };
      },
    };
  }

  return {
    update(next) {
      const [before, now] = [view && pickedDigit(view), pickedDigit(next)];
      if (before?.digit !== now?.digit) of = null;
      view = next;
      host.hidden = now === null;
      want();
    },
  };
}
