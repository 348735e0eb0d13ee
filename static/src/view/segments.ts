import { element, releaseAfterPointer } from "./element";

/** A segmented switch of radio buttons, the first one chosen; `name` is unique in the page. */
export function segments<V extends string>(
  name: string,
  legend: string,
  options: readonly (readonly [value: V, label: string])[],
  changed: (value: V) => void,
): HTMLElement {
  const inputs = options.map(([value, label], i) => {
    const input = element("input", { type: "radio", name, value, checked: i === 0 });
    input.addEventListener("change", () => changed(value));
    return element("label", {}, input, element("span", {}, label));
  });
  const root = element(
    "fieldset",
    { class: "choice inline" },
    element("legend", {}, legend),
    element("div", { class: "segments" }, ...inputs),
  );
  releaseAfterPointer(root);
  return root;
}

/** Shows another segment as chosen; nobody is told. */
export function choose(segments: HTMLElement, value: string): void {
  for (const input of segments.querySelectorAll("input")) input.checked = input.value === value;
}
