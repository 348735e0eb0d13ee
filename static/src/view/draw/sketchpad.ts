import { type Contact, isEraserEnd, Pointers, pressOf } from "../../draw/pointers";
import { type Drawing, EMPTY, extended, type Point, type Stroke, visible } from "../../draw/strokes";
import { TOOLS, type Tool } from "../../draw/tools";
import { element } from "../element";
import { oncePerFrame } from "../page";
import { oncePerTheme } from "../palette";
import { colourOf } from "../theme";
import { paint } from "./ink";

const EXPLAINS =
  "Sketchpad: draw a digit with mouse, pen or finger. By keyboard, press 0 to 9 for a sample of that digit; question mark lists all keys.";

/** What happens on the pad. */
export interface PadEvents {
  /** A stroke as far as it is drawn; null: it came to nothing. */
  drawing(stroke: Stroke | null): void;
  drawn(stroke: Stroke): void;
}

export interface Sketchpad {
  readonly canvas: HTMLCanvasElement;
  show(drawing: Drawing): void;
  use(tool: Tool): void;
}

/** A square to draw on. */
export function sketchpad({ drawing, drawn }: PadEvents): Sketchpad {
  const canvas = element("canvas", { class: "sketch", tabindex: 0, role: "img", "aria-label": EXPLAINS });
  const layer = document.createElement("canvas");
  const pointers = new Pointers();
  let shown: Drawing = EMPTY;
  let tool = TOOLS.medium;
  let live: Stroke | null = null;
  /** What lies on the layer below the stroke that is being drawn. */
  let laid: string | Drawing | null = null;

  const repaint = oncePerFrame(() => {
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (side === 0) return; // not shown
    const ink = colourOf("--ink");
    if (canvas.width !== side || laid !== shown) {
      canvas.width = canvas.height = layer.width = layer.height = side;
      const below = layer.getContext("2d");
      if (below) paint(below, side, visible(shown), { ink });
      laid = shown;
    }
    const context = canvas.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, side, side);
    context.drawImage(layer, 0, 0);
    if (live) paint(context, side, [live], { ink });
  });
  const anew = () => {
    laid = null;
    repaint();
  };
  oncePerTheme(anew);
  new ResizeObserver(repaint).observe(canvas);
  window.addEventListener("resize", repaint); // also where only the ratio of device pixels changes

  function pointOf(event: PointerEvent): Point {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return {
      x: (event.clientX - left) / width,
      y: (event.clientY - top) / height,
      press: pressOf(event.pointerType, event.pressure),
    };
  }

  canvas.addEventListener("pointerdown", (event) => {
    const contact = contactOf(event);
    const down = pointers.down(contact);
    if (down === "ignored") return;
    canvas.setPointerCapture(event.pointerId);
    const { kind, width } = isEraserEnd(contact) ? TOOLS.eraser : tool;
    live = { kind, width, points: [pointOf(event)] };
    drawing(live);
    repaint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!pointers.moves(contactOf(event)) || !live) return;
    if (event.buttons === 0) return end(event); // let go where nobody told
    const before = live;
    const events = event.getCoalescedEvents?.() ?? [];
    live = extended(live, (events.length > 0 ? events : [event]).map(pointOf));
    if (live === before) return;
    drawing(live);
    repaint();
  });
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("lostpointercapture", end);
  canvas.addEventListener("pointercancel", (event) => {
    if (!pointers.ends({ id: event.pointerId })) return;
    live = null;
    drawing(null);
    repaint();
  });
  canvas.addEventListener("contextmenu", (event) => {
    if (live) event.preventDefault(); // of a finger that rests
  });

  function end({ pointerId }: PointerEvent): void {
    if (!pointers.ends({ id: pointerId }) || !live) return;
    const stroke = live;
    live = null;
    drawn(stroke);
    repaint();
  }

  return {
    canvas,
    show(drawing) {
      shown = drawing;
      repaint();
    },
    use(next) {
      tool = next;
      canvas.dataset.tool = next.name;
    },
  };
}

function contactOf({ pointerId, pointerType, button, buttons, timeStamp }: PointerEvent): Contact {
  return { id: pointerId, type: pointerType, button, buttons, at: timeStamp };
}
