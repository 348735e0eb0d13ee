/** A press that moves the pointer by less is a click. */
const CLICK_DISTANCE = 4;
/** A tap this near to the last one is meant for the same place. */
const SAME_PLACE = 24;
/** So long a click waits for a second one, where two of them mean something else. */
const DOUBLE_CLICK_MS = 250;

/** What is done to a plot; all places are pixels from its left edge. */
export interface PlotActions {
  /** null: nothing is pointed at any more. */
  point(x: number | null): void;
  pick(x: number): void;
  /** While a stretch is being chosen; null: no more. */
  brush(stretch: readonly [number, number] | null): void;
  zoom(stretch: readonly [number, number]): void;
  reset(): void;
  /** Whether `reset` would change anything. */
  zoomed(): boolean;
}

/**
 * The pointer on a plot. Mouse and pen: hover points, a click picks, a drag zooms, a double click shows all again.
 * Fingers: the first tap and any drag point, a second tap at the same place picks, two fingers zoom to what they span.
 */
export function plotGestures(plot: HTMLElement, actions: PlotActions): void {
  const pointers = new Map<number, number>();
  let pressed: number | null = null;
  let brushing: readonly [number, number] | null = null;
  let tapped: number | null = null;
  let waiting = 0;
  const at = (event: MouseEvent) => {
    const { left, width } = plot.getBoundingClientRect();
    return Math.min(width, Math.max(0, event.clientX - left));
  };
  const again = (x: number) => tapped !== null && Math.abs(tapped - x) < SAME_PLACE;
  const brush = (from: number, to: number) => {
    brushing = [Math.min(from, to), Math.max(from, to)];
    actions.point(null);
    actions.brush(brushing);
  };
  const pick = (x: number) => {
    window.clearTimeout(waiting);
    if (!actions.zoomed()) actions.pick(x);
    else waiting = window.setTimeout(() => actions.pick(x), DOUBLE_CLICK_MS);
  };
  const end = (event: PointerEvent, completed: boolean) => {
    if (!pointers.delete(event.pointerId)) return;
    const stretch = brushing;
    if (stretch) {
      brushing = null;
      pressed = null;
      actions.brush(null);
      if (completed && stretch[1] - stretch[0] > CLICK_DISTANCE) actions.zoom(stretch);
    } else if (completed && pressed !== null) {
      const x = at(event);
      if (event.pointerType !== "touch") pick(x);
      else if (tapped !== null && again(x)) pick(tapped);
      else tapped = x;
    }
    pressed = null;
  };

  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    plot.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    pressed = pointers.size === 1 ? at(event) : null;
    if (event.pointerType === "touch" && pointers.size === 1 && !again(at(event))) actions.point(at(event));
  });
  plot.addEventListener("pointermove", (event) => {
    const x = at(event);
    if (pointers.has(event.pointerId)) pointers.set(event.pointerId, x);
    const [one, two] = [...pointers.values()];
    if (one !== undefined && two !== undefined) {
      brush(one, two);
    } else if (event.pointerType !== "touch" && one !== undefined && pressed !== null) {
      if (brushing || Math.abs(x - pressed) >= CLICK_DISTANCE) brush(pressed, x);
    } else {
      // A finger that moves reads the curve; only one that rests picks.
      if (pressed !== null && Math.abs(x - pressed) >= CLICK_DISTANCE) pressed = tapped = null;
      actions.point(x);
    }
  });
  plot.addEventListener("pointerup", (event) => end(event, true));
  plot.addEventListener("pointercancel", (event) => end(event, false));
  plot.addEventListener("pointerleave", (event) => {
    // A lifted finger leaves, too, but what it pointed at is still to be read.
    if (event.pointerType !== "touch") actions.point(null);
  });
  plot.addEventListener("dblclick", () => {
    window.clearTimeout(waiting);
    actions.reset();
  });
}
