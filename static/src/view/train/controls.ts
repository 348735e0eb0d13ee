import { formatCount } from "../../charts/labels";
import type { RunView } from "../../run/actions";
import type { RunCommand } from "../../run/keys";
import { isOver, paceText, whereText } from "../../run/progress";
import { element, setText, svgElement } from "../element";
import { pressTwice } from "./twice";

/** What the buttons below a run may do besides what keys do. */
export type ControlCommand = RunCommand | "stop" | "reset";

export interface RunControls {
  /** null: no run yet; what Start would start is described by `plan`. */
  update(view: RunView | null, plan: string): void;
}

const ICONS = {
  play: "M3 1v12l9-6z",
  pause: "M2 1h4v12H2zM8 1h4v12H8z",
  step: "M3 1v12l7-6zM11 1h2v12h-2z",
  epoch: "M1 1v12l6-6zM7 1v12l6-6z",
  stop: "M2 2h10v10H2z",
  reset: "M7 2a5 5 0 1 1-4.6 3h1.7A3.4 3.4 0 1 0 7 3.6V6L3.6 3 7 0z",
  into: "M6 1h2v8h3l-4 5-4-5h3z",
} as const;

type Icon = keyof typeof ICONS;

/** Start or Pause, one step, one epoch, Stop, Reset, Into, and how far the run is. */
export function runControls(host: HTMLElement, command: (command: ControlCommand) => void): RunControls {
  const drawn = (name: Icon, words: string, label: string) => {
    const text = element("span", { class: "word" }, words);
    return element("button", { type: "button", title: label, "aria-label": label }, icon(name), text);
  };
  const made = (name: Icon, words: string, label: string, does: ControlCommand) => {
    const button = drawn(name, words, label);
    button.addEventListener("click", () => command(does));
    return button;
  };
  const mainIcon = element("span", { class: "icon" }, icon("play"));
  const mainWords = element("span", {}, "Start");
  const main = element("button", { type: "button", class: "main" }, mainIcon, mainWords);
  main.addEventListener("click", () => command("run"));
  const step = made("step", "Step", "One training step", "forward");
  const epoch = made("epoch", "Epoch", "To the end of the epoch", "epoch-forward");
  const stop = made("stop", "Stop", "Stop: end the run here", "stop");
  const reset = drawn("reset", "Reset", "Reset: back to training step 0");
  pressTwice(reset, () => command("reset"));
  const into = made("into", "Into", "Into the training step", "into");
  const where = element("span", { class: "where" });
  const pace = element("span", { class: "pace" });
  const keys = element(
    "span",
    { class: "keys" },
    ...["space", "→", "↓", "?"].flatMap((key) => [" ", element("kbd", {}, key)]),
  );
  host.replaceChildren(
    main,
    element("div", { class: "group" }, step, epoch),
    element("div", { class: "group" }, stop, reset),
    element("div", { class: "group" }, into),
    element("span", { class: "position" }, where, pace, keys),
  );

  return {
    update(view, plan) {
      const status = view?.state.status;
      const running = status === "running";
      const past = view !== null && view.picked !== null;
      const over = view !== null && isOver(view.state);
      const foreign = view !== null && !view.state.mine;
      setText(mainWords, over ? "Done" : running ? "Pause" : view && view.state.step > 0 ? "Go on" : "Start");
      if (mainIcon.dataset.icon !== String(running)) mainIcon.replaceChildren(icon(running ? "pause" : "play"));
      mainIcon.dataset.icon = String(running);
      main.disabled = over || foreign;
      step.disabled = epoch.disabled = over || running || foreign;
      stop.disabled = !view || status === "done" || status === "diverged" || view.state.step === 0 || foreign;
      reset.disabled = !view || view.state.step === 0 || foreign;
      into.disabled = !view || view.state.step === 0;
      const at = view ? (view.picked ?? view.state.step) : 0;
      const label =
        view && at > 0 ? `Into training step ${formatCount(at)}` : "Into: first there must be a training step";
      into.title = label;
      into.setAttribute("aria-label", label);
      setText(where, view ? whereText(view.state) : plan);
      setText(pace, view ? paceText(view.state, view.frame) : "");
      host.classList.toggle("past", past);
    },
  };
}

function icon(name: Icon): SVGSVGElement {
  return svgElement("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, svgElement("path", { d: ICONS[name] }));
}
