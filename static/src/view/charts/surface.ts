import type { Axis, Interval } from "../../charts/axis";
import { invert, place, ticksOf } from "../../charts/axis";
import { formatCount, formatSingle } from "../../charts/labels";
import {
  nearestOnGrid,
  nearestOnPaths,
  pathAt,
  type SurfaceGrid,
  type SurfacePath,
  surfaceLevels,
} from "../../charts/surface";
import { formatNumber } from "../../format";
import { element, setText, svgElement } from "../element";
import { axesView, ROW } from "./axes";
import { cleared, living } from "./living";
import { startHandle } from "./start-handle";
import { bandColours, drawBands, drawPaths } from "./surface-canvas";
import { swatch } from "./swatch";
import { tipView } from "./tip";

export type { SurfaceGrid, SurfacePath } from "../../charts/surface";

export interface SurfaceOptions {
  readonly label: string;
  /** The start was moved, by drag, click or arrow keys: called for every place on its way. */
  onStart?(x: number, y: number): void;
}

export interface SurfaceData {
  readonly grid: SurfaceGrid;
  readonly paths: readonly SurfacePath[];
  /** Paths are drawn up to it. */
  readonly step: number;
  readonly start: readonly [x: number, y: number];
  readonly minima?: readonly (readonly [x: number, y: number])[];
}

export interface SurfaceChart {
  update(data: SurfaceData): void;
  destroy(): void;
}

const LEFT = 56;
const RIGHT = 14;
const TOP = 10;
/** The plot is as high as the surface is, seen from above, within these. */
const [LOWEST, HIGHEST] = [240, 390];
const REACH = 12;

/** A loss surface from above, and the ways of optimizers over it. */
export function surfaceChart(host: HTMLElement, options: SurfaceOptions): SurfaceChart {
  let data: SurfaceData | null = null;
  let axes: { x: Axis; y: Axis } | null = null;
  let levels: readonly number[] = [];
  let leveled: SurfaceGrid | null = null;

  const ground = element("canvas", { "aria-hidden": "true" });
  const moving = element("canvas", { "aria-hidden": "true" });
  const frame = svgElement("g");
  const svg = svgElement("svg", { "aria-hidden": "true" }, frame);
  const tip = tipView();
  const plot = element("div", { class: "plot" });
  const handle = startHandle((x, y) => options.onStart?.(x, y));
  const box = element("div", { class: "plot-box" }, ground, svg, moving, plot, tip.root);
  const bands = element("div", { class: "bands", role: "img" });
  const legend = element("ul", { class: "racers" });
  const root = element("figure", { class: "chart surface-chart" });
  root.append(element("div", { class: "chart-head" }, element("figcaption", {}, options.label)), box, bands, legend);
  host.append(root);
  if (options.onStart) plot.append(handle.root);
  const frameView = axesView(frame);
  let grounded = "";

  const draw = () => {
    const width = box.clientWidth;
    if (!data || width === 0) return;
    const { grid } = data;
    const plotWidth = Math.max(80, width - LEFT - RIGHT);
    const span = ([from, to]: Interval) => to - from;
    const plotHeight = Math.round(Math.min(HIGHEST, Math.max(LOWEST, (plotWidth * span(grid.y)) / span(grid.x))));
    const height = plotHeight + TOP + ROW + 4;
    box.style.height = `${height}px`;
    plot.style.inset = `${TOP}px ${RIGHT}px auto ${LEFT}px`;
    plot.style.height = `${plotHeight}px`;
    frame.setAttribute("transform", `translate(${LEFT} ${TOP})`);
    axes = {
      x: { kind: "linear", domain: grid.x, range: [0, plotWidth] },
      y: { kind: "linear", domain: grid.y, range: [plotHeight, 0] },
    };
    if (leveled !== grid) {
      leveled = grid;
      levels = surfaceLevels(grid);
      grounded = "";
    }
    const colours = bandColours(levels.length + 1);
    const key = `${width} ${height} ${window.devicePixelRatio} ${colours[0]}`;
    if (key !== grounded) {
      grounded = key;
      const context = cleared(ground, width, height);
      context?.translate(LEFT, TOP);
      if (context) drawBands(context, grid, levels, colours, axes);
      showBands(colours);
    }
    frameView.update({
      ...{ width: plotWidth, height: plotHeight, names: ["x"], yName: "y", grid: false },
      ...{ xTicks: ticksOf(axes.x, 70), yTicks: ticksOf(axes.y, 44) },
    });
    const context = cleared(moving, width, height);
    context?.translate(LEFT, TOP);
    if (context) drawPaths(context, data.paths, data.step, data.minima ?? [], axes);
    handle.update(data.start, axes, nearestOnGrid(grid, ...data.start).loss);
    showRacers(data.paths, data.step);
  };
  const showBands = (colours: readonly string[]) => {
    const made = colours.map((colour, i) => {
      const box = element("span", { class: "band" }, i === 0 ? "" : formatNumber(levels[i - 1] ?? 0, 2));
      box.style.borderTopColor = colour;
      return box;
    });
    bands.replaceChildren(...made);
    bands.setAttribute(
      "aria-label",
      `Loss from low to high, parted at ${levels.map((x) => formatNumber(x, 2)).join(", ")}`,
    );
  };
  const showRacers = (paths: readonly SurfacePath[], step: number) => {
    if (legend.childElementCount !== paths.length || paths.some(({ id }, i) => racer(i)?.dataset.id !== id)) {
      legend.replaceChildren(
        ...paths.map(({ id, label, look }) =>
          element(
            "li",
            { "data-id": id },
            swatch(look),
            element("span", {}, label),
            element("output", { "aria-live": "off" }),
          ),
        ),
      );
    }
    for (const [i, path] of paths.entries()) {
      const { loss, step: at } = pathAt(path, step);
      const stopped = at < Math.floor(step) ? `, ended at step ${formatCount(at)}` : "";
      setText(racer(i)?.lastElementChild as Element, `${formatNumber(loss)}${stopped}`);
    }
  };
  const racer = (i: number) => legend.children[i] as HTMLElement | undefined;
  const drawing = living(box, draw);

  const at = (event: MouseEvent) => {
    const { left, top } = plot.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const read = (pixel: { x: number; y: number }) => {
    if (!data || !axes) return;
    const found = nearestOnPaths(data.paths, data.step, pixel, axes, REACH);
    const point = found
      ? pathAt(found.path, found.step)
      : nearestOnGrid(data.grid, invert(axes.x, pixel.x), invert(axes.y, pixel.y));
    const target = { x: LEFT + place(axes.x, point.x), y: TOP + place(axes.y, point.y) };
    const title = found ? `${found.path.label}, step ${formatCount(found.step)}` : "on the surface";
    const numbers = (["x", "y", "loss"] as const).map((name) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, name),
        element("td", {}, formatSingle(Math.fround(point[name]))),
      ),
    );
    const bounds = { width: box.clientWidth, bottom: box.clientHeight };
    tip.show({ ...target, ...bounds }, element("strong", {}, title), element("table", {}, ...numbers));
  };
  plot.addEventListener("pointermove", (event) => read(at(event)));
  plot.addEventListener("pointerleave", () => tip.hide());
  plot.addEventListener("click", (event) => {
    if (event.target !== plot || !axes) return;
    const pixel = at(event);
    options.onStart?.(invert(axes.x, pixel.x), invert(axes.y, pixel.y));
  });

  return {
    update(next) {
      data = next;
      drawing.request();
    },
    destroy() {
      drawing.destroy();
      root.remove();
    },
  };
}
