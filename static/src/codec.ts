// Messages to frames and back. JSON has no NaN and no infinities: on the wire they are words, here they are numbers.

import { decode } from "@msgpack/msgpack";
import { type BinaryFrame, type ClientMessage, SCALARS, type ServerMessage, type TensorFrame } from "./protocol";
import type { Tensor } from "./state";

/** A request as a text frame. */
export function encodeRequest(message: ClientMessage): string {
  return JSON.stringify(message, (_key, part) =>
    typeof part === "number" && !Number.isFinite(part) ? String(part) : part,
  );
}

/** An answer from its text frame. */
export function decodeAnswer(text: string): ServerMessage {
  const message: ServerMessage = JSON.parse(text);
  for (const path of SCALARS[message.type] ?? []) revive(message, path.split("."), 0);
  return message;
}

/** What a binary frame holds, told apart by its `type`; MessagePack knows NaN and the infinities. */
export function decodeFrame(bytes: ArrayBuffer): BinaryFrame {
  return decode(bytes) as BinaryFrame;
}

/** A tensor as pictures want it, from the way it travels. */
export function tensorOf({ type: _, ...frame }: TensorFrame): Tensor {
  // Copied, because in the frame the numbers start at any byte. Every browser's numbers are little-endian, as these are.
  const picture = new Float32Array(frame.picture.slice().buffer);
  return { ...frame, picture };
}

/** Turns the words at the end of `path` into numbers, in place. */
function revive(part: unknown, path: readonly string[], depth: number): void {
  if (typeof part !== "object" || part === null) return;
  const branch = part as Record<string, unknown>;
  const name = path[depth] ?? "";
  for (const key of name === "*" ? Object.keys(branch) : [name]) {
    if (depth < path.length - 1) revive(branch[key], path, depth + 1);
    else if (typeof branch[key] === "string") branch[key] = Number(branch[key]);
  }
}
