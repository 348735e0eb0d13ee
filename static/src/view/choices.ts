import type { Choice } from "../protocol";
import type { Actions, Panel, Scene } from "../state";
import { element, releaseAfterPointer } from "./element";

/** The switches of a scene, each a row of radio buttons that looks like one segmented control. */
export function choicesPanel(host: HTMLElement, actions: Actions): Panel {
  let shown = "";

  return {
    update(scene: Scene) {
      const { choices } = scene;
      const key = JSON.stringify(choices);
      if (key === shown) return;
      shown = key;
      host.hidden = choices.length === 0;
      // A switch that was just pressed keeps the focus across the answer that redraws it.
      const focused = document.activeElement instanceof HTMLInputElement && host.contains(document.activeElement);
      host.replaceChildren(
        element("div", { class: "section" }, ...choices.map((choice) => choiceSwitch(choice, actions))),
      );
      if (focused) host.querySelector<HTMLInputElement>("input:checked")?.focus();
    },
  };
}

function choiceSwitch(choice: Choice, actions: Actions): HTMLElement {
  const options = choice.options.map(([value, label]) => {
    const input = element("input", {
      type: "radio",
      name: `choice-${choice.name}`,
      value,
      checked: value === choice.value,
    });
    input.addEventListener("change", () => actions.open({ choices: { [choice.name]: value } }));
    return element("label", {}, input, element("span", {}, label));
  });
  const root = element(
    "fieldset",
    { class: "choice" },
    element("legend", {}, choice.label),
    element("div", { class: "segments" }, ...options),
    element("p", { class: "quiet" }, choice.says),
  );
  releaseAfterPointer(root);
  return root;
}
