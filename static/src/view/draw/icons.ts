import { svgElement } from "../element";

/** Lines on a square of 20, drawn in the colour of the text. */
const ICONS = {
  eraser:
    "M8 16.5h8.5M3.6 12.4l8-8a1.6 1.6 0 0 1 2.3 0l2.9 2.9a1.6 1.6 0 0 1 0 2.3l-6.9 6.9H7.2l-3.6-3.6a.4.4 0 0 1 0-.5zM8 8l4.9 4.9",
  undo: "M7.5 4.5 3.5 8.5l4 4M4 8.5h7.5a4.5 4.5 0 0 1 0 9H8",
  redo: "M12.5 4.5l4 4-4 4M16 8.5H8.5a4.5 4.5 0 0 0 0 9H12",
  clear: "M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l.8 11h8.4l.8-11M8.3 8.5l.3 5M11.7 8.5l-.3 5",
  upload: "M10 13V3.5M6 7.5l4-4 4 4M3.5 12.5v4h13v-4",
  camera: "M3 6.5h3.2l1.3-2h5l1.3 2H17v10H3zM10 14a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6",
  back: "M9 4.5 3.5 10 9 15.5M4 10h12.5",
} as const;

export function icon(name: keyof typeof ICONS): SVGSVGElement {
  return svgElement(
    "svg",
    { class: "icon", viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true" },
    svgElement("path", { d: ICONS[name] }),
  );
}
