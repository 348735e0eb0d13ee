import { onThemeChange } from "../palette";
import { whenSeen } from "../seen";

const drawn = new Set<() => void>();
let following = false;

/** A drawing that is made anew when its element changes size or the page its theme, and when it is asked for. */
export interface Living {
  /** Draws in the next frame; however often it is asked for, once. */
  request(): void;
  destroy(): void;
}

/**
 * Keeps `draw` up to date with the size of `host` and with the theme, until it is destroyed. What is out of sight is
 * drawn once, and anew only when it comes into sight.
 */
export function living(host: Element, draw: () => void): Living {
  let frame = 0;
  let [begun, seen, stale] = [false, true, false];
  const request = () => {
    if (frame !== 0) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      stale = begun && !seen;
      begun = true;
      if (!stale) draw();
    });
  };
  if (!following) {
    onThemeChange(() => {
      for (const redraw of drawn) redraw();
    });
  }
  following = true;
  drawn.add(request);
  const sizes = new ResizeObserver(request);
  sizes.observe(host);
  const unwatch = whenSeen(host, (now) => {
    seen = now;
    if (seen && stale) request();
  });
  return {
    request,
    destroy() {
      drawn.delete(request);
      sizes.disconnect();
      unwatch();
      cancelAnimationFrame(frame);
      frame = -1;
    },
  };
}

/** Gives a canvas the resolution of the screen and a context that reckons in CSS pixels; it is empty afterwards. */
export function cleared(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, width, height);
  return context;
}
