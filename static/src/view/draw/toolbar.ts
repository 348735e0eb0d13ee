import { type Drawing, visible } from "../../draw/strokes";
import { TOOLS, type ToolName } from "../../draw/tools";
import { element, svgElement } from "../element";
import { icon } from "./icons";

export type ToolbarCommand = ToolName | "undo" | "redo" | "clear" | "help";

export interface Toolbar {
  readonly root: HTMLElement;
  show(drawing: Drawing, tool: ToolName): void;
}

/** Radius of the dot that shows a pen's width. */
const DOTS = { thin: 2.5, medium: 4.5, thick: 7 } as const;
const KEYS: Readonly<Record<ToolbarCommand, string>> = {
  ...{ thin: "[", medium: "P", thick: "]", eraser: "E" },
  ...{ undo: "Ctrl Z", redo: "Ctrl Y", clear: "Delete", help: "?" },
};

/** Pens, eraser, and what takes back. */
export function toolbar(obey: (command: ToolbarCommand) => void): Toolbar {
  const press = (command: ToolbarCommand, title: string, ...shown: (Node | string)[]) => {
    const made = element(
      "button",
      { type: "button", class: "tool", "aria-label": title, title: `${title} (${KEYS[command]})` },
      ...shown,
    );
    made.addEventListener("click", () => obey(command));
    return made;
  };
  const tools = Object.values(TOOLS).map(({ name, title }) => ({
    name,
    button: press(name, title, name === "eraser" ? icon("eraser") : dot(DOTS[name])),
  }));
  const undo = press("undo", "Undo", icon("undo"));
  const redo = press("redo", "Redo", icon("redo"));
  const clear = press("clear", "Clear", icon("clear"));
  const help = press("help", "Keys", "?");
  const group = (label: string, ...buttons: HTMLElement[]) =>
    element("div", { class: "tool-group", role: "group", "aria-label": label }, ...buttons);
  return {
    root: element(
      "div",
      { class: "toolbar" },
      group("Draw with", ...tools.map(({ button }) => button)),
      group("Take back", undo, redo, clear),
      help,
    ),
    show(drawing, tool) {
      for (const { name, button } of tools) button.setAttribute("aria-pressed", String(name === tool));
      allow(undo, drawing.done.length > 0);
      allow(redo, drawing.undone.length > 0);
      allow(clear, visible(drawing).length > 0);
    },
  };
}

/** A button that does nothing now stays where the focus is, and says so. */
function allow(button: HTMLButtonElement, may: boolean): void {
  button.setAttribute("aria-disabled", String(!may));
}

function dot(radius: number): SVGSVGElement {
  return svgElement(
    "svg",
    { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" },
    svgElement("circle", { cx: 10, cy: 10, r: radius, fill: "currentColor" }),
  );
}
