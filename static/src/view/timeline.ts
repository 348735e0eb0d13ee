import { phaseRuns, trainingText } from "../player";
import type { Scene, Text, View } from "../state";
import { element, setText } from "./element";
import { onThemeChange } from "./palette";
import { bar, CELL, HEIGHT, marker, TOP } from "./rail";
import { colourOf } from "./theme";

/** Narrower cells than this are drawn as one band a phase. */
const NARROWEST = 4;
const GAP = 2;
/** A label stands where its phase is wide enough for it: so much a letter, and some room to the next. */
const LETTER = 9.2;
const PAGE = 10;

export interface Timeline {
  update(scene: Scene, view: View): void;
}

/** The rail: a cell a step, coloured by phase. It is the slider of the position, too. */
export function timelineView(host: HTMLElement, seek: (step: number) => void): Timeline {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const labels = element("div", { class: "phases", "aria-hidden": "true" });
  const tip = element("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const rail = element("div", { class: "rail", role: "slider", tabindex: 0, "aria-label": "Step", "aria-valuemin": 0 });
  rail.append(canvas);
  const root = element("div", {}, labels, rail, tip);
  host.append(root);
  const context = canvas.getContext("2d");
  let current: { scene: Scene; view: View } | null = null;
  let labelled: Scene["steps"] | null = null;
  let width = rail.clientWidth;

  const draw = () => {
    if (!context || !current) return;
    const { scene, view } = current;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const count = scene.steps.length;
    const cell = width / Math.max(count, 1);
    const at = view.position.step;
    for (const { phase, from, to } of phaseRuns(scene.steps)) {
      const [done, soft] = [colourOf(`--${phaseToken(phase)}`), colourOf(`--${phaseToken(phase)}-soft`)];
      if (cell >= NARROWEST) {
        for (let i = from; i < to; i++) bar(context, i < at ? done : soft, i * cell, TOP, cell - GAP, CELL);
      } else {
        bar(context, soft, from * cell, TOP, (to - from) * cell - GAP, CELL);
        if (at > from)
          bar(context, done, from * cell, TOP, (Math.min(at, to) - from) * cell - (at < to ? 0 : GAP), CELL);
      }
    }
    if (view.step) marker(context, (at - 1) * cell, Math.max(cell - GAP, NARROWEST), phaseToken(view.step.phase));
    else bar(context, colourOf("--focus"), 0, 0, 3, HEIGHT - 8); // before the first step: a post at the very start
  };
  const label = () => {
    const { scene } = current ?? {};
    if (!scene || labelled === scene.steps) return;
    labelled = scene.steps;
    const count = Math.max(labelled.length, 1);
    const share = width / count;
    labels.replaceChildren(
      ...phaseRuns(labelled)
        .filter((run) => (run.to - run.from) * share >= LETTER * (runName(scene.steps, run).length + 1))
        .map((run) => {
          const name = element("span", { class: phaseToken(run.phase) }, runName(scene.steps, run));
          name.style.left = `${(100 * run.from) / count}%`;
          return name;
        }),
    );
  };
  const stepAt = (event: PointerEvent) => {
    const { left, width } = rail.getBoundingClientRect();
    const count = current?.scene.steps.length ?? 0;
    return Math.min(count, Math.max(0, Math.ceil(((event.clientX - left) / width) * count)));
  };
  const showTip = (event: PointerEvent) => {
    if (!current) return;
    const step = current.scene.steps[stepAt(event) - 1];
    tip.hidden = false;
    setText(tip, step ? `${step.index + 1}. ${plain(step.sentence)}` : "Only the leaves are known");
    const room = host.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.min(Math.max(event.clientX - host.getBoundingClientRect().left - tip.offsetWidth / 2, 0), room)}px`;
  };

  rail.addEventListener("pointerdown", (event) => {
    rail.setPointerCapture(event.pointerId);
    seek(stepAt(event));
  });
  rail.addEventListener("pointermove", (event) => {
    if (rail.hasPointerCapture(event.pointerId)) seek(stepAt(event));
    showTip(event);
  });
  for (const name of ["pointerleave", "pointercancel"]) rail.addEventListener(name, () => (tip.hidden = true));
  rail.addEventListener("keydown", (event) => {
    const { scene, view } = current ?? {};
    const at = view?.position.step ?? 0;
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowDown: at - 1,
      ArrowUp: at + 1,
      PageDown: at - PAGE,
      PageUp: at + PAGE,
      Home: 0,
      End: scene?.steps.length,
    }[event.key];
    if (to === undefined || event.shiftKey) return;
    event.preventDefault();
    seek(to);
  });
  new ResizeObserver(([entry]) => {
    width = entry?.contentRect.width ?? width;
    labelled = null;
    label();
    draw();
  }).observe(rail);
  onThemeChange(draw);

  return {
    update(scene, view) {
      root.hidden = view.level === "training";
      if (root.hidden) return;
      current = { scene, view };
      rail.setAttribute("aria-valuemax", String(scene.steps.length));
      rail.setAttribute("aria-valuenow", String(view.position.step));
      rail.setAttribute("aria-valuetext", positionText(scene, view));
      label();
      draw();
    },
  };
}

/** "step 7 of 9, backward", or "training step 1,201 of 3,000" */
export function positionText(scene: Scene, view: View): string {
  if (view.level === "training" && scene.training) return trainingText(scene.training);
  const { step } = view.position;
  return `step ${step} of ${scene.steps.length}${view.step ? `, ${view.step.kind === "seed" ? "seed" : view.step.phase}` : ""}`;
}

/** A phase by its name; where all that the loss does is to seed the backward pass, by that. */
function runName(steps: Scene["steps"], { phase, from, to }: ReturnType<typeof phaseRuns>[number]): string {
  return steps.slice(from, to).every((step) => step.kind === "seed") ? "seed" : phase;
}

/** The colour token of a phase. */
export function phaseToken(phase: Scene["steps"][number]["phase"]): string {
  return { forward: "value", loss: "loss", backward: "grad", update: "update" }[phase];
}

function plain(text: Text): string {
  return text.map(([, part]) => part).join("");
}
