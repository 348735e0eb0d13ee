import type { Command } from "../keys";
import { advance, canOpen, stepLabel } from "../player";
import type { Level, Scene, View } from "../state";
import { element, setText, svgElement } from "./element";
import { phaseToken, positionText } from "./timeline";

/** What the controls show beside the scene and the view. */
export interface Playing {
  readonly playing: boolean;
  readonly speed: number;
}

export interface Controls {
  update(scene: Scene, view: View, playing: Playing): void;
}

const ICONS = {
  first: "M1 1h2v12H1zM13 1v12L4 7z",
  back: "M11 1v12L2 7z",
  forward: "M3 1v12l9-6z",
  last: "M11 1h2v12h-2zM1 1v12l9-6z",
  play: "M3 1v12l9-6z",
  pause: "M2 1h4v12H2zM8 1h4v12H8z",
  into: "M6 1h2v8h3l-4 5-4-5h3z",
  out: "M6 13h2V5h3L7 0 3 5h3z",
} as const;

/** First, Back, Step, Play, Last, Into, Out and where we are; every button says by what it moves. */
export function controlsView(host: HTMLElement, command: (command: Command | "speed") => void): Controls {
  const made = (name: keyof typeof ICONS, words: string, does: Command) => {
    const button = element(
      "button",
      { type: "button", "aria-label": words },
      icon(name),
      element("span", { class: "word" }, words),
    );
    button.addEventListener("click", () => command(does));
    return button;
  };
  const first = made("first", "First", "first");
  const back = made("back", "Back", "back");
  const last = made("last", "Last", "last");
  const into = made("into", "Into", "into");
  const out = made("out", "Out", "out");
  const play = made("play", "Play", "play");
  const forwardWords = element("span");
  const forward = element("button", { type: "button", class: "main" }, forwardWords, icon("forward"));
  forward.addEventListener("click", () => command("forward"));
  const speed = element("button", { type: "button", class: "speed" }, "1×");
  speed.addEventListener("click", () => command("speed"));
  const position = element("span", { class: "position" });
  const keys = element(
    "span",
    { class: "keys" },
    " ",
    ...["←", "→", "space", "?"].flatMap((key) => [" ", element("kbd", {}, key)]),
  );
  host.replaceChildren(
    element("div", { class: "group back-group" }, first, back),
    forward,
    element("div", { class: "group" }, play, speed, last),
    element("div", { class: "group", role: "group", "aria-label": "Level" }, into, out),
    element("span", { class: "position" }, position, keys),
  );

  return {
    update(scene, view, { playing, speed: factor }) {
      const next = advance(scene, view, 1);
      const atStart = view.position.step === 0 && view.position.element === null;
      const atEnd = next.step === view.position.step && next.term === view.position.term;
      setText(forwardWords, stepLabel(scene, view));
      // The colour of what the press leads to: the next step's phase, or this one's while products are added up.
      const leadsTo = view.position.element ? view.step : (scene.steps[view.position.step] ?? view.step);
      const phase = leadsTo?.phase;
      forward.dataset.token = phase ? phaseToken(phase) : "value";
      forward.disabled = last.disabled = atEnd;
      first.disabled = back.disabled = atStart;
      into.disabled = view.level === "term" || (view.level === "wire" && !canOpen(view.step));
      out.disabled = view.level === "phase";
      into.title = intoSays(view.level);
      play.firstElementChild?.replaceWith(icon(playing ? "pause" : "play"));
      play.setAttribute("aria-label", playing ? "Pause" : "Play");
      if (play.lastElementChild) setText(play.lastElementChild, playing ? "Pause" : "Play");
      setText(speed, `${factor}×`);
      speed.setAttribute("aria-label", `Speed ${factor}×, change`);
      setText(position, positionWords(scene, view));
    },
  };
}

function positionWords(scene: Scene, view: View): string {
  const { element: opened, term } = view.position;
  const count = view.terms?.terms.length;
  const terms = count === undefined ? "" : ` of ${count}`;
  return opened && count !== 0 ? `${positionText(scene, view)}, product ${term}${terms}` : positionText(scene, view);
}

function intoSays(level: Level): string {
  return {
    phase: "Into single nodes",
    op: "Into single wires",
    wire: "Into the products that sum to one element",
    term: "This is as far in as it goes",
  }[level];
}

function icon(name: keyof typeof ICONS): SVGSVGElement {
  return svgElement("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, svgElement("path", { d: ICONS[name] }));
}
