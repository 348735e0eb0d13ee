import { formatCount } from "../../charts/labels";
import type { RunState } from "../../protocol";
import type { RunActions, RunPanel } from "../../run/actions";
import { element, setText } from "../element";
import { explainOnce, showMessage } from "../words";
import { rateField } from "./rate-field";

interface TravelOptions {
  readonly actions: RunActions;
  readonly maximumRate: number;
  /** Shows the comparison of a training step with now. */
  compare(step: number): void;
}

/** What can be done with a step of the run's past: walk into it, compare it with now, go on from it as a branch. */
export function travelBar(host: HTMLElement, { actions, maximumRate, compare }: TravelOptions): RunPanel {
  let step = 0;
  let offered = -1;
  let rate = 0;
  /** What a branch has without anybody asking for it. */
  let usual = 0;
  const title = element("b");
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const button = (words: string, short: string, press: () => void) => {
    const [wide, narrow] = [element("span", { class: "wide" }, words), element("span", { class: "narrow" }, short)];
    const made = element("button", { type: "button", class: "plain-button" }, wide, narrow);
    made.addEventListener("click", press);
    return made;
  };
  const walk = button("Walk into it", "Walk into it", () => actions.openStep(step));
  const branchOff = button("Continue from here as a branch", "Branch off here", () => {
    branchOff.disabled = true;
    actions
      .branch(step, rate === usual ? undefined : rate)
      .then(
        () => showMessage(problem, ""),
        (reason) => showMessage(problem, explainOnce(reason)),
      )
      .finally(() => {
        branchOff.disabled = false;
      });
  });
  const now = button("Back to now", "Now", () => actions.pick(null));
  const field = rateField({
    label: "Learning rate of the branch",
    maximum: maximumRate,
    changed: (lr) => {
      rate = lr;
    },
    complain: (message) => showMessage(problem, message),
  });
  host.replaceChildren(
    title,
    walk,
    button("Compare with now", "Compare", () => compare(step)),
    element(
      "span",
      { class: "branch-off" },
      branchOff,
      element("span", { class: "quiet" }, "learning rate"),
      ...field.elements,
    ),
    now,
    problem,
  );

  return {
    update({ picked, state }) {
      host.hidden = picked === null;
      if (picked === null) {
        offered = -1;
        return;
      }
      step = picked;
      setText(title, `Step ${formatCount(picked)}`);
      if (offered === picked) return;
      offered = picked;
      usual = rateAfter(state, picked);
      rate = state.status === "diverged" ? Number((usual / 10).toPrecision(2)) : usual;
      field.show(rate);
      showMessage(problem, "");
    },
  };
}

/** The learning rate that the run itself went on with after a training step. */
function rateAfter({ rates, recipe, lr }: RunState, step: number): number {
  return rates.findLast((change) => change.step <= step)?.lr ?? (recipe.kind === "network" ? recipe.lr : lr);
}
