import type { Prediction } from "../../draw/api";
import type { Drawing, Stroke } from "../../draw/strokes";
import { TOOLS, type ToolName } from "../../draw/tools";
import type { Uploaded } from "../../draw/uploaded";
import { element } from "../element";
import { fileButtons } from "./files";
import { sampleButtons } from "./samples";
import { sketchpad } from "./sketchpad";
import { type ToolbarCommand, toolbar } from "./toolbar";
import { uploadView } from "./upload";

/** What the pad shows. */
export interface PadView {
  readonly drawing: Drawing;
  /** Nothing is to be seen, not even of the stroke that is being drawn. */
  readonly isBlank: boolean;
  readonly tool: ToolName;
  readonly uploaded: Uploaded | null;
  readonly prediction: Prediction | null;
  readonly picked: number;
}

export interface PadActions {
  /** A stroke as far as it is drawn; null: it came to nothing. */
  drawing(stroke: Stroke | null): void;
  drawn(stroke: Stroke): void;
  obey(command: ToolbarCommand): void;
  came(file: Blob, name: string): void;
  sample(digit: number): void;
  pick(digit: number): void;
  /** From an uploaded picture to the sketchpad. */
  back(): void;
}

export interface Pad {
  update(view: PadView): void;
  /** Opens the browser's dialog for a file. */
  chooseFile(): void;
}

/** Where a picture comes from: the sketchpad with its tools, a file, a sample. */
export function pad(host: HTMLElement, actions: PadActions): Pad {
  const invitation = element(
    "p",
    { class: "invitation", "aria-hidden": "true" },
    element("b", {}, "Draw a digit here"),
    element("span", { class: "by-mouse" }, "or drop or paste a photo of one"),
    element("span", { class: "by-finger" }, "or take a picture of one on paper"),
  );
  const sketch = sketchpad(actions);
  const tools = toolbar(actions.obey);
  const upload = uploadView(actions);
  const files = fileButtons(actions.came);
  const samples = sampleButtons(actions.sample);
  host.classList.add("section");
  host.replaceChildren(
    element("div", { class: "pad-stage" }, sketch.canvas, invitation, upload.stage),
    element("div", { class: "pad-bar" }, tools.root, upload.bar),
    element("div", { class: "sources-of-digits" }, files.root, samples),
  );
  return {
    update({ drawing, isBlank, tool, uploaded, prediction, picked }) {
      const isUpload = uploaded !== null;
      const leaves = !isUpload && upload.bar.contains(document.activeElement);
      for (const part of [sketch.canvas, tools.root]) part.hidden = isUpload;
      for (const part of [upload.stage, upload.bar]) part.hidden = !isUpload;
      if (leaves) sketch.canvas.focus({ preventScroll: true });
      invitation.hidden = !isBlank;
      sketch.use(TOOLS[tool]);
      sketch.show(drawing);
      tools.show(drawing, tool);
      upload.show(uploaded, prediction, picked);
    },
    chooseFile: files.choose,
  };
}
