import { fetchPictures } from "../../data/api";
import { element } from "../element";

/** The digits that come with Gradwalk: they are there without a network, and no network of ours has learned from them. */
const FROM = { set: "built-in", split: "test", start: 0, count: 50 } as const;

/** A sample of a digit. */
export interface Sample {
  readonly pixels: Uint8Array;
  readonly digit: number;
  /** Which of how many. */
  readonly place: number;
  readonly total: number;
}

/** Ten buttons that load samples. */
export function sampleButtons(load: (digit: number) => void): HTMLElement {
  const buttons = Array.from({ length: 10 }, (_, digit) => {
    const button = element(
      "button",
      {
        type: "button",
        class: "sample",
        "aria-label": `Sample of a ${digit}`,
        title: `A sample of a ${digit} (${digit})`,
      },
      String(digit),
    );
    button.addEventListener("click", () => load(digit));
    return button;
  });
  const list = element("div", { class: "sample-list", id: "samples" }, ...buttons);
  // Where there is little room they are shown on demand.
  const more = element(
    "button",
    { type: "button", class: "ghost more-samples", "aria-expanded": "false", "aria-controls": "samples" },
    "Samples",
  );
  const root = element(
    "div",
    { class: "samples", role: "group", "aria-label": "Samples" },
    element("span", { class: "quiet", "aria-hidden": "true" }, "Samples"),
    more,
    list,
  );
  more.addEventListener("click", () => {
    const open = root.classList.toggle("open");
    more.setAttribute("aria-expanded", String(open));
  });
  return root;
}

/** Gives samples of a digit one after the other. */
export class Samples {
  readonly #lists = new Map<number, ReturnType<typeof fetchPictures>>();
  readonly #places = new Map<number, number>();

  /** Rejects with Refusal. */
  async next(digit: number): Promise<Sample> {
    const asked = this.#lists.get(digit) ?? fetchPictures({ ...FROM, digit }, new AbortController().signal);
    this.#lists.set(digit, asked);
    asked.catch(() => this.#lists.delete(digit));
    const { pixels, side, indices } = await asked;
    const place = (this.#places.get(digit) ?? 0) % indices.length;
    this.#places.set(digit, place + 1);
    const size = side * side;
    return { pixels: pixels.slice(place * size, (place + 1) * size), digit, place, total: indices.length };
  }
}
