// A picture's word: its 28x28 grey levels deflated, in letters that an address may hold. Pure.

import { SIDE } from "./strokes";

/** The grey levels of a word, ink bright on black, row by row; null: the word of no picture. */
export async function pixelsOf(code: string): Promise<Uint8Array | null> {
  try {
    const packed = Uint8Array.from(atob(code.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
      letter.charCodeAt(0),
    );
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const pixels = await firstBytes(stream, SIDE * SIDE + 1);
    return pixels.length === SIDE * SIDE ? pixels : null;
  } catch {
    return null;
  }
}

/** Up to `most` bytes: what a short word unpacks to may be as long as it likes. */
async function firstBytes(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const bytes: number[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Uint8Array.from(bytes);
    bytes.push(...value.subarray(0, most - bytes.length));
    if (bytes.length >= most) {
      await reader.cancel();
      return Uint8Array.from(bytes);
    }
  }
}
