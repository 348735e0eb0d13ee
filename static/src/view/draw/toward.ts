import { type Digit, toward } from "../../draw/api";
import { shownKeyOf } from "../../draw/asking";
import { labelOf, lessonsText } from "../../draw/lessons";
import { type Frame, framesOf, towardText } from "../../draw/toward";
import { askedOf, type DrawActions, type DrawPanel, type DrawView, isPassing, pickedDigit } from "../../draw/view";
import { likeliest } from "../../draw/why";
import { aDigit } from "../../draw/why-words";
import { element, setText } from "../element";
import { choose } from "../segments";
import { chances } from "./chances";
import { digitSwitch, panelFrame, whose } from "./panel";
import { patient, type Question } from "./patient";
import { player } from "./player";
import { towardMaps } from "./toward-maps";

const LEAD =
  "The gradient tells, for each pixel, which way to change it. Here it is followed on the pixels instead of the weights, in small steps, until the network says something else.";

interface Answer {
  readonly frames: readonly Frame[];
  readonly target: number;
}

/** The runner-up; of a picture that was taught to be it, the digit that the network as it came takes it for. */
function targetOf({ digit, opinions }: Digit, label: number | null): number {
  const second = likeliest(opinions[0]?.probabilities ?? [], digit);
  return second === label ? digit : second;
}

/** Gradient steps on the pixels toward a digit that the visitor chooses. */
export function towardPanel(host: HTMLElement, _actions: DrawActions): DrawPanel {
  let view: DrawView | null = null;
  /** The digit that is aimed at; null: the runner-up. */
  let chosen: number | null = null;
  let shown: Answer | null = null;
  const targets = digitSwitch("toward-target", "Target", (digit) => {
    chosen = digit;
    want();
  });
  const owner = whose("toward-whose", want);
  const frame = panelFrame(host, "", LEAD, element("div", { class: "reasons-bar" }, targets, owner.root));
  const maps = towardMaps();
  const bars = chances("Probabilities");
  const says = element("p", { class: "verdict", "aria-live": "polite" });
  const steps = player("Gradient steps on the pixels", (at) => draw(at));
  frame.content.append(steps.root, says, element("div", { class: "toward-pictures" }, maps.root, bars.root));

  function draw(at: number): void {
    const now = shown?.frames[at];
    const first = shown?.frames[0];
    if (!shown || !now || !first) return;
    maps.show(now, at);
    bars.name("as drawn", at === 0 ? "now" : `after ${at}`);
    const marks = new Map([
      [likeliest(first.probabilities), "its answer"],
      [shown.target, "target"],
    ]);
    bars.show(first.probabilities, now.probabilities, marks);
    setText(says, towardText(shown.frames, at, shown.target));
  }

  const questions = patient<Answer>(host, frame, (answer) => {
    shown = answer;
    steps.load(answer.frames.length - 1);
  });

  function want(): void {
    questions.want(question(), view ? isPassing(view) : false);
  }

  function question(): Question<Answer> | null {
    const digit = view && pickedDigit(view);
    const asked = view && digit && askedOf(view, owner.copy(view) ? lessonsText(view.lessons, digit.code) : "");
    if (!digit || !asked) return null;
    const target = chosen ?? targetOf(digit, view && labelOf(view.lessons, digit.code));
    choose(targets, String(target));
    setText(frame.heading, `What would make it ${aDigit(target)}`);
    return {
      key: shownKeyOf(asked, digit, target),
      code: digit.code,
      ask: async () => ({ frames: framesOf(await toward(asked, target)), target }),
    };
  }

  return {
    update(next) {
      const [before, now] = [view && pickedDigit(view), pickedDigit(next)];
      if (before?.digit !== now?.digit) chosen = null;
      view = next;
      host.hidden = now === null;
      want();
    },
  };
}
