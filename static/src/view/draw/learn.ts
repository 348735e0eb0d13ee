import { type Digit, learn } from "../../draw/api";
import { shownKeyOf, whyOf } from "../../draw/asking";
import { walkAddress } from "../../draw/learn";
import { type Lesson, labelOf, lessonsText, taught, untaught } from "../../draw/lessons";
import { askedOf, type DrawActions, type DrawPanel, type DrawView, isPassing, pickedDigit } from "../../draw/view";
import { inkOf } from "../../draw/why";
import { copyAnswer } from "./copy-answer";
import { lessonForm } from "./lesson-form";
import { lessonResult } from "./lesson-result";
import { panelFrame } from "./panel";
import { patient, type Question } from "./patient";

const LEAD =
  "Say what you drew, and the network is taught it by one training step: its loss, backward through it, and an update of its weights. This is your own copy of the network; nobody else's changes, and it lasts as long as this page's address.";

/** Training steps of the visitor's copy on the visitor's picture, and what each did. */
export function learnPanel(host: HTMLElement, actions: DrawActions): DrawPanel {
  let view: DrawView | null = null;
  /** What the picture is said to be; null: not said yet. */
  let label: number | null = null;
  const teach = (lessons: readonly Lesson[], rate = view?.rate ?? 0) => actions.teach(lessons, rate);
  const form = lessonForm({
    label(chosen) {
      label = chosen;
      update();
    },
    rate: (rate) => teach(view?.lessons ?? [], rate),
    step() {
      const digit = view && pickedDigit(view);
      if (view && digit && label !== null) teach(taught(view.lessons, digit.code, label));
    },
    undo: () => teach(untaught(view?.lessons ?? [])),
    forget: () => teach([]),
  });
  const frame = panelFrame(host, "Backprop my drawing", LEAD, form.root);
  const [result, copy] = [lessonResult(), copyAnswer()];
  frame.content.append(copy.root, result.root);
  const questions = patient<() => void>(host, frame, (show) => show());

  function update(): void {
    const digit = view && pickedDigit(view);
    if (view && digit) {
      form.show({ lessons: view.lessons, rate: view.rate, code: digit.code, own: digit.digit, label });
    }
    questions.want(view && digit && question(view, digit), view ? isPassing(view) : false);
  }

  function question(view: DrawView, digit: Digit): Question<() => void> | null {
    const { lessons, rate } = view;
    const asked = askedOf(view, lessonsText(lessons, digit.code));
    const last = lessons.at(-1);
    if (!asked || !last) return null;
    if (last.code !== digit.code) {
      return {
        key: `elsewhere ${shownKeyOf(asked, digit)}`,
        code: digit.code,
        async ask() {
          const { probabilities } = await whyOf(asked, null);
          return () => {
            result.root.hidden = true;
            copy.show(digit.opinions[0]?.probabilities ?? [], probabilities);
          };
        },
      };
    }
    return {
      key: `here ${shownKeyOf(asked, digit)}`,
      code: digit.code,
      async ask() {
        const answer = await learn(asked);
        const walk = walkAddress(asked, last.label, untaught(lessons));
        return () => {
          copy.root.hidden = true;
          result.show(answer, { rate, walk, ink: inkOf(digit.picture) });
        };
      },
    };
  }

  return {
    update(next) {
      const [before, now] = [view && pickedDigit(view), pickedDigit(next)];
      if (now && before?.code !== now.code) label = labelOf(next.lessons, now.code);
      view = next;
      host.hidden = now === null;
      update();
    },
  };
}
