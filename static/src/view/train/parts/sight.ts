import { whenSeen } from "../../seen";

/**
 * Makes of `draw` something that may be asked for at any time: it happens in a frame to come, and only in sight.
 *
 * Panels draw one a frame. Their heavy parts arrive together, and all of them in one frame would make it a long one.
 */
export function drawnInSight(root: Element, draw: () => void, changed: (seen: boolean) => void): () => void {
  let seen = false;
  let outdated = false;
  const request = () => {
    outdated = !seen;
    if (seen) inTurn(draw);
  };
  whenSeen(root, (now) => {
    seen = now;
    changed(now);
    if (outdated) request();
  });
  return request;
}

const waiting = new Set<() => void>();

function inTurn(draw: () => void): void {
  if (waiting.has(draw)) return;
  waiting.add(draw);
  if (waiting.size === 1) requestAnimationFrame(drawNext);
}

function drawNext(): void {
  const [draw] = waiting;
  if (!draw) return;
  waiting.delete(draw);
  if (waiting.size > 0) requestAnimationFrame(drawNext);
  draw();
}
