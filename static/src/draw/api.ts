// What the server says of a picture of digits: what is in it, why, and what a training step on it would do.

import { Refusal } from "../data/api";

/** A network that reads digits: "reader", "one-layer" or "run:" and the id of a run. */
export interface Reader {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly parameters: number;
}

/** What one network says of one digit. */
export interface Opinion {
  readonly network: string;
  readonly digit: number;
  readonly probabilities: readonly number[];
  readonly logits: readonly number[];
}

/** A part of the picture as it was given, upright, in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One digit of a picture; `digit` and `probability` are the first network's. */
export interface Digit {
  readonly digit: number;
  readonly probability: number;
  /** Why it may be no single clear digit; empty where nothing speaks against it. */
  readonly doubt: string;
  readonly line: number;
  readonly box: Box;
  /** 28 rows of 28 grey levels, ink bright on black. */
  readonly picture: readonly (readonly number[])[];
  /** The same as a short word, for addresses and further questions. */
  readonly code: string;
  readonly opinions: readonly Opinion[];
}

/** A stage on the way to 28x28, of the whole picture (`digit` is null) or of one digit. */
export interface Stage {
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly digit: number | null;
  readonly width: number;
  readonly height: number;
  /** Grey levels, row by row, as base64. */
  readonly pixels: string;
}

export interface Prediction {
  /** The digits as text, a line of writing a line; ? where one is in doubt. */
  readonly text: string;
  readonly digits: readonly Digit[];
  /** Why there is no digit; empty where there is one. */
  readonly problem: string;
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly networks: readonly Reader[];
  readonly stages: readonly Stage[];
  readonly milliseconds: Readonly<Record<string, number>>;
}

/** What every question about one digit names. */
export interface Asked {
  readonly code: string;
  readonly network: string;
  /** What the visitor's copy of the network has been taught; empty: nothing. See ./lessons. */
  readonly lessons: string;
  /** The learning rate of those lessons. */
  readonly rate: number;
}

/** Where the score of a digit comes from; maps are 784 little-endian float32 as base64, row by row. */
export interface Why {
  readonly network: Reader;
  /** The digit whose gradient and integrated gradients these are. */
  readonly of: number;
  readonly logits: readonly number[];
  readonly probabilities: readonly number[];
  /** The forward pass: what each layer gave, the pixels left out; the last are the logits. */
  readonly layers: readonly { readonly name: string; readonly title: string; readonly values: string }[];
  /** Of each digit from 0 to 9: pixel times gradient, and what no pixel gives; they add up to the score. */
  readonly evidence: readonly {
    readonly digit: number;
    readonly map: string;
    readonly rest: number;
    readonly score: number;
  }[];
  /** Derivative of the score of `of` by each pixel. */
  readonly gradient: string;
  /** Integrated gradients from an empty picture; `sum` of the map comes close to `score` - `baseline`. */
  readonly integrated: {
    readonly map: string;
    readonly steps: number;
    readonly sum: number;
    readonly score: number;
    readonly baseline: number;
  };
}

/** Gradient steps on the pixels toward another digit. */
export interface Toward {
  readonly target: number;
  /** The first frame is the picture as it is; pictures are maps of ink from 0 to 1. */
  readonly frames: readonly { readonly picture: string; readonly probabilities: readonly number[] }[];
}

export interface Standing {
  readonly loss: number;
  readonly probabilities: readonly number[];
}

/** What the lessons did to the visitor's copy. */
export interface Learned {
  /** This picture, with the label of its latest lesson: before all lessons, before the latest training step, after it. */
  readonly label: number;
  readonly start: Standing;
  readonly before: Standing;
  readonly after: Standing;
  /** Loss of each training step so far, before its update, with what it was taught. */
  readonly history: readonly { readonly label: number; readonly loss: number; readonly here: boolean }[];
  /** Of the latest training step, for each parameter. */
  readonly changes: readonly {
    readonly name: string;
    readonly title: string;
    readonly shape: readonly number[];
    /** Lengths of the gradient and of the change. */
    readonly gradient: number;
    readonly change: number;
    /** How many of its numbers moved. */
    readonly moved: number;
    /** The number that moved most. */
    readonly most: {
      readonly index: readonly number[];
      readonly gradient: number;
      readonly before: number;
      readonly after: number;
    };
  }[];
  /** Of each pixel: the length of the change of the weights that lead away from it; a map. */
  readonly weights: string;
  /** Derivative of the loss by each pixel, before the latest update; a map. */
  readonly pixels: string;
}

/** Reads a picture; `networks` are asked in this order. Rejects with Refusal. */
export async function predict(
  picture: Blob,
  networks: readonly string[],
  { stages = false, signal }: { stages?: boolean; signal?: AbortSignal } = {},
): Promise<Prediction> {
  const query = new URLSearchParams(networks.map((network) => ["network", network]));
  if (stages) query.set("stages", "true");
  const headers = { "Content-Type": picture.type || "application/octet-stream" };
  return ask(`/api/predict?${query}`, { method: "POST", body: picture, headers, ...(signal ? { signal } : {}) });
}

/** `of`: the digit to be explained; null: the one the network takes it for. */
export function why(asked: Asked, of: number | null): Promise<Why> {
  return tell("why", { ...asked, of });
}

export function toward(asked: Asked, target: number): Promise<Toward> {
  return tell("toward", { ...asked, target });
}

/** `asked.lessons` must teach this picture last. */
export function learn(asked: Asked): Promise<Learned> {
  return tell("learn", asked);
}

/** The numbers of a map, or of a layer. */
export function numbersOf(map: string): Float32Array {
  const bytes = bytesOf(map);
  return new Float32Array(bytes.buffer, 0, bytes.length / 4);
}

/** The bytes of a text in base64. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function tell<T>(what: string, asked: object): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  return ask(`/api/digits/${what}`, { method: "POST", body: JSON.stringify(asked), headers });
}

async function ask<T>(address: string, how: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address, how);
  } catch (reason) {
    if (how.signal?.aborted) throw reason;
    throw new Refusal("unreachable", "Gradwalk does not answer. Is it still running?");
  }
  if (answer.ok) return answer.json();
  const { code = "", message = answer.statusText, given = "", expected = "" } = await answer.json().catch(() => ({}));
  const details = expected ? ` Given: ${given}. Expected: ${expected}.` : "";
  throw new Refusal(code, `${message}.${details}`, Number(answer.headers.get("Retry-After")) || 1);
}
