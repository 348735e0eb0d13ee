import { element } from "../element";

export interface Switch<V extends string> {
  readonly root: HTMLElement;
  /** Shows what is chosen; nobody is told. */
  update(chosen: V): void;
}

/** Buttons of which one is pressed. */
export function switchOf<V extends string>(
  label: string,
  options: readonly (readonly [value: V, text: string])[],
  choose: (value: V) => void,
): Switch<V> {
  const buttons = options.map(([value, text]) => {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", () => choose(value));
    return { value, button };
  });
  return {
    root: element(
      "div",
      { class: "switch", role: "group", "aria-label": label },
      ...buttons.map(({ button }) => button),
    ),
    update(chosen) {
      for (const { value, button } of buttons) button.setAttribute("aria-pressed", String(value === chosen));
    },
  };
}
