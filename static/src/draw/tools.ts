// What somebody draws with. Pure.

import type { Stroke } from "./strokes";

export type ToolName = "thin" | "medium" | "thick" | "eraser";

export interface Tool extends Pick<Stroke, "kind" | "width"> {
  readonly name: ToolName;
  readonly title: string;
}

/** Widths are shares of the pad's side; the medium pen's is that of MNIST's ink on a digit that fills the pad. */
export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  thin: { name: "thin", kind: "pen", width: 0.03, title: "Thin pen" },
  medium: { name: "medium", kind: "pen", width: 0.06, title: "Medium pen" },
  thick: { name: "thick", kind: "pen", width: 0.1, title: "Thick pen" },
  eraser: { name: "eraser", kind: "eraser", width: 0.14, title: "Eraser" },
};
