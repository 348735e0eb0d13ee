// Data sets as the server tells them: which there are, their pictures, and the download of MNIST.

import { decode } from "@msgpack/msgpack";

export type Split = "train" | "test";

export interface Choice {
  readonly id: string;
  readonly name: string;
  /** Who made it, and under which licence. */
  readonly note: string;
  readonly train: number;
  readonly test: number;
  readonly state: "ready" | "missing" | "damaged";
  readonly problem: string;
  /** How many pictures each digit has; no splits unless it is ready. */
  readonly digits: { readonly [split in Split]?: readonly number[] };
}

export interface Download {
  readonly state: "idle" | "running" | "cancelled" | "failed" | "done";
  readonly message: string;
  readonly fraction: number;
}

export interface Listing {
  readonly datasets: readonly Choice[];
  /** null: the server leaves the network alone. */
  readonly download: Download | null;
  readonly download_bytes: number;
  /** Where MNIST's files belong on the server's machine, and what they are called. */
  readonly folder: string;
  readonly files: readonly string[];
}

/** Some pictures of a split, or of one digit of it. */
export interface Pictures {
  /** How many there are in all. */
  readonly total: number;
  readonly side: number;
  /** Where each stands in its split. */
  readonly indices: readonly number[];
  readonly labels: readonly number[];
  /** Grey levels from 0 to 255, picture after picture. */
  readonly pixels: Uint8Array;
}

/** The mean picture of each digit. */
export interface Means {
  readonly side: number;
  readonly counts: readonly number[];
  readonly pixels: Float32Array;
}

/** Which pictures are asked for. */
export interface Query {
  readonly set: string;
  readonly split: Split;
  readonly digit: number | null;
  readonly start: number;
  readonly count: number;
}

/** A request that the server refused, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** After so many seconds it may be asked again. */
    readonly seconds = 1,
  ) {
    super(message);
  }
}

const ROOT = "/api/datasets";

export async function fetchListing(): Promise<Listing> {
  return (await ask(ROOT)).json();
}

export async function fetchPictures(query: Query, signal: AbortSignal): Promise<Pictures> {
  const { set, split, digit, start, count } = query;
  const parameters = new URLSearchParams({ start: String(start), count: String(count) });
  if (digit !== null) parameters.set("digit", String(digit));
  const address = `${ROOT}/${encodeURIComponent(set)}/${split}/pictures?${parameters}`;
  return (await unpack(await ask(address, { signal }))) as Pictures;
}

export async function fetchMeans(set: string, split: Split): Promise<Means> {
  type Packed = Omit<Means, "pixels"> & { readonly pixels: Uint8Array };
  const packed = (await unpack(await ask(`${ROOT}/${encodeURIComponent(set)}/${split}/means`))) as Packed;
  // Copied, because in the answer the numbers start at any byte.
  return { ...packed, pixels: new Float32Array(packed.pixels.slice().buffer) };
}

/** POST begins or continues the download of MNIST, DELETE cancels it. */
export async function changeDownload(method: "POST" | "DELETE"): Promise<Download> {
  return (await ask(`${ROOT}/mnist/download`, { method })).json();
}

/** 11594722 as 11.6 MB. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

async function ask(address: string, how: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(address, how);
  } catch {
    throw new Refusal("unreachable", "Gradwalk does not answer. Is it still running?");
  }
  if (answer.ok) return answer;
  const { code = "", message = answer.statusText, given = "", expected = "" } = await answer.json().catch(() => ({}));
  const details = expected ? ` Given: ${given}. Expected: ${expected}.` : "";
  throw new Refusal(code, `${message}.${details}`);
}

async function unpack(answer: Response): Promise<unknown> {
  return decode(await answer.arrayBuffer());
}
