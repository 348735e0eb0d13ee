// One run at two training steps: what stands beside what, and what single numbers are called. Pure: no DOM.
import { formatCount } from "../charts/labels";
import { formatNumber } from "../format";
import { elementName, mapsOf, type Picture, pictureOf, regionOf, regionSize } from "../picture";
import type { Compared, Comparison } from "../protocol";
import type { Tensor } from "../state";
import type { RunView } from "./actions";

export type What = Compared["what"];

/** A tensor at an earlier training step, now, and how it changed. */
export interface Change {
  readonly name: string;
  readonly what: What;
  readonly before: Tensor;
  readonly now: Tensor;
  readonly difference: Tensor;
}

/** Where a comparison stands beside the run: in words, and what may be asked for. */
export interface CompareStanding {
  readonly text: string;
  /** The training step to compare with now, and what a button says for it; null: nothing new to ask. */
  readonly offer: { readonly step: number; readonly label: string } | null;
}

export function compareStanding({ state, picked }: RunView, shown: Comparison | null): CompareStanding {
  const wanted = picked ?? shown?.step ?? null;
  if (wanted === null) {
    return { text: "Pick an earlier training step to see how the run has changed since.", offer: null };
  }
  if (shown?.step === wanted && shown.other === state.step) return { text: sayLosses(shown), offer: null };
  if (shown?.step === wanted) {
    // Not how far: this is read out anew whenever it changes, which would be thirty times a second.
    const text = `${sayLosses(shown)} The run has gone on since.`;
    return { text, offer: { step: wanted, label: "Update" } };
  }
  const label = `Compare step ${formatCount(wanted)} with now`;
  return { text: shown ? sayLosses(shown) : "", offer: { step: wanted, label } };
}

/** "On the batch that follows step 60, the loss was 0.52 after step 60 and is 0.21 after step 1,140." */
function sayLosses({ step, other, losses: [then, now] }: Comparison): string {
  const [first, second] = [formatCount(step), formatCount(other)];
  return (
    `On the batch that follows step ${first} the loss is ${formatNumber(then)} after step ${first} ` +
    `and ${formatNumber(now)} after step ${second}.`
  );
}

/** Units of a first layer that are drawn, and how many of them in a row. */
const UNITS = 20;
const ACROSS = 5;
/** Between two of their pictures, in their own pixels. */
const GUTTER = 1;

/** How a tensor is laid out to be drawn: as one picture, or as the pictures of its rows. */
export interface Sheet {
  readonly rows: number;
  readonly columns: number;
  /** Its rows as pictures, where they are pictures, and where each of them begins. */
  readonly maps: readonly { readonly picture: Picture; readonly x: number; readonly y: number }[];
}

export function sheetOf(tensor: Tensor): Sheet {
  const maps = mapsOf(tensor).slice(0, UNITS);
  const [first] = maps;
  if (!first) return { ...pictureOf(tensor), maps: [] };
  const [width, height] = [first.columns + GUTTER, first.rows + GUTTER];
  const across = Math.min(ACROSS, maps.length);
  return {
    rows: Math.ceil(maps.length / across) * height - GUTTER,
    columns: across * width - GUTTER,
    maps: maps.map((picture, i) => ({ picture, x: (i % across) * width, y: Math.floor(i / across) * height })),
  };
}

/** What stands at a place of a sheet. */
export interface Spot {
  /** "W2[3, 17]", or how many numbers a pixel averages. */
  readonly name: string;
  /** The number there in a tensor of the same shape: "0.0312", with its margin where bytes hold no more. */
  read(tensor: Tensor): string;
}

/** The place (row, column) of the sheet of a tensor; null between two pictures. */
export function spotAt(tensor: Tensor, name: string, row: number, column: number): Spot | null {
  const sheet = sheetOf(tensor);
  if (sheet.maps.length === 0) {
    const region = regionOf(tensor, row, column);
    const element = elementName(name, tensor.shape, region.rows[0], region.columns[0]);
    return {
      name: tensor.exact ? element : `average of ${regionSize(region)} numbers from ${element} on`,
      read(of) {
        const { numbers, columns } = pictureOf(of);
        return formatNumber(numbers[row * columns + column] ?? Number.NaN);
      },
    };
  }
  const unit = sheet.maps.findIndex(
    ({ picture, x, y }) => column >= x && column < x + picture.columns && row >= y && row < y + picture.rows,
  );
  const map = sheet.maps[unit];
  if (!map) return null;
  const index = (row - map.y) * map.picture.columns + column - map.x;
  return {
    name: elementName(name, tensor.shape, unit, index),
    read(of) {
      const number = mapsOf(of)[unit]?.numbers[index] ?? Number.NaN;
      return `${formatNumber(number, 3)} ± ${formatNumber(of.maps_scale / 2, 2)}`;
    },
  };
}

/** "20 of 128 units", where not all rows of a tensor are drawn; else empty. */
export function unitsNote(tensor: Tensor): string {
  const rows = mapsOf(tensor).length;
  return rows > UNITS ? `${UNITS} of ${formatCount(rows)} units` : "";
}

/** How far a tensor has come: "changed by 0.79 of its length". */
export function sayChange({ before, difference }: Change): string {
  if (difference.norm === 0) return "unchanged";
  if (before.norm === 0) return "it was all 0";
  return `changed by ${formatNumber(difference.norm / before.norm, 3)} of its length`;
}
