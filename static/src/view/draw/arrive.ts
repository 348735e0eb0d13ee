import { later } from "../page";

/** After so long a panel that was gone to has found its place. */
const SETTLED_MILLISECONDS = 3000;

/** What somebody does who wants to be elsewhere. */
const LEAVING = ["wheel", "touchstart", "pointerdown", "keydown"];

/** Brings a panel into sight, and keeps it there while those above it still grow: they are filled as they are passed. */
export function arriveAt(panel: HTMLElement): void {
  const growing = new ResizeObserver(() => panel.scrollIntoView());
  const left = new AbortController();
  const leave = () => {
    growing.disconnect();
    left.abort();
  };
  for (const sign of LEAVING) window.addEventListener(sign, leave, { signal: left.signal, passive: true });
  later(SETTLED_MILLISECONDS, leave);
  growing.observe(panel.parentElement ?? panel);
}
