/** What `element` accepts as an attribute: `true` sets it empty, `false`, `null` and `undefined` leave it out. */
export type Attribute = string | number | boolean | null | undefined;

type Attributes = Record<string, Attribute>;
type Child = Node | string;

/** An HTML element with attributes and children: `element("p", { class: "quiet" }, "text")`. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** The same for SVG. */
export function svgElement<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

/** Writes a text only where it differs, so that a live region is not read out again for nothing. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A titled part of the panel: a section named by its heading. */
export function section(name: string, title: string): { root: HTMLElement; heading: HTMLElement; body: HTMLElement } {
  const heading = element("h2", { id: `${name}-heading` }, title);
  const body = element("div", { class: "section-body" });
  const root = element("section", { class: `section ${name}`, "aria-labelledby": heading.id }, heading, body);
  return { root, heading, body };
}

/** Gives the focus back after a choice made by pointer, so that the arrow keys walk again; one made by keyboard keeps it. */
export function releaseAfterPointer(group: HTMLElement): void {
  let byPointer = false;
  group.addEventListener("pointerdown", () => {
    byPointer = true;
  });
  group.addEventListener("keydown", () => {
    byPointer = false;
  });
  group.addEventListener("click", ({ target }) => {
    if (byPointer && target instanceof HTMLInputElement) target.blur();
  });
}

function setAttributes(made: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? "" : String(value));
  }
}
