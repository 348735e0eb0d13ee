import { formatNumber, parseNumber } from "../format";
import { nudge } from "../numbers";
import { element } from "./element";

/** Pixels of dragging that make one step. */
const PIXELS_PER_STEP = 3;

export interface NumberField {
  readonly input: HTMLInputElement;
  /** Shows a number, unless somebody is typing or dragging just now. */
  show(number: number): void;
}

interface Options {
  readonly label: string;
  readonly step: number;
  changed(number: number): void;
  /** Told in plain words what is wrong with the input, "" when all is well. */
  complain(message: string): void;
}

/** A field for a number: type it, drag it sideways, or use the arrow keys (Shift: ten times as far). */
export function numberField({ label, step, changed, complain }: Options): NumberField {
  const input = element("input", {
    class: "number-field",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": label,
  });
  let current = 0;
  let dragging: { x: number; from: number; moved: boolean } | null = null;
  let typing = false;

  function set(number: number): void {
    current = number;
    input.value = written(number);
    valid("");
    changed(number);
  }

  function valid(message: string): void {
    input.setAttribute("aria-invalid", String(message !== ""));
    complain(message);
  }

  input.addEventListener("input", () => {
    typing = true;
    const number = parseNumber(input.value);
    if (number === null) {
      valid(`“${input.value}” is not a number. Type one such as −0.5, 12 or 1e-3.`);
      return;
    }
    current = number;
    valid("");
    changed(number);
  });
  input.addEventListener("keydown", (event) => {
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    // The page walks through the trace with these keys; here they belong to the number.
    event.stopPropagation();
    if (direction !== 0) {
      event.preventDefault();
      set(nudge(current, step, direction * (event.shiftKey ? 10 : 1)));
    } else if (event.key === "Enter" && input.getAttribute("aria-invalid") === "true") {
      event.preventDefault(); // stays where it can be mended; Escape takes it back
    } else if (event.key === "Enter" || event.key === "Escape") {
      input.blur();
    }
  });
  input.addEventListener("blur", () => {
    typing = false;
    input.value = written(current);
    valid("");
  });

  input.addEventListener("pointerdown", (event) => {
    if (document.activeElement === input || event.button !== 0) return;
    event.preventDefault(); // a press that becomes a drag does not select text
    input.setPointerCapture(event.pointerId);
    dragging = { x: event.clientX, from: current, moved: false };
  });
  input.addEventListener("pointermove", (event) => {
    if (!dragging) return;
    const count = Math.round((event.clientX - dragging.x) / PIXELS_PER_STEP);
    if (count === 0 && !dragging.moved) return;
    dragging.moved = true;
    const number = nudge(dragging.from, step, count * (event.shiftKey ? 10 : 1));
    if (number !== current) set(number);
  });
  const release = () => {
    const pressed = dragging !== null && !dragging.moved;
    dragging = null;
    if (!pressed) return;
    input.focus();
    input.select();
  };
  input.addEventListener("pointerup", release);
  input.addEventListener("pointercancel", () => {
    dragging = null;
  });

  return {
    input,
    show(number) {
      if (typing || dragging) return;
      current = number;
      input.value = written(number);
    },
  };
}

/** Every digit that tells the number from its neighbours, up to eight: what stands here can be typed in again. */
function written(number: number): string {
  if (!Number.isFinite(number)) return formatNumber(number);
  return String(Number(number.toPrecision(8))).replace("-", "−");
}
