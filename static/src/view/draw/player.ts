import { element, setText } from "../element";
import { later } from "../page";

/** How long each frame stands. */
const FRAME_MILLISECONDS = 250;

/** A slider through frames that also plays; Space plays, the arrow keys step, Home and End go to the ends. */
export interface Player {
  readonly root: HTMLElement;
  /** New frames, 0 to `last`; shown is the last. */
  load(last: number): void;
}

export function player(label: string, show: (frame: number) => void): Player {
  const slider = element("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": label });
  const where = element("output");
  const button = element("button", { type: "button", class: "ghost" }, "Play");
  let stop: (() => void) | null = null;

  function draw(): void {
    const [at, last] = [slider.valueAsNumber, Number(slider.max)];
    setText(where, `step ${at} of ${last}`);
    slider.setAttribute("aria-valuetext", `after ${at} of ${last}`);
    button.disabled = last === 0;
    setText(button, stop ? "Pause" : "Play");
    show(at);
  }
  function halt(): void {
    stop?.();
    stop = null;
  }
  function next(): void {
    slider.valueAsNumber += 1;
    stop = slider.valueAsNumber < Number(slider.max) ? later(FRAME_MILLISECONDS, next) : null;
    draw();
  }
  function play(): void {
    if (stop) halt();
    // Who wants no motion sees what it leads to, at once.
    else if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) slider.value = slider.max;
    else {
      if (slider.value === slider.max) slider.value = "0";
      stop = later(FRAME_MILLISECONDS, next);
    }
    draw();
  }

  button.addEventListener("click", play);
  slider.addEventListener("input", () => {
    halt();
    draw();
  });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    play();
  });
  return {
    root: element("div", { class: "frames" }, button, slider, where),
    load(last) {
      halt();
      slider.max = String(last);
      slider.value = slider.max;
      draw();
    },
  };
}
