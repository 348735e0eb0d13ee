// How a number becomes the colour of a cell. Pure: no DOM.
//
// One hue for values, one for gradients. Zero is the colour of the paper, a positive number goes towards the hue, a
// negative one towards a neutral dark: lightness is magnitude in both directions, and the sign does not rest on telling
// two hues apart.

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Palette {
  readonly zero: Rgb;
  readonly positive: Rgb;
  readonly negative: Rgb;
  /** NaN and infinities. */
  readonly invalid: Rgb;
}

/** The faintest a number other than zero may look, so that zero itself stays recognisable. */
const FAINTEST = 0.08;

/**
 * How strongly a number is drawn: 0 for zero, else between FAINTEST and 1, linear in |x| / scale.
 * Numbers beyond the scale are drawn as strongly as the scale itself.
 */
export function strength(x: number, scale: number): number {
  if (x === 0 || !(scale > 0)) return 0;
  return FAINTEST + (1 - FAINTEST) * Math.min(1, Math.abs(x) / scale);
}

/** The colour of one number under a symmetric scale [-scale, scale]. */
export function colour(x: number, scale: number, palette: Palette): Rgb {
  if (!Number.isFinite(x)) return palette.invalid;
  const end = x < 0 ? palette.negative : palette.positive;
  const share = strength(x, scale);
  const mix = (i: 0 | 1 | 2) => Math.round(palette.zero[i] + (end[i] - palette.zero[i]) * share);
  return [mix(0), mix(1), mix(2)];
}

/** RGBA bytes of many numbers, one pixel a number. */
export function pixels(numbers: ArrayLike<number>, scale: number, palette: Palette): Uint8ClampedArray<ArrayBuffer> {
  const bytes = new Uint8ClampedArray(numbers.length * 4);
  for (let i = 0; i < numbers.length; i++) {
    bytes.set(colour(numbers[i] ?? Number.NaN, scale, palette), i * 4);
    bytes[i * 4 + 3] = 255;
  }
  return bytes;
}

/** The pixel of each of the 256 bytes of a map, where a byte stands for (byte - zero) * unit: a table instead of a sum a pixel. */
export function bytePixels(zero: number, unit: number, scale: number, palette: Palette): Uint32Array {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  return new Uint32Array(pixels(fromBytes(bytes, zero, unit), scale, palette).buffer);
}

/** A tensor seen as a matrix, its leading axes flattened into rows: (2, 3, 4) has 6 rows and 4 columns, a vector one row. */
export function asMatrix(shape: readonly number[]): { rows: number; columns: number } {
  const columns = shape.at(-1) ?? 1;
  return { rows: shape.slice(0, -1).reduce((product, size) => product * size, 1), columns };
}

/** The half-open range of rows (or columns) that pixel `index` of `count` averages, as the server pools them. */
export function pooledRange(index: number, count: number, size: number): [start: number, end: number] {
  const edge = (i: number) => roundHalfToEven((i * size) / count);
  return [edge(index), edge(index + 1)];
}

// NumPy rounds 2.5 to 2 and 3.5 to 4; Math.round would put such an edge one number further.
function roundHalfToEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded;
}

/** Index of an element in its tensor's own axes from its row and column: (5, 1) in (2, 3, 4) is [1, 2, 1]. */
export function elementIndex(shape: readonly number[], row: number, column: number): number[] {
  const index = shape.length > 0 ? [column] : [];
  let rest = row;
  for (const size of shape.slice(0, -1).reverse()) {
    index.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return index;
}

/** Numbers of the pictures that travel as bytes: number = (byte - zero) * scale. */
export function fromBytes(bytes: ArrayLike<number>, zero: number, scale: number): Float32Array {
  return Float32Array.from(bytes, (byte) => (byte - zero) * scale);
}

/** The colour `#1d2030`, or what a style sheet computes of it, `rgb(29, 32, 48)`. Throws on anything else. */
export function parseColour(text: string): Rgb {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  const parts = hex ? hex.slice(1).map((part) => Number.parseInt(part, 16)) : text.match(/\d+(\.\d+)?/g)?.map(Number);
  const [red, green, blue] = parts ?? [];
  if (red === undefined || green === undefined || blue === undefined) throw new Error(`Not a colour: ${text}`);
  return [red, green, blue];
}
