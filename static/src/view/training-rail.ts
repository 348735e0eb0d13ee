import { formatCount } from "../charts/labels";
import { clamp } from "../numbers";
import { lastTrainingStep, trainingText } from "../player";
import type { TrainingStep } from "../protocol";
import { element, setText } from "./element";
import { onThemeChange } from "./palette";
import { bar, CELL, HEIGHT, marker, TOP } from "./rail";
import { colourOf } from "./theme";
import type { Timeline } from "./timeline";

const MARKER = 6;
/** Page Up and Page Down go so many training steps. */
const PAGE = 100;

/** The rail of a run's training steps, shown while these are what a press moves by; `open` leads to another one. */
export function trainingRail(host: HTMLElement, open: (step: number) => void): Timeline {
  const canvas = element("canvas", { "aria-hidden": "true" });
  const label = element("span", { class: "update", "aria-hidden": "true" });
  const tip = element("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const rail = element("div", {
    class: "rail",
    role: "slider",
    tabindex: 0,
    "aria-label": "Training step",
    "aria-valuemin": 1,
  });
  rail.append(canvas);
  const root = element("div", {}, element("div", { class: "phases" }, label), rail, tip);
  host.append(root);
  const context = canvas.getContext("2d");
  let shown: TrainingStep | null = null;
  let width = 0;

  function draw(): void {
    if (!context || !shown || width === 0) return;
    const ratio = window.devicePixelRatio;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const { step, steps, done } = shown;
    bar(context, colourOf("--update-soft"), 0, TOP, width, CELL);
    if (done > 0) bar(context, colourOf("--update"), 0, TOP, (width * done) / steps, CELL);
    const x = ((step - 0.5) / steps) * width - MARKER / 2;
    marker(context, clamp(x, 2, width - MARKER - 2), MARKER, "update");
  }

  function stepAt(event: PointerEvent, training: TrainingStep): number {
    const { left, width } = rail.getBoundingClientRect();
    const step = Math.ceil(((event.clientX - left) / width) * training.steps);
    return clamp(step, 1, lastTrainingStep(training));
  }
  const showTip = (event: PointerEvent) => {
    if (!shown) return;
    tip.hidden = false;
    setText(tip, `Training step ${formatCount(stepAt(event, shown))}`);
    const at = event.clientX - host.getBoundingClientRect().left - tip.offsetWidth / 2;
    tip.style.left = `${clamp(at, 0, host.clientWidth - tip.offsetWidth)}px`;
  };
  rail.addEventListener("pointerdown", (event) => rail.setPointerCapture(event.pointerId));
  rail.addEventListener("pointermove", showTip);
  // Each training step has to be made by the server: only the one where the pointer comes to rest is.
  rail.addEventListener("pointerup", (event) => shown && open(stepAt(event, shown)));
  for (const name of ["pointerleave", "pointercancel"]) rail.addEventListener(name, () => (tip.hidden = true));
  rail.addEventListener("keydown", (event) => {
    if (!shown || event.shiftKey) return;
    const last = lastTrainingStep(shown);
    const to = {
      ArrowLeft: shown.step - 1,
      ArrowRight: shown.step + 1,
      ArrowDown: shown.step - 1,
      ArrowUp: shown.step + 1,
      PageDown: shown.step - PAGE,
      PageUp: shown.step + PAGE,
      Home: 1,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    open(clamp(to, 1, last));
  });
  new ResizeObserver(([entry]) => {
    width = entry?.contentRect.width ?? width;
    draw();
  }).observe(rail);
  onThemeChange(draw);

  return {
    update(scene, view) {
      const { training } = scene;
      root.hidden = view.level !== "training" || !training;
      if (root.hidden || !training) return;
      shown = training;
      rail.setAttribute("aria-valuemax", String(lastTrainingStep(training)));
      rail.setAttribute("aria-valuenow", String(training.step));
      rail.setAttribute("aria-valuetext", trainingText(training));
      setText(label, trainingText(training));
      draw();
    },
  };
}
