import type { Sight } from "../sights";
import { element, setText } from "./element";
import { drawLasting, drawMap } from "./heat";

/** Pictures side by side, large enough to see which pixel is meant. */
export function lensView() {
  const root = element("div", { class: "lens" });
  const figures: ReturnType<typeof figure>[] = [];
  return {
    root,
    show(sights: readonly Sight[]): void {
      root.hidden = sights.length === 0;
      while (figures.length < sights.length) {
        const made = figure();
        figures.push(made);
        root.append(made.root);
      }
      for (const [i, { root, show }] of figures.entries()) {
        const sight = sights[i];
        root.hidden = !sight;
        if (sight) show(sight);
      }
    },
  };
}

function figure() {
  const canvas = element("canvas", { class: "heat" });
  const ring = element("i", { class: "ring" });
  const caption = element("figcaption");
  const root = element("figure", {}, element("div", { class: "ringed" }, canvas, ring), caption);
  let shown: Sight | null = null;
  return {
    root,
    show(sight: Sight): void {
      const { tensor, row, role, pixel } = sight;
      if (shown?.tensor !== tensor || shown.row !== row || shown.role !== role) {
        drawLasting(canvas, () => drawMap(canvas, tensor, row, role, tensor.largest));
      }
      shown = sight;
      placeRing(ring, sight);
      caption.className = `role-${role}`;
      setText(caption, `${sight.name}[${pixel === null ? row : `${row}, ${pixel}`}]`);
      const [, width] = tensor.images ?? [1, 1];
      root.title = pixel === null ? "" : `row ${Math.floor(pixel / width)}, column ${pixel % width} of the picture`;
    },
  };
}

/** A small picture with a ring around the pixel that is meant. */
export function ringedThumb(sight: Sight): HTMLElement {
  const { name, tensor, row, role } = sight;
  const canvas = element("canvas", { class: "heat", title: `${name}[${row}]` });
  drawLasting(canvas, () => drawMap(canvas, tensor, row, role, tensor.largest));
  const ring = element("i", { class: "ring" });
  placeRing(ring, sight);
  return element("span", { class: "ringed" }, canvas, ring);
}

function placeRing(ring: HTMLElement, { tensor, pixel }: Sight): void {
  ring.hidden = pixel === null;
  const [height, width] = tensor.images ?? [1, 1];
  const at = pixel ?? 0;
  ring.style.left = `${((at % width) + 0.5) * (100 / width)}%`;
  ring.style.top = `${(Math.floor(at / width) + 0.5) * (100 / height)}%`;
}
