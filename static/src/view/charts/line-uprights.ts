import { type Axis, place } from "../../charts/axis";
import type { EventMark, LineMarks } from "../../charts/lines";
import { lookOf } from "../../charts/looks";
import type { Reading } from "../../charts/readout";
import { svgElement } from "../element";

/** Height of a row of labels. */
const ROW = 13;
const DOT = 4;

/** Where the run stands, which step was picked, and what happened when. */
export function uprights({ events, now, picked, y }: LineMarks): SVGElement[] {
  const height = y.range[0];
  const known = [
    { name: "now", at: now },
    { name: "picked", at: picked },
  ];
  return [
    ...events.flatMap((event) => eventMark(event, height)),
    ...known.flatMap(({ name, at }) => (at === null ? [] : upright(name, at, height))),
  ];
}

/** The line at a training step, and a dot on every curve that has a number there. */
export function crosshairAt(x: number, step: number, readings: readonly Reading[], y: Axis): SVGElement[] {
  const height = y.range[0];
  const dots = readings
    .filter((reading) => reading.step === step)
    .map((reading) => ({ at: place(y, reading.y), token: lookOf(reading.series.look).token }))
    .filter(({ at }) => at >= 0 && at <= height)
    .map(({ at, token }) => svgElement("circle", { cx: x, cy: at, r: DOT, style: `color: var(${token})` }));
  return [upright("pointed", x, height), ...dots];
}

function eventMark({ x, label, wrong, side, row }: EventMark, height: number): SVGElement[] {
  const look = wrong ? "event wrong" : "event";
  const line = upright(look, x, height);
  if (row === null) return [line];
  const at = side === "right" ? { x: x + 4, "text-anchor": "start" } : { x: x - 4, "text-anchor": "end" };
  return [line, svgElement("text", { class: look, y: ROW * (row + 1) - 2, ...at }, label)];
}

function upright(name: string, at: number, height: number): SVGElement {
  return svgElement("line", { class: name, x1: at, x2: at, y1: 0, y2: height });
}
