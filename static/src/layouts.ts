// Asks the worker for layouts. Only the newest job counts: answers to earlier ones are dropped.

import type { Layout, LayoutNode } from "./layout";

/** What is needed of a Worker. */
export type LayoutWorker = Pick<Worker, "postMessage" | "onmessage" | "onerror">;

/** How long to wait before the worker is fetched again, in milliseconds. */
export const AGAIN = 1000;

/**
 * Layouts by a worker that `start` starts.
 *
 * A server that is gone while the page opens does not deliver the worker's script. It is asked for again until it
 * does, and then given the newest job: else the page would be connected again, and its graph missing for good.
 */
export function layouts(start: () => LayoutWorker): (nodes: readonly LayoutNode[], gap: number) => Promise<Layout> {
  let newest = 0;
  let asked: { job: number; nodes: readonly LayoutNode[]; gap: number } | null = null;
  let done: (layout: Layout) => void = () => {};
  let worker = started();

  function started(): LayoutWorker {
    const worker = start();
    worker.onmessage = ({ data }: MessageEvent<{ job: number; layout: Layout }>) => {
      if (data.job !== newest) return;
      asked = null;
      done(data.layout);
    };
    worker.onerror = (event) => {
      // An error in the script itself has a message, and would only come again.
      if (!("message" in (event as Event))) setTimeout(again, AGAIN);
    };
    return worker;
  }

  function again(): void {
    worker = started();
    if (asked) worker.postMessage(asked);
  }

  return (nodes, gap) =>
    new Promise((resolve) => {
      newest += 1;
      done = resolve;
      asked = { job: newest, nodes, gap };
      worker.postMessage(asked);
    });
}
