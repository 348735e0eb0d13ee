import type { Key } from "../keys";
import { element } from "./element";

/** Fills the dialog with a table of keys. */
export function helpDialog(dialog: HTMLDialogElement, keys: readonly Key<string>[]): void {
  const rows = keys.flatMap(({ shown, says }) => [
    element("dt", {}, element("kbd", {}, shown)),
    element("dd", {}, says),
  ]);
  const close = element("button", { type: "button", class: "ghost" }, "Close");
  // Browsers take the focus from a closed dialog with the next frame only: a key pressed before it would be lost.
  dialog.addEventListener("cancel", () => close.blur());
  close.addEventListener("click", () => {
    close.blur();
    dialog.close();
  });
  dialog.replaceChildren(element("h2", { id: "help-title" }, "Keys"), element("dl", {}, ...rows), close);
}
