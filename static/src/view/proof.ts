import { formatExact, formatNumber } from "../format";
import type { Proof, Proved } from "../protocol";
import type { Actions, Panel, Scene, View } from "../state";
import { element, section } from "./element";
import { explain } from "./words";

/** Are these gradients right? Asked of central differences and of PyTorch, answered with all three numbers. */
export function proofPanel(host: HTMLElement, actions: Actions): Panel {
  const { root, body } = section("proof", "Proof");
  host.append(root);
  const intro = element(
    "p",
    { class: "quiet" },
    "Nudge each leaf a little up and down and see how far the result moves (central differences); ask PyTorch too.",
  );
  const button = element("button", { type: "button", class: "plain-button" }, "Prove the gradients");
  const answer = element("div", { "aria-live": "polite" });
  body.append(intro, button, answer);
  let generation = -1;

  button.addEventListener("click", async () => {
    const asked = generation;
    button.disabled = true;
    answer.replaceChildren(element("p", { class: "quiet" }, "Comparing …"));
    try {
      const proved = await actions.prove();
      if (asked === generation) show(proved);
    } catch (reason) {
      if (asked === generation) answer.replaceChildren(element("p", { class: "problem" }, explain(reason)));
    }
    button.disabled = false;
  });

  function show(proved: Proved): void {
    const agree = proved.proofs.every((proof) => proof.agree);
    const ways = proved.proofs.some((proof) => proof.pytorch !== null) ? "two ways" : "one way";
    const chip = agree ? `Proved ${ways}` : "They differ";
    button.hidden = intro.hidden = true;
    answer.replaceChildren(
      element("p", {}, element("span", { class: `chip ${agree ? "good" : "bad"}` }, chip), ` ${proved.says}`),
      element(
        "div",
        { class: "scroll-x", tabindex: 0, role: "group", "aria-label": "Proofs" },
        proofTable(proved.proofs),
      ),
    );
  }

  return {
    update(scene: Scene, _view: View) {
      root.hidden = scene.leaves.length === 0 && scene.grads.size === 0;
      if (scene.generation === generation) return;
      generation = scene.generation; // other numbers, so the old proof says nothing about them
      button.hidden = intro.hidden = button.disabled = false;
      answer.replaceChildren();
    },
  };
}

function proofTable(proofs: readonly Proof[]): HTMLElement {
  const head = ["", "here", "differences", "PyTorch"].map((label) => element("th", { scope: "col" }, label));
  const rows = proofs.map((proof) =>
    element(
      "tr",
      { class: proof.agree ? null : "differs" },
      element(
        "th",
        { scope: "row" },
        proof.element.length > 0 ? `${proof.name}[${proof.element.join(", ")}]` : proof.name,
      ),
      ...[proof.engine, proof.differences, proof.pytorch].map((number) =>
        number === null
          ? element("td", { class: "quiet" }, "not installed")
          : element("td", { title: formatExact(number) }, formatNumber(number)),
      ),
    ),
  );
  return element(
    "table",
    { class: "proofs" },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...rows),
  );
}
