import { pixelsOf } from "../../draw/code";
import { RATES } from "../../draw/learn";
import { countOf, type Lesson, lessonWords, mayTeach } from "../../draw/lessons";
import { SIDE } from "../../draw/why";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import { drawLasting, drawPicture } from "../heat";
import { choose, segments } from "../segments";
import { digitSwitch } from "./panel";

/** What the visitor may say and do. */
interface FormActions {
  label(label: number): void;
  rate(rate: number): void;
  step(): void;
  undo(): void;
  forget(): void;
}

/** How things stand; `own` is the network's answer, `label` the visitor's, null: not said yet. */
interface FormView {
  readonly lessons: readonly Lesson[];
  readonly rate: number;
  readonly code: string;
  readonly own: number;
  readonly label: number | null;
}

/** What it should have been, the learning rate, and the buttons that teach and take back. */
export function lessonForm(actions: FormActions): { readonly root: HTMLElement; show(view: FormView): void } {
  const labels = digitSwitch("learn-label", "It is a", actions.label);
  const rates = segments(
    "learn-rate",
    "Learning rate",
    RATES.map((rate) => [String(rate), formatNumber(rate)] as const),
    (rate) => actions.rate(Number(rate)),
  );
  const button = (name: string, press: () => void, kind = "ghost") => {
    const made = element("button", { type: "button", class: kind }, name);
    made.addEventListener("click", press);
    return made;
  };
  const step = button("One training step", actions.step, "main");
  const undo = button("Undo", actions.undo);
  const forget = button("Forget all lessons", actions.forget);
  const [own, hint, list] = [element("span", { class: "quiet" }), element("p", { class: "quiet" }), element("ol")];
  let listed = "";
  const taught = element("details", { class: "lessons" }, element("summary"), list);

  return {
    root: element(
      "div",
      { class: "lesson-form" },
      element("div", { class: "reasons-bar" }, labels, own, rates),
      element("div", { class: "reasons-bar bar" }, step, undo, forget),
      hint,
      taught,
    ),
    show({ lessons, rate, code, own: answer, label }) {
      choose(labels, String(label));
      choose(rates, String(rate));
      for (const input of labels.querySelectorAll("input")) {
        input.parentElement?.classList.toggle("network-says", input.value === String(answer));
      }
      setText(own, `The network says ${answer}.`);
      const last = lessons.at(-1);
      const again = last?.code === code && last.label === label;
      setText(step, again ? "Again: one more training step" : "One training step");
      const room = label !== null && mayTeach(lessons, code, label);
      step.disabled = !room;
      undo.disabled = forget.disabled = lessons.length === 0;
      setText(hint, hintText(label, room));
      taught.hidden = lessons.length === 0;
      const count = countOf(lessons);
      setText(taught.firstElementChild as Element, `${count} training ${count === 1 ? "step" : "steps"} taught so far`);
      const key = JSON.stringify(lessons.map((lesson) => [lesson, lesson.code === code]));
      if (key === listed) return;
      listed = key;
      list.replaceChildren(...lessons.map((lesson) => given(lesson, code)));
    },
  };
}

/** A lesson in words, beside its picture. */
function given(lesson: Lesson, here: string): HTMLElement {
  const canvas = element("canvas", { class: "heat", "aria-hidden": "true" });
  void pixelsOf(lesson.code).then((pixels) => {
    const picture = { rows: SIDE, columns: SIDE, numbers: Float32Array.from(pixels ?? []) };
    if (pixels) drawLasting(canvas, () => drawPicture(canvas, picture, "value", 255));
  });
  return element("li", {}, canvas, lessonWords(lesson, here));
}

function hintText(label: number | null, room: boolean): string {
  if (label === null) return "First choose the digit that it is.";
  if (!room) return "That is as much as one copy can be taught: undo something, or forget all lessons.";
  return "The rate counts for all lessons. A large one fits this picture and forgets the others.";
}
