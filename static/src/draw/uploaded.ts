// A picture that came as a file, and whether it may be sent. Pure.

import { megabytes } from "../data/api";

/** A picture that came as a file. */
export interface Uploaded {
  readonly file: Blob;
  readonly name: string;
  /** Its pixels, upright; null: this browser cannot show them, or not yet. */
  readonly bitmap: ImageBitmap | null;
}

/** What keeps a file from being sent, in words; empty: nothing. The server looks closer. */
export function refusalOf({ size }: Blob, name: string, mostBytes: number): string {
  if (size === 0) return `${name} is empty.`;
  if (size > mostBytes) return `${name} is too large: ${megabytes(size)}. At most ${megabytes(mostBytes)} can be read.`;
  return "";
}

/** What a file is called; pasted ones have no name of their own. */
export function nameOf(file: Blob, pasted: boolean): string {
  const name = "name" in file && typeof file.name === "string" ? file.name : "";
  return pasted || name === "" ? "Pasted picture" : name;
}
