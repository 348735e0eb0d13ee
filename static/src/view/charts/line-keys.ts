import type { Interval } from "../../charts/axis";
import { nearestStep, neighbourStep, stepsOf } from "../../charts/readout";
import type { LineSeries } from "../../charts/series";

/** With Shift the crosshair moves by such a part of what is shown. */
const STRIDE = 1 / 20;
const ZOOM = 2;

export interface LineKeys {
  series(): readonly LineSeries[];
  /** Where the crosshair stands, or where it sets out; null: there are no steps. */
  cursor(): number | null;
  window(): Interval;
  zoomed(): boolean;
  move(step: number | null): void;
  zoomTo(window: Interval | null): void;
  pick(step: number): void;
}

/** The crosshair by keyboard. Keys that mean something here are kept from the page. */
export function lineKeys(plot: HTMLElement, keys: LineKeys): void {
  const moveTo = (step: number) => {
    const [from, to] = keys.window();
    // What is zoomed into follows the crosshair.
    if (keys.zoomed() && step < from) keys.zoomTo([step, step + to - from]);
    if (keys.zoomed() && step > to) keys.zoomTo([step - (to - from), step]);
    keys.move(step);
  };
  const walk = (direction: 1 | -1, far: boolean) => {
    const at = keys.cursor();
    if (at === null) return;
    const next = neighbourStep(keys.series(), at, direction);
    const [from, to] = keys.window();
    const stride = far ? nearestStep(keys.series(), at + direction * (to - from) * STRIDE) : null;
    moveTo(stride !== null && (stride - next) * direction > 0 ? stride : next);
  };
  const zoomBy = (factor: number) => {
    const at = keys.cursor();
    if (at === null) return;
    const [from, to] = keys.window();
    const window: Interval = [at - (at - from) / factor, at + (to - at) / factor];
    const whole = stepsOf(keys.series());
    const everything = whole && window[0] <= Math.min(whole[0], 0) && window[1] >= whole[1];
    keys.zoomTo(everything ? null : [Math.max(0, window[0]), window[1]]);
  };
  const commands: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowLeft: (event) => walk(-1, event.shiftKey),
    ArrowRight: (event) => walk(1, event.shiftKey),
    Home: () => moveTo(stepsOf(keys.series())?.[0] ?? 0),
    End: () => moveTo(stepsOf(keys.series())?.[1] ?? 0),
    Enter: () => {
      const step = keys.cursor();
      if (step !== null) keys.pick(step);
    },
    "+": () => zoomBy(ZOOM),
    "=": () => zoomBy(ZOOM),
    "-": () => zoomBy(1 / ZOOM),
    "0": () => keys.zoomTo(null),
  };

  plot.addEventListener("keydown", (event) => {
    const command = commands[event.key];
    if (!command || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    command(event);
  });
  plot.addEventListener("focus", () => {
    if (plot.matches(":focus-visible")) keys.move(keys.cursor());
  });
  plot.addEventListener("blur", () => keys.move(null));
}
