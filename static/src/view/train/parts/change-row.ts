import { formatCount } from "../../../charts/labels";
import { formatNumber, formatShape } from "../../../format";
import { pictureOf } from "../../../picture";
import { type Change, sayChange, sheetOf, spotAt, unitsNote } from "../../../run/parts-compare";
import type { Tensor } from "../../../state";
import { cellCursor } from "../../cursor";
import { element, setText } from "../../element";
import { drawLasting, drawPicture } from "../../heat";
import type { Role } from "../../palette";
import { cellSize } from "../../tensor";
import { scaleBar } from "./scale-bar";

const REST = "Point at a number, or use the arrow keys, to read it then and now.";

/** One tensor then, now and their difference, side by side; a number is read in all three at once. */
export function changeRow(change: Change, steps: { readonly before: number; readonly now: number }): HTMLElement {
  const { name, what, before, now, difference } = change;
  const role: Role = what === "gradient" ? "grad" : "value";
  const readout = element("output", { class: "readout" }, REST);
  const shared = Math.max(before.largest, now.largest);
  const read = (row: number, column: number) => {
    const spot = spotAt(before, name, row, column);
    if (!spot) {
      setText(readout, REST);
      return;
    }
    const number = (label: string, of: Tensor) => [`, ${label} `, element("b", {}, spot.read(of))];
    readout.replaceChildren(
      spot.name,
      ...number("then", before),
      ...number("now", now),
      ...number("difference", difference),
    );
  };
  const one = (caption: string, tensor: Tensor, scale: number) => {
    const canvas = drawn(tensor, role, scale);
    canvas.setAttribute("aria-label", `${name}, ${caption}. Arrow keys read single numbers.`);
    cellCursor(canvas, { ...sheetOf(tensor), read, leave: () => setText(readout, REST) });
    const bar = scaleBar(role);
    bar.update(scale);
    const norm = element("span", {}, `length ${formatNumber(tensor.norm)}`);
    return element("figure", {}, element("figcaption", {}, caption, norm), canvas, bar.root);
  };
  const shape = [formatShape(before.shape), unitsNote(before), sayChange(change)]
    .filter((part) => part !== "")
    .join(" · ");
  return element(
    "section",
    { class: "change", "aria-label": `${name}, ${what}` },
    element("h3", {}, element("span", { class: `role-${role}` }, role === "grad" ? `∂${name}` : name), ` ${shape}`),
    element(
      "div",
      { class: "then-now" },
      one(`after step ${formatCount(steps.before)}`, before, shared),
      one(`after step ${formatCount(steps.now)}`, now, shared),
      one("difference", difference, difference.largest),
    ),
    readout,
  );
}

/** A tensor's sheet on a canvas of its own. */
function drawn(tensor: Tensor, role: Role, scale: number): HTMLCanvasElement {
  const canvas = element("canvas", { class: "heat", role: "img" });
  const sheet = sheetOf(tensor);
  if (sheet.maps.length === 0) {
    const picture = pictureOf(tensor);
    const { width, height } = cellSize(picture);
    canvas.style.aspectRatio = `${width * picture.columns} / ${height * picture.rows}`;
    drawLasting(canvas, () => drawPicture(canvas, picture, role, scale, Math.min(width, height)));
    return canvas;
  }
  canvas.width = sheet.columns;
  canvas.height = sheet.rows;
  const map = element("canvas");
  drawLasting(canvas, () => {
    const context = canvas.getContext("2d");
    for (const { picture, x, y } of sheet.maps) {
      drawPicture(map, picture, role, scale);
      context?.drawImage(map, x, y);
    }
  });
  return canvas;
}
