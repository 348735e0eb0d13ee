import { type Crumb, crumbsOf, currentCrumb } from "../crumbs";
import { levelsOf } from "../player";
import type { Actions, Panel } from "../state";
import { element } from "./element";

/** The nesting of where the learner stands, each part a way back to it; only where there is something to nest. */
export function crumbsView(host: HTMLElement, actions: Actions): Panel {
  const list = element("ol", { class: "crumbs" });
  host.append(list);
  let shown = "";

  return {
    update(scene, view) {
      host.hidden = !levelsOf(scene).includes("layer");
      const crumbs = crumbsOf(scene, view);
      const current = currentCrumb(crumbs, view.level);
      const key = JSON.stringify([crumbs, crumbs.indexOf(current as Crumb)]);
      if (host.hidden || key === shown) return;
      shown = key;
      // Whoever walks by the keyboard from here stays here.
      const focused = [...list.children].findIndex((item) => item.contains(document.activeElement));
      const step = view.position.step;
      list.replaceChildren(
        ...crumbs.map((crumb) =>
          element(
            "li",
            {},
            link(crumb, crumb === current, () => go(crumb, step)),
          ),
        ),
      );
      list.children[focused]?.querySelector<HTMLElement>("a, button")?.focus();
      list.scrollLeft = list.scrollWidth;
    },
  };

  function go({ level, term }: Crumb, step: number): void {
    if (term !== undefined) actions.seek(step, term);
    if (level) actions.setLevel(level);
  }
}

function link({ label, says, address }: Crumb, current: boolean, go: () => void): HTMLElement {
  if (address !== undefined) return element("a", { href: address, title: says }, label);
  const button = element("button", { type: "button", title: says, "aria-current": current ? "step" : null }, label);
  button.addEventListener("click", go);
  return button;
}
