import { greyPixels } from "../../draw/answer-stages";
import type { Box, Prediction } from "../../draw/api";
import type { Uploaded } from "../../draw/uploaded";
import { element, setText } from "../element";
import { icon } from "./icons";

/** The longer side of a picture, as it is shown: a phone's photo is ten times as large. */
const LONGEST = 1200;

export interface UploadView {
  readonly stage: HTMLElement;
  readonly bar: HTMLElement;
  /** null: it was drawn. */
  show(uploaded: Uploaded | null, prediction: Prediction | null, picked: number): void;
}

/** A picture that came as a file, its digits framed, each to be picked; and the way back to the sketchpad. */
export function uploadView(actions: { pick(digit: number): void; back(): void }): UploadView {
  const canvas = element("canvas", { role: "img" });
  const boxes = element("div", { class: "boxes", role: "group", "aria-label": "Digits in the picture" });
  const picture = element("div", { class: "upload-picture" }, canvas, boxes);
  const [name, size] = [element("b"), element("span")];
  const back = element("button", { type: "button", class: "ghost" }, icon("back"), "Back to the sketchpad");
  back.addEventListener("click", () => actions.back());
  let drawn: ImageBitmap | string | null = null;
  let framed: Prediction | null = null;

  return {
    stage: element("div", { class: "upload-stage" }, picture),
    bar: element("div", { class: "upload-bar" }, back, element("p", { class: "upload-name" }, name, size)),
    show(uploaded, prediction, picked) {
      if (!uploaded) {
        drawn = framed = null;
        return;
      }
      const { bitmap } = uploaded;
      // What the browser cannot show, such as HEIC, the server can: in grey, as its first stage.
      const given = bitmap ? null : (prediction?.stages.find((stage) => stage.digit === null) ?? null);
      picture.hidden = !bitmap && !given;
      if (bitmap && bitmap !== drawn) drawBitmap(canvas, bitmap);
      const grey = given && given.pixels !== drawn ? greyPixels(given) : null;
      if (given && grey) {
        canvas.width = given.width;
        canvas.height = given.height;
        canvas.getContext("2d")?.putImageData(new ImageData(grey, given.width, given.height), 0, 0);
      }
      drawn = bitmap ?? given?.pixels ?? null;
      const ratio = prediction ? prediction.width / prediction.height : canvas.width / canvas.height;
      picture.style.setProperty("--ratio", String(ratio));
      canvas.setAttribute("aria-label", `Uploaded picture: ${uploaded.name}`);
      canvas.classList.toggle("coarse", Math.max(canvas.width, canvas.height) <= 64);
      setText(name, uploaded.name);
      setText(size, prediction ? `${prediction.width} by ${prediction.height}, ${prediction.format}` : "");
      if (prediction !== framed) {
        framed = prediction;
        boxes.replaceChildren(...(prediction ? frames(prediction, actions.pick) : []));
      }
      for (const [i, button] of [...boxes.children].entries())
        button.setAttribute("aria-pressed", String(i === picked));
    },
  };
}

/** The pixels of a file, upright; null: this browser cannot show it. */
export async function bitmapOf(file: Blob): Promise<ImageBitmap | null> {
  try {
    const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = LONGEST / Math.max(whole.width, whole.height);
    if (scale >= 1) return whole;
    const shrunk = (side: number) => Math.max(1, Math.round(side * scale));
    const small = await createImageBitmap(whole, {
      resizeWidth: shrunk(whole.width),
      resizeHeight: shrunk(whole.height),
      resizeQuality: "medium",
    });
    whole.close();
    return small;
  } catch {
    return null;
  }
}

function frames({ digits, width, height }: Prediction, pick: (digit: number) => void): HTMLElement[] {
  return digits.map(({ box, digit, doubt }, i) => {
    const says = doubt ? `${digit}, in doubt` : String(digit);
    const label = `Digit ${i + 1} of ${digits.length}: ${says}`;
    const button = element("button", { type: "button", class: "box", "aria-label": label, title: label });
    place(button, box, width, height);
    button.append(element("span", { "aria-hidden": "true" }, doubt ? `${digit}?` : String(digit)));
    button.addEventListener("click", () => pick(i));
    return button;
  });
}

function place({ style }: HTMLElement, { left, top, width, height }: Box, of: number, down: number): void {
  style.left = `${(100 * left) / of}%`;
  style.top = `${(100 * top) / down}%`;
  style.width = `${(100 * width) / of}%`;
  style.height = `${(100 * height) / down}%`;
}

/** Draws it, transparency on white. */
function drawBitmap(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
}
