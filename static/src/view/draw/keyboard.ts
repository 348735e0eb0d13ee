import { type DrawCommand, drawCommandOf } from "../../draw/keys";
import { mayTake } from "../../keys";

/** Commands that are meant wherever the focus is; digits and letters are not, beside the panels that explain. */
const EVERYWHERE: ReadonlySet<DrawCommand> = new Set(["undo", "redo", "help"]);

/** Has commands obeyed that are pressed on the pad, or where nothing has the focus. */
export function keyboard(pad: HTMLElement, obey: (command: DrawCommand) => void): void {
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const command = drawCommandOf(event);
    if (!command || !(target instanceof Element) || !mayTake(event, target)) return;
    if (!EVERYWHERE.has(command) && target !== document.body && !pad.contains(target)) return;
    event.preventDefault();
    obey(command);
  });
}
