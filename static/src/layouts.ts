// Asks the worker for layouts. Only the newest job counts: answers to earlier ones are dropped.

import type { Layout, LayoutNode } from "./layout";

/** What is needed of a Worker. */
export type LayoutWorker = Pick<Worker, "postMessage" | "onmessage">;

export function layouts(worker: LayoutWorker): (nodes: readonly LayoutNode[], gap: number) => Promise<Layout> {
  let newest = 0;
  let done: (layout: Layout) => void = () => {};
  worker.onmessage = ({ data }: MessageEvent<{ job: number; layout: Layout }>) => {
    if (data.job === newest) done(data.layout);
  };
  return (nodes, gap) =>
    new Promise((resolve) => {
      newest += 1;
      done = resolve;
      worker.postMessage({ job: newest, nodes, gap });
    });
}
