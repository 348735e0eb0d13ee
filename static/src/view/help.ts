import { KEYS } from "../keys";
import { element } from "./element";

/** Fills the dialog with the table of keys. */
export function helpDialog(dialog: HTMLDialogElement): void {
  const rows = KEYS.flatMap(({ shown, says }) => [
    element("dt", {}, element("kbd", {}, shown)),
    element("dd", {}, says),
  ]);
  const close = element("button", { type: "button", class: "ghost" }, "Close");
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(element("h2", { id: "help-title" }, "Keys"), element("dl", {}, ...rows), close);
}
