import type { LabKeyCommand } from "../../lab/keys";
import type { Standing } from "../../lab/standing";
import { placeOf, SPEED_PLACES, speedAt, speedText } from "../../run/scales";
import { element, releaseAfterPointer, setText, svgElement } from "../element";

/** What buttons and keys may do. */
export type LabCommand = LabKeyCommand | "reset";

export interface LabControls {
  update(standing: Standing, speed: number): void;
}

const ICONS = {
  play: "M3 1v12l9-6z",
  pause: "M2 1h4v12H2zM8 1h4v12H8z",
  step: "M3 1v12l7-6zM11 1h2v12h-2z",
  reset: "M7 2a5 5 0 1 1-4.6 3h1.7A3.4 3.4 0 1 0 7 3.6V6L3.6 3 7 0z",
} as const;

/** Start or Pause, one step, back to the beginning, the speed, how far it is, and the keys. */
export function labControls(
  host: HTMLElement,
  actions: { obey(command: LabCommand): void; speed(speed: number): void },
): LabControls {
  const words = element("span", {});
  const sign = element("span", { class: "icon" });
  const main = element("button", { type: "button", class: "main" }, sign, words);
  main.addEventListener("click", () => actions.obey("run"));
  const step = button("step", "Step", "One training step", () => actions.obey("forward"));
  const reset = button("reset", "Reset", "Reset: back to training step 0", () => actions.obey("reset"));
  const slider = element("input", { type: "range", min: 0, max: SPEED_PLACES - 1, step: 1, "aria-label": "Speed" });
  const pace = element("output", { class: "lab-speed" });
  const where = element("span", { class: "where" });
  const keys = element(
    "span",
    { class: "keys" },
    ...["space", "←", "→", "?"].flatMap((key) => [" ", element("kbd", {}, key)]),
  );
  slider.addEventListener("input", () => actions.speed(speedAt(slider.valueAsNumber)));
  releaseAfterPointer(host);
  host.replaceChildren(
    main,
    element("div", { class: "group" }, step, reset),
    element("label", { class: "lab-slider" }, element("span", { class: "word" }, "Speed"), slider, pace),
    element("span", { class: "position" }, where, keys),
  );

  return {
    update({ running, main: does, mayRun, mayStep, mayReset, where: text }, speed) {
      setText(words, does);
      const icon = running ? "pause" : "play";
      if (sign.dataset.icon !== icon) sign.replaceChildren(drawn(icon));
      sign.dataset.icon = icon;
      main.disabled = !mayRun;
      step.disabled = !mayStep;
      reset.disabled = !mayReset;
      if (!slider.matches(":active")) slider.value = String(placeOf(speed));
      slider.setAttribute("aria-valuetext", speedText(speed));
      setText(pace, speedText(speed));
      setText(where, text);
    },
  };
}

function button(icon: keyof typeof ICONS, words: string, label: string, press: () => void): HTMLButtonElement {
  const made = element(
    "button",
    { type: "button", title: label, "aria-label": label },
    drawn(icon),
    element("span", { class: "word" }, words),
  );
  made.addEventListener("click", press);
  return made;
}

function drawn(icon: keyof typeof ICONS): SVGSVGElement {
  return svgElement("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, svgElement("path", { d: ICONS[icon] }));
}
