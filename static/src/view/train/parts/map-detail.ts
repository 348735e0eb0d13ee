import { formatCount } from "../../../charts/labels";
import { bytesOf, SIDE } from "../../../charts/pictures";
import { fromBytes } from "../../../heatmap";
import type { Maps } from "../../../protocol";
import { largestPixel, pixelText } from "../../../run/parts-maps";
import { cellCursor } from "../../cursor";
import { element, setText } from "../../element";
import { drawPicture } from "../../heat";
import type { Role } from "../../palette";
import { scaleBar } from "./scale-bar";

/** Large enough for the marks of sign, in CSS pixels. */
const CELL = 10;
const REST =
  "Point at a pixel, or use the arrow keys, to read it. A click, or Enter, leads to where its gradient comes from.";

/** What is shown of a first layer's units, at which training step. */
export interface UnitMaps {
  readonly value: Maps | null;
  readonly grad: Maps | null;
  readonly step: number;
}

export interface MapDetail {
  readonly root: HTMLElement;
  /** Draws a unit; null: none is opened. */
  show(unit: number | null, name: string, maps: UnitMaps): void;
}

/** One unit of the first layer, large: its weights and their gradient, number by number. */
export function mapDetail(
  openPixel: (step: number, unit: number, pixel: number) => void,
  close: () => void,
): MapDetail {
  const heading = element("h3");
  const closing = element("button", { type: "button", class: "plain-button" }, "Close");
  closing.addEventListener("click", close);
  const walk = element("button", { type: "button", class: "plain-button walk" });
  const readout = element("output", { class: "readout" }, REST);
  const value = large("value", "weights");
  const grad = large("grad", "gradient");
  const pictures = element("div", { class: "unit-pictures" }, value.figure, grad.figure);
  const root = element(
    "div",
    { class: "unit-detail", role: "group", hidden: true },
    element("div", { class: "row-head" }, heading, walk, closing),
    readout,
    pictures,
  );
  let shown: { unit: number; name: string; maps: UnitMaps } | null = null;
  let pixel: [row: number, column: number] | null = null;
  const walkInto = (pixel: number) => {
    if (shown?.maps.grad) openPixel(shown.maps.step, shown.unit, pixel);
  };
  walk.addEventListener("click", () => {
    if (shown?.maps.grad) walkInto(largestPixel(shown.maps.grad, shown.unit));
  });

  /** Where the cursor goes is read out; that the number under it changes, eight times a second, is not. */
  const read = (aloud: boolean) => {
    readout.setAttribute("aria-live", aloud ? "polite" : "off");
    if (!shown || !pixel) {
      setText(readout, REST);
      return;
    }
    const { unit, maps } = shown;
    const [row, column] = pixel;
    const number = (label: string, role: Role, of: Maps | null) =>
      of ? [`, ${label} `, element("b", { class: `role-${role}` }, pixelText(of, unit, row, column))] : [];
    readout.replaceChildren(
      `row ${row}, column ${column}`,
      ...number("weight", "value", maps.value),
      ...number("gradient", "grad", maps.grad),
    );
  };
  for (const { canvas } of [value, grad]) {
    cellCursor(canvas, {
      rows: SIDE,
      columns: SIDE,
      read(row, column) {
        pixel = [row, column];
        read(true);
      },
      leave() {
        pixel = null;
        read(true);
      },
      pick: (row, column) => walkInto(row * SIDE + column),
    });
  }

  return {
    root,
    show(unit, name, maps) {
      root.hidden = unit === null;
      shown = unit === null ? null : { unit, name, maps };
      if (unit === null) return;
      setText(heading, `${name[0]?.toUpperCase()}${name.slice(1)}`);
      root.setAttribute("aria-label", name);
      value.draw(unit, name, maps.value);
      grad.draw(unit, name, maps.grad);
      walk.hidden = maps.grad === null;
      setText(walk, `Walk to where its largest gradient comes from, in training step ${formatCount(maps.step)}`);
      read(false);
    },
  };
}

function large(role: Role, what: string) {
  const canvas = element("canvas", { class: "heat", role: "img" });
  const bar = scaleBar(role);
  const figure = element("figure", {}, element("figcaption", {}, what), canvas, bar.root);
  return {
    canvas,
    figure,
    draw(unit: number, name: string, maps: Maps | null): void {
      figure.hidden = maps === null;
      if (!maps) return;
      canvas.setAttribute("aria-label", `${what} of ${name}, 28 by 28 pixels. Arrow keys read single numbers.`);
      const numbers = fromBytes(bytesOf(maps, unit), maps.zero, maps.scale);
      // A scale of its own: beside the strongest unit of all, most would be faint.
      const scale = numbers.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
      drawPicture(canvas, { rows: SIDE, columns: SIDE, numbers }, role, scale, CELL);
      bar.update(scale);
    },
  };
}
