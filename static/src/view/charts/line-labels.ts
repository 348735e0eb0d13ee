import type { Point } from "../../charts/lines";
import { lookOf } from "../../charts/looks";
import { captionOf, type LineSeries } from "../../charts/series";
import { spread } from "../../charts/spread";
import { element, setText, svgElement } from "../element";
import { swatch } from "./swatch";

/** Height of a label beside the plot, and about how wide its letters and its swatch are, in pixels. */
const HEIGHT = 20;
const LETTER = 7;
const SWATCH = 64;
/** Labels may take so much of a chart's width, and leave so much of it, in pixels; else they stand below it. */
const SHARE = 0.3;
const LEFT_OVER = 340;
/** A label stays where it is until its line has moved by so many pixels. */
const STILL = 9;

export interface LineLabels {
  /** Names of the curves, at the ends of their lines or as a list below: buttons, both. */
  readonly beside: HTMLElement;
  readonly below: HTMLElement;
  /** From the ends of lines to their names. */
  readonly leaders: SVGGElement;
  /** How much room they take beside the plot; 0: none, they stand below. */
  widthFor(series: readonly LineSeries[], width: number, height: number): number;
  update(
    series: readonly LineSeries[],
    hidden: ReadonlySet<string>,
    ends: ReadonlyMap<string, Point>,
    plot: Plot,
  ): void;
}

interface Plot {
  readonly width: number;
  readonly height: number;
  readonly beside: boolean;
}

export function lineLabels(toggle: (id: string) => void): LineLabels {
  const beside = element("div", { class: "end-labels" });
  const below = element("div", { class: "chips" });
  const leaders = svgElement("g", { class: "leaders" });
  const buttons = new Map<string, HTMLButtonElement>();
  let wanted = new Map<string, number>();

  const buttonOf = ({ id, look }: LineSeries) => {
    const known = buttons.get(id);
    if (known?.dataset.look === String(look)) return known;
    const made = element("button", { type: "button", "data-look": look }, swatch(look), element("span"));
    made.addEventListener("click", () => toggle(id));
    known?.replaceWith(made);
    buttons.set(id, made);
    return made;
  };

  return {
    beside,
    below,
    leaders,
    widthFor(series, width, height) {
      if (!named(series) || series.length * HEIGHT > height) return 0;
      const widest = Math.max(...series.map((one) => captionOf(one).length * LETTER + SWATCH));
      return widest <= SHARE * width && width - widest >= LEFT_OVER ? Math.ceil(widest) : 0;
    },
    update(series, hidden, ends, plot) {
      const host = plot.beside ? beside : below;
      beside.hidden = !plot.beside;
      below.hidden = plot.beside;
      const shown = named(series) ? series.map(buttonOf) : [];
      if (host.childElementCount !== shown.length || shown.some((button, i) => host.children[i] !== button)) {
        host.replaceChildren(...shown);
        for (const id of buttons.keys()) if (!series.some((one) => one.id === id)) buttons.delete(id);
      }
      for (const [i, one] of series.entries()) {
        const button = shown[i];
        const text = button?.lastElementChild;
        if (!button || !text) continue;
        setText(text, captionOf(one));
        button.setAttribute("aria-pressed", String(!hidden.has(one.id)));
        if (!plot.beside) button.style.transform = ""; // it may have stood beside the plot before
      }
      if (!plot.beside || shown.length === 0) {
        leaders.replaceChildren();
        return;
      }
      const places = series.map(({ id }) => still(wanted.get(id), ends.get(id)?.y ?? plot.height));
      wanted = new Map(series.map(({ id }, i) => [id, places[i] as number]));
      const middles = spread(places, HEIGHT, 0, plot.height) ?? places;
      for (const [i, button] of shown.entries()) {
        button.style.transform = `translateY(${(middles[i] ?? 0) - HEIGHT / 2}px)`;
      }
      leaders.replaceChildren(
        ...series.flatMap(({ id, look }, i) => {
          const end = ends.get(id);
          if (!end || hidden.has(id) || end.y < 0 || end.y > plot.height) return [];
          const colour = `color: var(${lookOf(look).token})`;
          const path = `M${end.x + 7} ${end.y}H${Math.max(end.x + 7, plot.width)}L${plot.width + 12} ${middles[i]}`;
          return [svgElement("path", { d: path, style: colour })];
        }),
      );
    },
  };
}

/** One curve alone needs no name beside that of the chart, unless there is something to be said of it. */
function named(series: readonly LineSeries[]): boolean {
  return series.length > 1 || series.some((one) => captionOf(one) !== one.label);
}

function still(before: number | undefined, now: number): number {
  return before !== undefined && Math.abs(before - now) < STILL ? before : now;
}
