// The curves of a run: pieces as they arrive, put together into arrays that grow. Pure.

import type { SeriesChunk } from "../protocol";

/** Points of one curve in the order of training steps; valid until the next piece arrives. */
export interface Series {
  /** Training steps done, from 1. */
  readonly x: Int32Array;
  readonly y: Float32Array;
}

/** The one curve with a number for every training step. */
export const LOSS = "loss";

const FIRST_CAPACITY = 1024;

/** Every curve of a run, by member and name. */
export class Curves {
  readonly #growing = new Map<string, Growing>();

  /** Takes over a piece; what stood from its start on is replaced. False: something before it has not arrived. */
  apply(chunk: SeriesChunk): boolean {
    const key = keyOf(chunk.name, chunk.member);
    const growing = this.#growing.get(key) ?? new Growing();
    this.#growing.set(key, growing);
    return growing.replaceFrom(chunk.start, chunk.x && integers(chunk.x), floats(chunk.y));
  }

  /** A curve by its name (`loss`, `grad_norm.0`); without points where nothing has arrived. */
  series(name: string, member = 0): Series {
    return this.#growing.get(keyOf(name, member))?.series ?? EMPTY;
  }

  /** The curves of a family, one a layer: `layers("grad_norm")` is grad_norm.0, grad_norm.1, ... */
  layers(family: string, member = 0): Series[] {
    const found: Series[] = [];
    for (let layer = 0; this.#growing.has(keyOf(`${family}.${layer}`, member)); layer++) {
      found.push(this.series(`${family}.${layer}`, member));
    }
    return found;
  }

  /** How many losses are here: what `watch` is told as `known`. */
  get known(): number {
    return this.series(LOSS).y.length;
  }

  /** Forgets the points beyond a number of training steps, such as after a reset. */
  cut(steps: number): void {
    for (const growing of this.#growing.values()) growing.cut(steps);
  }
}

/** Two arrays of the same length, with room to grow. */
class Growing {
  #x = new Int32Array(FIRST_CAPACITY);
  #y = new Float32Array(FIRST_CAPACITY);
  #length = 0;

  get series(): Series {
    return { x: this.#x.subarray(0, this.#length), y: this.#y.subarray(0, this.#length) };
  }

  replaceFrom(start: number, x: Int32Array | null, y: Float32Array): boolean {
    if (start > this.#length) return false;
    this.#reserve(start + y.length);
    this.#y.set(y, start);
    if (x) this.#x.set(x, start);
    else for (let i = start; i < start + y.length; i++) this.#x[i] = i + 1;
    this.#length = start + y.length;
    return true;
  }

  cut(steps: number): void {
    while (this.#length > 0 && (this.#x[this.#length - 1] ?? 0) > steps) this.#length--;
  }

  #reserve(length: number): void {
    if (length <= this.#y.length) return;
    const capacity = Math.max(length, 2 * this.#y.length);
    const [x, y] = [this.#x, this.#y];
    this.#x = new Int32Array(capacity);
    this.#y = new Float32Array(capacity);
    this.#x.set(x);
    this.#y.set(y);
  }
}

const EMPTY: Series = { x: new Int32Array(0), y: new Float32Array(0) };

function keyOf(name: string, member: number): string {
  return `${member} ${name}`;
}

// Copied, because in a frame the numbers start at any byte. Every browser's numbers are little-endian, as these are.
function floats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytes.slice().buffer);
}

function integers(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.slice().buffer);
}
