import { tensorOf } from "../../../codec";
import type { Comparison } from "../../../protocol";
import type { RunActions, RunPanel, RunView } from "../../../run/actions";
import { type Change, compareStanding, type What } from "../../../run/parts-compare";
import { element, section, setText } from "../../element";
import { segments } from "../../segments";
import { explainOnce, showMessage } from "../../words";
import { changeRow } from "./change-row";

export interface ComparePanel extends RunPanel {
  /** Compares the picked training step with now, as its button does. */
  ask(): Promise<void>;
}

/** A run at an earlier training step beside now: values, gradients and weights, and how they changed. */
export function comparePanel(host: HTMLElement, actions: RunActions): ComparePanel {
  const { root, body } = section("then-and-now", "Then and now");
  const says = element("p", { class: "quiet", role: "status" });
  const ask = element("button", { type: "button", class: "plain-button", hidden: true });
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const rows = element("div", { class: "changes" });
  const choice = segments<What>(
    "compared",
    "Compare",
    [
      ["weight", "weights"],
      ["gradient", "gradients"],
      ["value", "values"],
    ],
    (chosen) => {
      what = chosen;
      showRows();
    },
  );
  body.append(says, ask, problem, choice, rows);
  host.append(root);

  let what: What = "weight";
  let last: RunView | null = null;
  let shown: Comparison | null = null;
  let changes: Change[] = [];
  let asked = 0;
  let waiting = false;

  function show(): void {
    if (!last) return;
    const { text, offer } = compareStanding(last, shown);
    setText(says, text);
    ask.hidden = offer === null && !waiting;
    ask.disabled = waiting;
    setText(ask, waiting ? "Computing both steps …" : (offer?.label ?? ""));
    choice.hidden = shown === null;
  }

  /** Tensors of one kind at a time: all of them would be dozens of canvases. */
  function showRows(): void {
    const steps = { before: shown?.step ?? 0, now: shown?.other ?? 0 };
    rows.replaceChildren(...changes.filter((change) => change.what === what).map((change) => changeRow(change, steps)));
  }

  function take(comparison: Comparison | null): void {
    shown = comparison;
    changes = (comparison?.tensors ?? []).map(({ name, what, first, second, difference }) => {
      return { name, what, before: tensorOf(first), now: tensorOf(second), difference: tensorOf(difference) };
    });
    showRows();
  }

  async function compare(): Promise<void> {
    const step = last && compareStanding(last, shown).offer?.step;
    if (step === null || step === undefined) return;
    const token = ++asked;
    waiting = true;
    showMessage(problem, "");
    show();
    try {
      const comparison = await actions.compare(step);
      if (token === asked) take(comparison);
    } catch (reason) {
      if (token === asked) showMessage(problem, explainOnce(reason));
    }
    if (token !== asked) return;
    waiting = false;
    show();
  }
  ask.addEventListener("click", compare);

  return {
    ask: compare,
    update(view) {
      const { id, step } = view.state;
      // Another run, or one that was taken back to before what is compared.
      if (last && (last.state.id !== id || (shown && shown.other > step))) {
        asked += 1;
        waiting = false;
        take(null);
        showMessage(problem, "");
      }
      last = view;
      show();
    },
  };
}
