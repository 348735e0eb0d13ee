import { formatCount } from "../../charts/labels";
import { bytesOf, type Caption, crispSize, fullScale, type Pictures, SIDE, sheetOf } from "../../charts/pictures";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import type { Role } from "../palette";
import { byteColours, drawBytes } from "./bytes";
import { living } from "./living";

export interface PictureGridOptions {
  readonly label: string;
  /** Colours of signed numbers. */
  readonly role?: Role;
  /** About how large a picture is, in CSS pixels. */
  readonly size?: number;
  /** Pictures on a page. */
  readonly most?: number;
  onPick?(index: number): void;
}

export interface PictureGrid {
  update(pictures: Pictures): void;
  destroy(): void;
}

const SIZE = 56;
const MOST = 60;
const GAP = 8;
/** Height of a line of a caption, and the least width that it can be read in. */
const LINE = 16;
const NARROWEST = 72;

/** Many small pictures, drawn on one canvas, each a button where something can be done with it. */
export function pictureGrid(host: HTMLElement, options: PictureGridOptions): PictureGrid {
  let pictures: Pictures = { pixels: new Uint8Array(0), captions: [] };
  let page = 0;
  let sheet = sheetOf(0, 0, MOST, 1, 1);
  /** Which of the page's pictures the Tab key reaches. */
  let reached = 0;
  const scratch = element("canvas", { width: SIDE, height: SIDE });
  const canvas = element("canvas", { "aria-hidden": "true" });
  const list = element("ul");
  const box = element("div", { class: "picture-box" }, canvas, list);
  const scale = element("span", { class: "quiet" });
  const where = element("output", { class: "quiet" });
  const turns = ([-1, 1] as const).map((by) => {
    const button = element("button", { type: "button" }, by < 0 ? "Previous" : "Next");
    button.addEventListener("click", () => {
      page = sheet.page + by;
      reached = 0;
      drawing.request();
    });
    return { by, button };
  });
  const tools = element("div", { class: "chart-tools" }, scale, where, ...turns.map(({ button }) => button));
  const head = element("div", { class: "chart-head" }, element("figcaption", {}, options.label), tools);
  const root = element("figure", { class: "chart picture-grid" }, head, box);
  host.append(root);

  const tiles = () => [...list.querySelectorAll<HTMLElement>(".tile")];
  const reach = (index: number) => {
    const all = tiles();
    const next = all[index];
    if (!next) return;
    for (const tile of all) tile.tabIndex = tile === next ? 0 : -1;
    reached = index;
    next.focus();
  };
  const tileOf = ({ lines, says, wrong }: Caption, index: number) => {
    const shown = lines.map((line, i) =>
      element("span", { "aria-hidden": "true" }, wrong && i === 0 ? `✗ ${line}` : line),
    );
    const words = wrong ? `${says}, wrong` : says;
    const look = wrong ? "tile wrong" : "tile";
    if (!options.onPick) {
      return element("li", {}, element("div", { class: look, role: "img", "aria-label": words }, ...shown));
    }
    const tabindex = index - sheet.from === reached ? 0 : -1;
    const spoken = element("span", { class: "spoken" }, words);
    const button = element("button", { class: look, type: "button", tabindex }, ...shown, spoken);
    button.addEventListener("click", () => options.onPick?.(index));
    return element("li", {}, button);
  };
  list.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -sheet.columns, ArrowDown: sheet.columns }[event.key];
    if (by === undefined || !options.onPick) return;
    event.preventDefault();
    event.stopPropagation();
    reach(reached + by);
  });

  const paint = (size: number, cell: { width: number; height: number }) => {
    const ratio = window.devicePixelRatio;
    const [width, height] = [sheet.columns * cell.width, sheet.rows * cell.height];
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${canvas.width / ratio}px`;
    canvas.style.height = `${canvas.height / ratio}px`;
    const [context, small] = [canvas.getContext("2d"), scratch.getContext("2d")];
    if (!context || !small) return;
    context.imageSmoothingEnabled = false;
    const colours = byteColours(pictures.signed, options.role ?? "value");
    for (let index = sheet.from; index < sheet.to; index++) {
      drawBytes(small, bytesOf(pictures, index), colours);
      const [column, row] = [(index - sheet.from) % sheet.columns, Math.floor((index - sheet.from) / sheet.columns)];
      // On whole pixels of the screen, or every picture would be blurred another way.
      const left = Math.round((column * cell.width + (cell.width - size) / 2) * ratio);
      const side = Math.round(size * ratio);
      context.drawImage(scratch, left, Math.round((row * cell.height + GAP / 2) * ratio), side, side);
    }
  };
  const draw = () => {
    const width = box.clientWidth;
    if (width === 0) return;
    const size = crispSize(options.size ?? SIZE, window.devicePixelRatio);
    const lines = Math.max(0, ...pictures.captions.map((caption) => caption.lines.length));
    const least = (lines > 0 ? Math.max(NARROWEST, size) : size) + GAP;
    sheet = sheetOf(pictures.captions.length, page, options.most ?? MOST, width, least);
    // Captions use the room that is left; pictures alone stay close together.
    const cell = { width: lines > 0 ? Math.floor(width / sheet.columns) : least, height: size + GAP + lines * LINE };
    page = sheet.page;
    box.style.setProperty("--columns", String(sheet.columns));
    box.style.setProperty("--cell-width", `${cell.width}px`);
    box.style.setProperty("--cell-height", `${cell.height}px`);
    paint(size, cell);
    const focused = list.contains(document.activeElement);
    list.replaceChildren(...pictures.captions.slice(sheet.from, sheet.to).map((one, i) => tileOf(one, sheet.from + i)));
    if (focused) reach(Math.min(reached, sheet.to - sheet.from - 1));
    const full = fullScale(pictures.signed);
    setText(scale, full === null ? "" : `${formatNumber(-full, 3)} … ${formatNumber(full, 3)}`);
    for (const { by, button } of turns) {
      button.hidden = sheet.pages === 1;
      button.disabled = sheet.page + by < 0 || sheet.page + by >= sheet.pages;
    }
    const count = formatCount(pictures.captions.length);
    setText(where, sheet.pages === 1 ? "" : `${formatCount(sheet.from + 1)} to ${formatCount(sheet.to)} of ${count}`);
  };
  const drawing = living(box, draw);

  return {
    update(next) {
      pictures = next;
      drawing.request();
    },
    destroy() {
      drawing.destroy();
      root.remove();
    },
  };
}
