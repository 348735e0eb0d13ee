import type { RunActions, RunPanel } from "../../run/actions";
import { placeOf, SPEED_PLACES, speedAt, speedText } from "../../run/scales";
import { element, releaseAfterPointer, setText } from "../element";
import { explainOnce, showMessage } from "../words";
import { rateField } from "./rate-field";

/** What may be changed while a run goes on: its learning rate and its speed. */
export function tuningPanel(host: HTMLElement, actions: RunActions, maximumRate: number): RunPanel {
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  let pending = 0;
  const tune = (change: { lr?: number; speed?: number }) => {
    showMessage(problem, "");
    pending += 1;
    actions
      .tune(change)
      .catch((reason) => showMessage(problem, explainOnce(reason)))
      .finally(() => {
        pending -= 1;
      });
  };
  const rate = rateField({
    label: "Learning rate",
    maximum: maximumRate,
    changed: (lr) => tune({ lr }),
    complain: (message) => showMessage(problem, message),
  });
  const slider = element("input", { type: "range", min: 0, max: SPEED_PLACES - 1, step: 1, "aria-label": "Speed" });
  const words = element("output", {});
  const write = (speed: number) => {
    setText(words, speedText(speed));
    slider.setAttribute("aria-valuetext", speedText(speed));
  };
  releaseAfterPointer(slider);
  slider.addEventListener("input", () => {
    const speed = speedAt(slider.valueAsNumber);
    write(speed);
    tune({ speed });
  });
  host.replaceChildren(
    element("div", { class: "tune" }, element("span", { class: "form-label" }, "Learning rate"), ...rate.elements),
    element("div", { class: "tune" }, element("span", { class: "form-label" }, "Speed"), slider, words),
    problem,
  );

  return {
    update({ state }) {
      slider.disabled = !state.mine;
      rate.disable(!state.mine || state.step >= state.steps);
      // An answer to an older change must not pull the sliders back while a newer one is on its way.
      if (pending > 0 || slider.matches(":active")) return;
      rate.show(state.lr);
      slider.value = String(placeOf(state.speed));
      write(state.speed);
    },
  };
}
