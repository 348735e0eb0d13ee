import { closingText, openingText } from "../closing";
import type { Panel, Scene, View } from "../state";
import { element, section } from "./element";
import { showText } from "./words";

/** The step as a sentence, read out politely when it changes; after the last step also what the pass has found. */
export function sentencePanel(host: HTMLElement): Panel {
  const { root, heading, body } = section("sentence", "This step");
  const says = element("p", { class: "says" });
  const closing = element("p", { class: "closing" });
  body.setAttribute("aria-live", "polite");
  body.setAttribute("aria-atomic", "true");
  body.append(says, closing);
  host.append(root);

  return {
    update(scene: Scene, view: View) {
      heading.textContent = view.step ? "This step" : "Before the first step";
      showText(says, view.step ? view.step.sentence : openingText(scene));
      const done = view.step !== null && view.position.step === scene.steps.length;
      const found = done ? closingText(scene) : [];
      closing.hidden = found.length === 0;
      showText(closing, found);
    },
  };
}
