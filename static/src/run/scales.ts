// Sliders that go by equal factors: the speed of a run, from one training step a second to as fast as it goes, and its
// learning rate. Pure.

import { formatNumber } from "../format";

/** Places of the slider; the last one is full speed. */
export const SPEED_PLACES = 61;
const SLOWEST = 1;
const FASTEST = 1000;
/** What the server takes for full speed. */
export const FULL_SPEED = 0;

/** Training steps a second at a place of the slider, from 0 on. */
export function speedAt(place: number): number {
  if (place >= SPEED_PLACES - 1) return FULL_SPEED;
  return Number((SLOWEST * (FASTEST / SLOWEST) ** (place / (SPEED_PLACES - 2))).toPrecision(2));
}

/** The place of the slider that is nearest to a speed. */
export function placeOf(speed: number): number {
  if (speed === FULL_SPEED) return SPEED_PLACES - 1;
  const share = Math.log(speed / SLOWEST) / Math.log(FASTEST / SLOWEST);
  return Math.min(SPEED_PLACES - 2, Math.max(0, Math.round(share * (SPEED_PLACES - 2))));
}

export function speedText(speed: number): string {
  if (speed === FULL_SPEED) return "full speed";
  return speed === 1 ? "one step a second" : `${formatNumber(speed)} steps a second`;
}

/** The learning rates a slider reaches, as powers of ten. */
const [LOWEST_POWER, HIGHEST_POWER] = [-6, 1];
export const RATE_PLACES = 141;

/** The learning rate at a place of its slider, in two digits. */
export function rateAt(place: number): number {
  const power = LOWEST_POWER + ((HIGHEST_POWER - LOWEST_POWER) * place) / (RATE_PLACES - 1);
  return Number((10 ** power).toPrecision(2));
}

/** The place of the slider that is nearest to a learning rate; its ends for what lies beyond. */
export function ratePlace(rate: number): number {
  if (!(rate > 0)) return 0;
  const share = (Math.log10(rate) - LOWEST_POWER) / (HIGHEST_POWER - LOWEST_POWER);
  return Math.min(RATE_PLACES - 1, Math.max(0, Math.round(share * (RATE_PLACES - 1))));
}
