// Which key does what while a run is watched. Pure.

import type { Key } from "../keys";

export type RunCommand =
  | "run"
  | "forward"
  | "back"
  | "epoch-forward"
  | "epoch-back"
  | "into"
  | "now"
  | "first"
  | "help";

export const RUN_KEYS: readonly Key<RunCommand>[] = [
  { keys: [" "], shown: "Space", command: "run", says: "start or pause" },
  { keys: ["ArrowRight"], shown: "→", command: "forward", says: "one training step; in the past: one step on" },
  { keys: ["Shift+ArrowRight"], shown: "Shift →", command: "epoch-forward", says: "to the end of the epoch" },
  { keys: ["ArrowLeft"], shown: "←", command: "back", says: "one training step back in time" },
  { keys: ["Shift+ArrowLeft"], shown: "Shift ←", command: "epoch-back", says: "back to the end of an epoch" },
  { keys: ["ArrowDown"], shown: "↓", command: "into", says: "into the training step: walk through it" },
  { keys: ["Home"], shown: "Home", command: "first", says: "back to the first training step" },
  { keys: ["End", "Escape"], shown: "End", command: "now", says: "back to now" },
  { keys: ["?"], shown: "?", command: "help", says: "this list" },
];
