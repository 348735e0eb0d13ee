import { type Axis, invert, place } from "../../charts/axis";
import { formatNumber } from "../../format";
import { clamp } from "../../numbers";
import { element } from "../element";

interface Axes {
  readonly x: Axis;
  readonly y: Axis;
}

export interface StartHandle {
  readonly root: HTMLElement;
  update(start: readonly [x: number, y: number], axes: Axes, loss: number): void;
}

/** An arrow key moves the start by such a part of the axis, with Shift ten times as far. */
const STRIDE = 1 / 200;

/** The place where optimizers set out, to be dragged or moved by the arrow keys. */
export function startHandle(moved: (x: number, y: number) => void): StartHandle {
  const root = element("button", { type: "button", class: "start-handle" });
  let axes: Axes | null = null;
  let start: readonly [number, number] = [0, 0];
  /** While it is dragged it follows the pointer, whatever the answer is late with. */
  let dragged = false;

  const show = () => {
    if (axes) root.style.transform = `translate(${place(axes.x, start[0])}px, ${place(axes.y, start[1])}px)`;
  };
  const moveTo = (x: number, y: number) => {
    if (!axes) return;
    start = [clamp(x, ...axes.x.domain), clamp(y, ...axes.y.domain)];
    show();
    moved(...start);
  };

  root.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    dragged = true;
    root.setPointerCapture(event.pointerId);
  });
  root.addEventListener("pointermove", (event) => {
    const plot = root.parentElement;
    if (!dragged || !axes || !plot) return;
    const { left, top } = plot.getBoundingClientRect();
    moveTo(invert(axes.x, event.clientX - left), invert(axes.y, event.clientY - top));
  });
  for (const name of ["pointerup", "pointercancel"] as const) root.addEventListener(name, () => (dragged = false));
  root.addEventListener("keydown", (event) => {
    const [right, up] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [
      0, 0,
    ];
    if (!axes || (right === 0 && up === 0)) return;
    event.preventDefault();
    event.stopPropagation();
    const stride = ({ domain }: Axis) => (domain[1] - domain[0]) * STRIDE * (event.shiftKey ? 10 : 1);
    moveTo(start[0] + (right ?? 0) * stride(axes.x), start[1] + (up ?? 0) * stride(axes.y));
  });

  return {
    root,
    update(next, nextAxes, loss) {
      axes = nextAxes;
      if (!dragged) start = next;
      show();
      const [x, y] = start.map((at) => formatNumber(at, 3));
      root.setAttribute(
        "aria-label",
        `Start at x ${x}, y ${y}, loss about ${formatNumber(loss, 3)}. Arrow keys move it.`,
      );
    },
  };
}
