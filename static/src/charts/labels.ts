// Counts, shares and round numbers as pages and charts write them. Pure.
import { formatExact, formatNumber } from "../format";

const counts = new Intl.NumberFormat("en-US");

/** A count, its thousands apart: 12,000. */
export function formatCount(count: number): string {
  return Math.abs(count) >= 1000 ? counts.format(count) : formatExact(count);
}

/** A round number beside an axis. */
export function formatTick(x: number): string {
  return Math.abs(x) >= 1000 && Math.abs(x) < 1e6 ? formatCount(x) : formatNumber(x);
}

/** A float32 with just the digits that tell it from its neighbours: 0.1, not 0.10000000149011612. */
export function formatSingle(x: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(x.toPrecision(digits));
    if (Math.fround(shorter) === x) return formatExact(shorter);
  }
  return formatExact(Number(x.toPrecision(9)));
}

/** A share in percent, three digits: 98.2 %. */
export function formatShare(share: number): string {
  return `${formatNumber(100 * share, 3)} %`;
}
