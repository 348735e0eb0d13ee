import type { Split } from "../../data/api";
import { FULL, ink, type Shown } from "../../data/picture";
import { formatNumber } from "../../format";
import type { Picture } from "../../picture";
import { cellCursor } from "../cursor";
import { element, setText } from "../element";
import { drawLasting, drawPicture } from "../heat";
import { fact } from "../words";

export interface Detail {
  /** A picture large, beside the mean of its digit's `count` pictures once that is here. */
  show(shown: Shown, split: Split, mean: Picture | null, count: number): void;
}

const RESTING = "Point at a pixel to read its number.";

/** One picture large, and the mean of its digit; a cursor reads the same pixel of both. */
export function detail(host: HTMLElement): Detail {
  const title = element("h2", { id: "picture-heading" });
  const facts = element("dl", { class: "facts" });
  const readout = element("p", { class: "readout", "aria-live": "polite" });
  const picture = surface("picture");
  const mean = surface("mean");
  const caption = element("figcaption", { class: "quiet" });
  host.replaceChildren(
    element("figure", { class: "large" }, picture.root),
    element("div", { class: "beside" }, title, facts),
    readout,
    element("figure", { class: "mean" }, mean.root, caption),
  );
  let now: { shown: Shown; mean: Picture | null } | null = null;

  function read(row: number, column: number): void {
    if (!now) return;
    const at = row * now.shown.picture.columns + column;
    for (const { mark } of [picture, mean]) {
      mark.hidden = false;
      mark.style.setProperty("--row", String(row));
      mark.style.setProperty("--column", String(column));
    }
    const level = now.shown.picture.numbers[at] ?? 0;
    readout.replaceChildren(
      `Row ${row}, column ${column}: `,
      element("b", { class: "role-value" }, String(level)),
      ` of ${FULL}; a network reads ${formatNumber(level / FULL)}.`,
      ...(now.mean ? [` Mean of all ${now.shown.label}s: `, meanLevel(now.mean, at), "."] : []),
    );
  }

  function rest(): void {
    picture.mark.hidden = mean.mark.hidden = true;
    setText(readout, RESTING);
  }

  for (const { canvas } of [picture, mean]) cellCursor(canvas, { rows: 28, columns: 28, read, leave: rest });
  rest();

  return {
    show(shown, split, average, count) {
      now = { shown, mean: average };
      const part = split === "train" ? "training" : "test";
      const { mean: level, inked } = ink(shown.picture);
      setText(title, `Labelled ${shown.label}`);
      facts.replaceChildren(
        fact("Index", `${part} ${shown.index.toLocaleString("en")}`),
        fact("Mean ink", `${formatNumber(level)} of ${FULL}`),
        fact("Pixels with ink", `${inked} of ${shown.picture.numbers.length}`),
      );
      picture.draw(shown.picture, `Picture ${shown.index}, a ${shown.label}`);
      mean.root.parentElement?.toggleAttribute("hidden", average === null);
      if (average) mean.draw(average, `Mean of all ${shown.label}s`);
      setText(caption, `Mean of all ${count.toLocaleString("en")} ${part} pictures of a ${shown.label}`);
    },
  };
}

function meanLevel(mean: Picture, at: number): HTMLElement {
  return element("b", { class: "role-value" }, formatNumber(mean.numbers[at] ?? 0));
}

function surface(name: string) {
  const canvas = element("canvas", { class: "heat", role: "img" });
  const mark = element("i", { class: "mark", hidden: true });
  return {
    root: element("div", { class: `surface ${name}` }, canvas, mark),
    canvas,
    mark,
    draw(picture: Picture, label: string): void {
      canvas.setAttribute("aria-label", `${label}. Arrow keys read single pixels.`);
      drawLasting(canvas, () => drawPicture(canvas, picture, "value", FULL));
    },
  };
}
