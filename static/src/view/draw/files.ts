import { nameOf } from "../../draw/uploaded";
import { element } from "../element";
import { icon } from "./icons";

/** Pictures by their kind, and those that not every system knows the kind of. */
const ACCEPT = "image/*,.heic,.heif";

export interface FileButtons {
  readonly root: HTMLElement;
  /** Opens the browser's own dialog. */
  choose(): void;
}

/** The ways for a picture to come in as a file: chosen, taken by a camera, dropped anywhere on the page, or pasted. */
export function fileButtons(came: (file: Blob, name: string) => void): FileButtons {
  const chosen = fileInput({ class: "file-chosen", "aria-label": "Upload a picture" }, came);
  const taken = fileInput({ class: "file-taken", "aria-label": "Take a picture", capture: "environment" }, came);
  const upload = opening("Upload", " a picture", "upload", chosen);
  const camera = opening("Camera", "", "camera", taken);
  drops(came);
  document.addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (!file) return;
    event.preventDefault();
    came(file, nameOf(file, true));
  });
  return {
    root: element(
      "div",
      { class: "files" },
      upload,
      camera,
      chosen,
      taken,
      element("span", { class: "quiet files-hint" }, "or drop or paste one"),
    ),
    choose: () => chosen.click(),
  };
}

function fileInput(attributes: Record<string, string>, came: (file: Blob, name: string) => void): HTMLInputElement {
  const input = element("input", { type: "file", accept: ACCEPT, hidden: true, ...attributes });
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) came(file, nameOf(file, false));
    input.value = ""; // the same file may be chosen again
  });
  return input;
}

/** A button that opens a dialog; where there is little room it says no more than the first word. */
function opening(word: string, more: string, sign: "upload" | "camera", input: HTMLInputElement): HTMLButtonElement {
  const button = element(
    "button",
    { type: "button", class: `ghost by-${sign}` },
    icon(sign),
    element("span", {}, word, element("span", { class: "long" }, more)),
  );
  button.addEventListener("click", () => input.click());
  return button;
}

/** Files may be dropped anywhere on the page; while one is held over it, that is said. */
function drops(came: (file: Blob, name: string) => void): void {
  const here = element("div", { class: "drop-here", hidden: true }, "Drop the picture here");
  document.body.append(here);
  const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  document.addEventListener("dragover", (event) => {
    if (!holdsFile(event)) return;
    event.preventDefault();
    here.hidden = false;
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) here.hidden = true; // out of the window, not just into another part of the page
  });
  document.addEventListener("drop", (event) => {
    here.hidden = true;
    if (!holdsFile(event)) return;
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) came(file, nameOf(file, false));
  });
}
