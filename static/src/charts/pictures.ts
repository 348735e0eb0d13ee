// Pictures of 28 by 28 numbers beside each other, a page of them at a time. Pure: no DOM.
import { bytePixels, type Palette } from "../heatmap";
import { formatShare } from "./labels";

/** Rows and columns of a picture. */
export const SIDE = 28;

/** What stands below a picture: at most two short lines. */
export interface Caption {
  readonly lines: readonly string[];
  /** The same in words. */
  readonly says: string;
  readonly wrong: boolean;
}

/** Many pictures as bytes, 784 each. */
export interface Pictures {
  readonly pixels: Uint8Array;
  readonly captions: readonly Caption[];
  /** Of signed numbers, (byte - zero) * scale; left out: grey levels, 0 the paper and 255 full ink. */
  readonly signed?: { readonly zero: number; readonly scale: number } | undefined;
}

/** A digit, what it was taken for, and how sure the network was of that. */
export function digitCaption(label: number, predicted: number, confidence: number): Caption {
  const sure = formatShare(confidence);
  return label === predicted
    ? { lines: [String(label), sure], says: `A ${label}, recognised with ${sure}`, wrong: false }
    : {
        lines: [`${predicted}, not ${label}`, sure],
        says: `A ${label}, taken for a ${predicted} with ${sure}`,
        wrong: true,
      };
}

export interface Sheet {
  readonly columns: number;
  readonly rows: number;
  /** The pictures of this page, as a half-open range. */
  readonly from: number;
  readonly to: number;
  readonly page: number;
  readonly pages: number;
}

/**
 * Which pictures a page shows where, no more than `most`: in as few rows as fit, and in as few columns as those need, so
 * that rows are equally long; the columns of a full page, for the last one to look like the others.
 */
export function sheetOf(count: number, page: number, most: number, width: number, cell: number): Sheet {
  const fitting = Math.max(1, Math.floor(width / cell));
  const full = Math.min(count, most);
  const columns = Math.max(1, Math.ceil(full / Math.ceil(full / fitting)) || 1);
  const pages = Math.max(1, Math.ceil(count / most));
  const shown = Math.min(pages - 1, Math.max(0, page));
  const [from, to] = [shown * most, Math.min(count, (shown + 1) * most)];
  return { columns, rows: Math.ceil((to - from) / columns), from, to, page: shown, pages };
}

/** The size nearest to `wanted`, in CSS pixels, at which every number covers as many pixels of the screen as any other. */
export function crispSize(wanted: number, ratio: number): number {
  return (SIDE * Math.max(1, Math.round((wanted * ratio) / SIDE))) / ratio;
}

/** The pixel of every byte. */
export function bytePalette(signed: Pictures["signed"], palette: Palette): Uint32Array {
  const ink = signed ? palette : { ...palette, positive: palette.negative };
  return bytePixels(signed?.zero ?? 0, 1, reachOf(signed), ink);
}

/** The bytes of one picture of many. */
export function bytesOf({ pixels }: Pick<Pictures, "pixels">, index: number): Uint8Array {
  return pixels.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE);
}

/** The number drawn in full, either way; null for grey levels. */
export function fullScale(signed: Pictures["signed"]): number | null {
  return signed ? reachOf(signed) * signed.scale : null;
}

/** So many bytes lie between zero and the largest magnitude. */
function reachOf(signed: Pictures["signed"]): number {
  return 255 - (signed?.zero ?? 0);
}
