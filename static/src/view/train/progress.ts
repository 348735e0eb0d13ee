import { formatCount } from "../../charts/labels";
import { formatNumber } from "../../format";
import type { RunView } from "../../run/actions";
import { whereText } from "../../run/progress";
import { element, setText } from "../element";

export interface ProgressBar {
  update(view: RunView | null): void;
}

/** No more epochs than this have ticks of their own. */
const MOST_TICKS = 60;
const PAGE = 100;

/** How far the run is, by epochs, with what happened on the way; a click or the arrow keys pick a step of its past. */
export function progressBar(host: HTMLElement, pick: (step: number | null) => void): ProgressBar {
  const done = element("div", { class: "done" });
  const marks = element("div", { class: "marks" });
  const picked = element("div", { class: "picked", hidden: true });
  const tip = element("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const rail = element("div", { class: "run-rail", role: "slider", tabindex: 0, "aria-label": "Training step" });
  rail.setAttribute("aria-valuemin", "0");
  rail.append(done, marks, picked);
  host.replaceChildren(rail, tip);
  let current: RunView | null = null;
  let marked = "";

  const mark = ({ state }: RunView) => {
    const { steps, steps_per_epoch: epoch, rates, branched_at: branched } = state;
    const key = JSON.stringify([steps, epoch, rates, branched]);
    if (key === marked) return;
    marked = key;
    const epochs = Math.ceil(steps / epoch);
    const every = Math.ceil(epochs / MOST_TICKS);
    const ticks = [];
    for (let n = every; n < epochs; n += every) ticks.push(at("tick", (n * epoch) / steps));
    const changes = rates
      .filter(({ step }) => step > 0)
      .map(({ step, lr }) =>
        at("rate", step / steps, `Learning rate ${formatNumber(lr)} from training step ${formatCount(step + 1)} on`),
      );
    const branch = branched ? [at("branch", branched / steps, `Branched off after step ${formatCount(branched)}`)] : [];
    marks.replaceChildren(...ticks, ...branch, ...changes);
  };
  const stepAt = (event: PointerEvent) => {
    const { left, width } = rail.getBoundingClientRect();
    return Math.round(((event.clientX - left) / width) * (current?.state.steps ?? 0));
  };
  const pickAt = (step: number) => {
    const last = current?.state.step ?? 0;
    if (last > 0) pick(step >= last ? null : Math.max(1, step));
  };

  rail.addEventListener("pointerdown", (event) => {
    rail.setPointerCapture(event.pointerId);
    pickAt(stepAt(event));
  });
  rail.addEventListener("pointermove", (event) => {
    if (rail.hasPointerCapture(event.pointerId)) pickAt(stepAt(event));
    if (!current) return;
    const step = Math.min(Math.max(0, stepAt(event)), current.state.steps);
    tip.hidden = false;
    setText(tip, `Step ${formatCount(step)}${step > current.state.step ? ", not yet" : ""}`);
    const room = host.clientWidth - tip.offsetWidth;
    const left = event.clientX - host.getBoundingClientRect().left - tip.offsetWidth / 2;
    tip.style.left = `${Math.min(Math.max(left, 0), room)}px`;
  });
  for (const name of ["pointerleave", "pointercancel"]) rail.addEventListener(name, () => (tip.hidden = true));
  rail.addEventListener("keydown", (event) => {
    if (!current || event.shiftKey) return;
    const { state } = current;
    const now = current.picked ?? state.step;
    const to = {
      ...{ ArrowLeft: now - 1, ArrowRight: now + 1, PageDown: now - PAGE, PageUp: now + PAGE },
      ...{ Home: 1, End: state.step },
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    pickAt(to);
  });

  return {
    update(view) {
      current = view;
      rail.setAttribute("aria-disabled", String(!view));
      const { step = 0, steps = 1 } = view?.state ?? {};
      done.style.width = `${(100 * step) / steps}%`;
      done.dataset.status = view?.state.status ?? "";
      if (view) mark(view);
      else marks.replaceChildren();
      if (!view) marked = "";
      picked.hidden = !view || view.picked === null;
      picked.style.left = `${(100 * (view?.picked ?? 0)) / steps}%`;
      rail.setAttribute("aria-valuemax", String(step));
      rail.setAttribute("aria-valuenow", String(view?.picked ?? step));
      const past = view?.picked ? `picked step ${formatCount(view.picked)}; the run: ` : "";
      rail.setAttribute("aria-valuetext", view ? past + whereText(view.state) : "no run yet");
    },
  };
}

function at(kind: string, share: number, title = ""): HTMLElement {
  const mark = element("i", { class: kind, title: title || null });
  mark.style.left = `${100 * share}%`;
  return mark;
}
