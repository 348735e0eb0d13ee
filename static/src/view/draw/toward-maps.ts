import type { Frame } from "../../draw/toward";
import { SIDE } from "../../draw/why";
import { signed } from "../../draw/why-words";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import { legend } from "./legend";
import { pixelReader, surface } from "./surface";

/** The picture after some gradient steps, and beside it which pixels they changed. */
export function towardMaps(): { readonly root: HTMLElement; show(frame: Frame, at: number): void } {
  const [picture, change] = [surface(), surface()];
  const scale = legend();
  const caption = element("figcaption");
  let shown: Frame | null = null;
  const reader = pixelReader([picture, change], (row, column) => {
    const at = row * SIDE + column;
    const [ink, moved] = [shown?.ink[at] ?? 0, shown?.change.numbers[at] ?? 0];
    return [
      ["plain", `Row ${row}, column ${column}: drawn `],
      ["value", formatNumber(ink - moved)],
      ["plain", ", now "],
      ["value", formatNumber(ink)],
      ["plain", ", change "],
      ["grad", signed(moved)],
      ["plain", "."],
    ];
  });
  return {
    root: element(
      "div",
      { class: "toward-maps" },
      element("figure", {}, caption, picture.root),
      element("figure", {}, element("figcaption", {}, "Change of ink"), change.root, scale.root),
      reader.root,
    ),
    show(frame, at) {
      const drawn = frame.ink.map((ink, i) => ink - (frame.change.numbers[i] ?? 0));
      shown = frame;
      const title = at === 0 ? "As drawn" : `After step ${at}`;
      setText(caption, title);
      picture.show({ numbers: frame.ink, scale: 1, role: "value", label: `${title}, the picture` });
      change.show({ ...frame.change, role: "grad", ink: drawn, label: `${title}, change of ink` });
      scale.show("grad", frame.change.scale, { low: "", high: "", exact: true });
      reader.refresh();
    },
  };
}
