// Lays graphs out off the page's own thread.

import { type LayoutNode, layOut } from "./layout";

self.addEventListener(
  "message",
  ({ data }: MessageEvent<{ job: number; nodes: readonly LayoutNode[]; gap: number }>) => {
    self.postMessage({ job: data.job, layout: layOut(data.nodes, data.gap) });
  },
);
