import { formatCount } from "../charts/labels";
import type { Command } from "../keys";
import { canAdvance, canOpen, finer, levelsOf, partsOf, stepLabel } from "../player";
import type { Level, Scene, View } from "../state";
import { element, setText, svgElement } from "./element";
import { phaseToken, positionText } from "./timeline";

/** What the controls show beside the scene and the view. */
export interface Playing {
  readonly playing: boolean;
  readonly speed: number;
  /** The training step that is on its way. */
  readonly awaited: number | null;
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
    update(scene, view, { playing, speed: factor, awaited }) {
      const coarsest = levelsOf(scene)[0] === view.level;
      // In an element, Back leads out of it.
      const atStart = !canAdvance(scene, view, -1) && (view.position.element === null || view.level === "training");
      const atEnd = !canAdvance(scene, view, 1);
      setText(forwardWords, stepLabel(scene, view));
      // The colour of what the press leads to: the next step's phase, or this one's while products are added up.
      const leadsTo = view.position.element ? view.step : (scene.steps[view.position.step] ?? view.step);
      const phase = view.level === "training" ? "update" : leadsTo?.phase;
      forward.dataset.token = phase ? phaseToken(phase) : "value";
      forward.disabled = last.disabled = atEnd;
      first.disabled = back.disabled = atStart;
      into.disabled = view.level === "term" || (view.level === "wire" && !canOpen(view.step));
      out.disabled = coarsest && view.level !== "training" && !scene.origin;
      into.title = view.level === "term" ? "This is as far in as it goes" : `Into ${UNITS[finer(scene, view.level)]}`;
      out.title = coarsest ? `Out to ${scene.origin?.title.toLowerCase() ?? "the run"}` : "Out to larger steps";
      play.firstElementChild?.replaceWith(icon(playing ? "pause" : "play"));
      play.setAttribute("aria-label", playing ? "Pause" : "Play");
      if (play.lastElementChild) setText(play.lastElementChild, playing ? "Pause" : "Play");
      setText(speed, `${factor}×`);
      speed.setAttribute("aria-label", `Speed ${factor}×, change`);
      const opening = awaited === null ? "" : `opening training step ${formatCount(awaited)} …`;
      setText(position, opening || positionWords(scene, view));
    },
  };
}

function positionWords(scene: Scene, view: View): string {
  const { element: index, term } = view.position;
  const count = view.opened && partsOf(view.opened);
  if (view.level === "training" || !index || count === 0) return positionText(scene, view);
  const unit = view.opened?.type === "lines" ? "line" : "product";
  return `${positionText(scene, view)}, ${unit} ${term}${count === null ? "" : ` of ${count}`}`;
}

/** What a press moves by, level by level. */
const UNITS: Readonly<Record<Level, string>> = {
  training: "training steps",
  phase: "phases",
  layer: "layers",
  op: "single nodes",
  wire: "single wires",
  term: "the numbers that make one element",
};

function icon(name: keyof typeof ICONS): SVGSVGElement {
  return svgElement("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, svgElement("path", { d: ICONS[name] }));
}
