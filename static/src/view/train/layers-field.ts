import { type Choices, widthsOf } from "../../run/recipe";
import { element } from "../element";
import { boundedField } from "./fields";

export interface LayersField {
  readonly root: HTMLElement;
  show(hidden: readonly number[]): void;
}

/** The layers as chips: the pixels and the digits stand, those between have widths to change and can be added or removed. */
export function layersField(
  choices: Choices,
  changed: (hidden: number[]) => void,
  complain: (message: string) => void,
): LayersField {
  const { most, width } = choices.layers;
  const root = element("ol", { class: "layer-chips" });
  let hidden: number[] = [];
  let fields: { show(width: number): void }[] = [];

  const set = (next: number[]) => {
    show(next);
    changed(next);
  };
  const setWidth = (index: number, to: number) => {
    set(hidden.with(index, Math.min(width.maximum, Math.max(width.minimum, to))));
  };

  function chip(index: number): HTMLElement {
    const name = `Hidden layer ${index + 1}`;
    const field = boundedField({
      bounds: { ...width, label: `Width of ${name.toLowerCase()}` },
      whole: true,
      step: 1,
      changed: (to) => {
        hidden = hidden.with(index, to);
        changed(hidden);
      },
      complain,
    });
    fields.push(field);
    return element(
      "li",
      { class: "layer-chip", "aria-label": name },
      button("−", `${name}: half as wide`, () => setWidth(index, Math.floor((hidden[index] ?? 2) / 2))),
      field.root,
      button("+", `${name}: twice as wide`, () => setWidth(index, 2 * (hidden[index] ?? 1))),
      button("×", `Remove ${name.toLowerCase()}`, () => set(hidden.toSpliced(index, 1))),
    );
  }

  function show(next: readonly number[]): void {
    const rebuilt = next.length !== hidden.length || fields.length === 0;
    hidden = [...next];
    if (rebuilt) build();
    hidden.forEach((width, index) => {
      fields[index]?.show(width);
    });
  }

  function build(): void {
    fields = [];
    const [inputs, outputs] = [choices.inputs, choices.outputs];
    const add = button("+ Layer", "Add a hidden layer", () => set([...hidden, hidden.at(-1) ?? width.default]));
    add.className = "plain-button";
    add.disabled = hidden.length >= most;
    add.title = add.disabled ? `${most} hidden layers are the most this server allows` : "";
    root.replaceChildren(
      element("li", { class: "fixed" }, element("b", {}, String(inputs)), " pixels"),
      ...hidden.map((_, index) => chip(index)),
      element("li", {}, add),
      element("li", { class: "fixed" }, element("b", {}, String(outputs)), " digits"),
    );
    root.setAttribute("aria-label", `Layers: ${widthsOf({ hidden }, choices).join(", ")}`);
  }

  return { root, show };
}

function button(words: string, label: string, press: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", "aria-label": label, title: label }, words);
  made.addEventListener("click", press);
  return made;
}
