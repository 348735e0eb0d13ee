// A picture that came as a file, and whether it may be sent. Pure.

import { megabytes, Refusal } from "../data/api";

/** A picture that came as a file. */
export interface Uploaded {
  readonly file: Blob;
  readonly name: string;
  /** Its pixels, upright; null: this browser cannot show them, or not yet. */
  readonly bitmap: ImageBitmap | null;
}

/** What the server says of files that it cannot read; anything else is no fault of theirs, and may pass. */
const FAULTS = new Set(["bad_picture", "bad_request", "not_a_picture", "too_large"]);

/** Whether it is the file itself that was refused: to send it again will not help. */
export function isFault(reason: unknown): boolean {
  return reason instanceof Refusal && FAULTS.has(reason.code);
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
