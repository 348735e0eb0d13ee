// Grey levels as a PNG: the same bytes in every browser, at once, and without a canvas. Pure.

/** The grey levels of a picture, row by row. */
export interface Grey {
  readonly width: number;
  readonly height: number;
  readonly levels: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Eight bits, grey, deflated, filtered by row, not interlaced. */
const KIND = [8, 0, 0, 0, 0];
/** A row that is stored as the differences to the left one: long runs of one level shrink best. */
const BY_LEFT = 1;

/** The picture as an image file. */
export async function encodePng({ width, height, levels }: Grey): Promise<Blob> {
  const header = new Uint8Array([...bigEndian(width), ...bigEndian(height), ...KIND]);
  const parts = [
    new Uint8Array(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", await deflated(filtered(width, height, levels))),
    chunk("IEND", new Uint8Array()),
  ];
  return new Blob(parts, { type: "image/png" });
}

function filtered(width: number, height: number, levels: Uint8Array): Uint8Array<ArrayBuffer> {
  const rows = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) {
    const [from, to] = [y * width, y * (width + 1)];
    rows[to] = BY_LEFT;
    let left = 0;
    for (let x = 0; x < width; x++) {
      const level = levels[from + x] ?? 0;
      rows[to + 1 + x] = level - left;
      left = level;
    }
  }
  return rows;
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A part of the file: its length, its name, its bytes, and a sum over both. */
function chunk(name: string, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(4 + name.length + bytes.length + 4);
  whole.set(bigEndian(bytes.length));
  whole.set(new TextEncoder().encode(name), 4);
  whole.set(bytes, 4 + name.length);
  whole.set(bigEndian(crc32(whole.subarray(4, -4))), whole.length - 4);
  return whole;
}

function bigEndian(number: number): number[] {
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 0xff);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = (CRC_TABLE[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}
