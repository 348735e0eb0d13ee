// Bars beside each other: a number a row, on one axis. Pure: no DOM.
import { type Axis, hasPlace, type Interval, type Kind, place, type Tick, ticksOf } from "./axis";
import { valueDomain } from "./domain";

export interface BarRow {
  readonly label: string;
  /** null: not known yet. */
  readonly value: number | null;
}

export interface BarsView {
  readonly kind: Kind;
  /** Pixels of the longest bar. */
  readonly width: number;
  /** Ends of the axis that stay what they are. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** What is usual; always in sight. */
  readonly band?: Interval | undefined;
  readonly previous: Interval | null;
}

export interface BarMarks {
  readonly axis: Axis;
  readonly ticks: readonly Tick[];
  /** Pixels; null: no bar, because the axis has no place for the number. */
  readonly lengths: readonly (number | null)[];
  readonly band: Interval | null;
  /** Where each number lies of the band. */
  readonly sides: readonly ("below" | "within" | "above" | null)[];
}

const ROOM = 56;
/** A log axis begins so much below its smallest number, for that to have a bar. */
const BELOW = 0.5;

/** Everything there is to draw. On a log axis a bar begins at no zero, only its end counts. */
export function barMarks(rows: readonly BarRow[], view: BarsView): BarMarks {
  const { kind, band, width } = view;
  const numbers = [...rows.map(({ value }) => value ?? Number.NaN), ...(band ?? [])].filter((x) => hasPlace(kind, x));
  const extent: Interval | null =
    numbers.length > 0 ? [Math.min(...numbers) * (kind === "log" ? BELOW : 1), Math.max(...numbers)] : null;
  const axis: Axis = { kind, domain: valueDomain(view.previous, extent, kind, view), range: [0, width] };
  const clipped = (x: number) => Math.min(width, Math.max(0, place(axis, x)));
  return {
    axis,
    ticks: ticksOf(axis, ROOM),
    lengths: rows.map(({ value }) => (value !== null && hasPlace(kind, value) ? clipped(value) : null)),
    band: band ? [clipped(band[0]), clipped(band[1])] : null,
    sides: rows.map(({ value }) => {
      if (value === null || !band || Number.isNaN(value)) return null;
      return value < band[0] ? "below" : value > band[1] ? "above" : "within";
    }),
  };
}
