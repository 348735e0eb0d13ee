import { PAGE } from "../../data/address";
import type { Pictures } from "../../data/api";
import { FULL, pictureAt } from "../../data/picture";
import { element, setText } from "../element";
import { drawLasting, drawPicture } from "../heat";

export interface GridActions {
  /** Shows a picture of the page large. */
  pick(at: number): void;
  /** Goes to the page that begins there, its first or last picture picked. */
  turn(start: number, pick: "first" | "last"): void;
}

export interface Grid {
  show(pictures: Pictures, start: number, title: string): void;
  select(at: number): void;
}

/** A page of pictures: a list of which one is chosen, by pointer or by the arrow keys. */
export function grid(host: HTMLElement, actions: GridActions): Grid {
  const heading = element("h2", { id: "pictures-heading", "aria-live": "polite" });
  const list = element("div", { class: "pictures", role: "listbox", tabindex: 0, "aria-labelledby": heading.id });
  const slider = element("input", { type: "range", min: 0, "aria-label": "Page" });
  const back = element("button", { type: "button", class: "ghost", "aria-label": "Page before" }, "‹");
  const on = element("button", { type: "button", class: "ghost", "aria-label": "Next page" }, "›");
  const pager = element("div", { class: "pager" }, back, slider, on);
  const empty = element("p", { class: "quiet" }, "There is no picture of it in this part.");
  host.replaceChildren(element("div", { class: "pictures-head" }, heading, pager), list, empty);
  let count = 0;
  let total = 0;
  let begin = 0;
  let chosen = 0;

  const cells = Array.from({ length: PAGE }, (_, at) => {
    const canvas = element("canvas", { class: "heat", "aria-hidden": "true" });
    const root = element(
      "div",
      { role: "option", id: `picture-${at}`, "aria-selected": "false", hidden: true },
      canvas,
    );
    root.addEventListener("click", () => actions.pick(at));
    return { root, canvas };
  });
  list.append(...cells.map(({ root }) => root));

  const turn = (start: number, pick: "first" | "last") => {
    if (start >= 0 && start < total) actions.turn(start, pick);
  };
  back.addEventListener("click", () => turn(begin - PAGE, "first"));
  on.addEventListener("click", () => turn(begin + PAGE, "first"));
  slider.addEventListener("input", () => turn(Number(slider.value) * PAGE, "first"));

  list.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const columns = getComputedStyle(list).gridTemplateColumns.split(" ").length;
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: chosen - 1,
      ArrowRight: chosen + 1,
      ArrowUp: chosen - columns,
      ArrowDown: chosen + columns,
      Home: 0,
      End: count - 1,
      PageUp: -1,
      PageDown: count,
    };
    const to = moves[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0) turn(begin - PAGE, event.key === "PageUp" ? "first" : "last");
    else if (to >= count) turn(begin + PAGE, "first");
    else actions.pick(to);
  });

  return {
    show(pictures, start, title) {
      begin = start;
      total = pictures.total;
      count = pictures.indices.length;
      for (const [at, { root, canvas }] of cells.entries()) {
        const shown = pictureAt(pictures, at);
        root.hidden = shown === null;
        if (!shown) continue;
        root.setAttribute("aria-label", `Picture ${shown.index.toLocaleString("en")}, a ${shown.label}`);
        drawLasting(canvas, () => drawPicture(canvas, shown.picture, "value", FULL));
      }
      const range = `${(start + 1).toLocaleString("en")} to ${(start + count).toLocaleString("en")}`;
      setText(heading, count > 0 ? `${title}: ${range} of ${total.toLocaleString("en")}` : title);
      list.hidden = count === 0;
      empty.hidden = count > 0;
      pager.hidden = total <= PAGE;
      slider.max = String(Math.max(0, Math.ceil(total / PAGE) - 1));
      slider.value = String(start / PAGE);
      slider.setAttribute("aria-valuetext", range);
      back.disabled = start === 0;
      on.disabled = start + PAGE >= total;
    },
    select(at) {
      cells[chosen]?.root.setAttribute("aria-selected", "false");
      chosen = at;
      const root = cells[at]?.root;
      root?.setAttribute("aria-selected", "true");
      list.setAttribute("aria-activedescendant", `picture-${at}`);
      if (list.matches(":focus")) root?.scrollIntoView({ block: "nearest" });
    },
  };
}
