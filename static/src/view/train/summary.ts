import type { RunPanel } from "../../run/actions";
import { type Choices, recipeLine, widthsOf } from "../../run/recipe";
import { element, setText } from "../element";
import { countsView } from "./counts";
import { networkPicture } from "./network";

/** The run's recipe in one line, with a way to a new run like it; below, its network and its parameters. */
export function runSummary(line: HTMLElement, network: HTMLElement, choices: Choices, edit: () => void): RunPanel {
  const words = element("p", { class: "recipe-line" });
  const button = element("button", { type: "button", class: "plain-button" }, "Edit → new run");
  const notes = element("div");
  const picture = element("div");
  const sums = element("div");
  const counted = countsView(sums);
  button.addEventListener("click", edit);
  line.replaceChildren(words, button);
  network.replaceChildren(picture, sums, notes);
  let shown = "";

  return {
    update({ state: { recipe, title, members, notes: said, mine } }) {
      const key = JSON.stringify([recipe, members, said, mine]);
      if (key === shown) return;
      shown = key;
      const known = recipe.kind === "network";
      setText(words, known ? recipeLine(recipe, choices) : title);
      const foreign = mine
        ? []
        : ["Somebody else's run: look at it, or go on from one of its steps as a branch of yours."];
      notes.replaceChildren(...[...foreign, ...said].map((note) => element("p", { class: "note" }, note)));
      picture.replaceChildren(...(known ? [networkPicture(recipe, choices)] : []));
      if (known) counted.show(widthsOf(recipe, choices), members[0] ?? null);
    },
  };
}
