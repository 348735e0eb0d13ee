// A scene arrives in pieces: `opened`, its steps in runs, its tensors one by one. This puts them together. Pure.

import type { Opened, Step, Steps } from "./protocol";
import { buildScene, type Scene, type Tensor, type Value } from "./state";

/** Takes the pieces of the newest generation; whatever belongs to an older one is dropped. */
export class Assembly {
  #opened: Opened | null = null;
  #steps: Step[] = [];
  #complete = false;
  #tensors = new Map<number, Tensor>();
  #missing = new Set<number>();

  /** The newest generation seen. */
  get generation(): number {
    return this.#opened?.generation ?? -1;
  }

  /** Each returns the scene once its last piece has come, else null. */
  opened(message: Opened): Scene | null {
    if (message.generation <= this.generation) return null;
    this.#opened = message;
    this.#steps = [];
    this.#complete = false;
    this.#tensors = new Map();
    this.#missing = new Set();
    this.#await([...Object.values(message.values), ...Object.values(message.grads)]);
    return null;
  }

  steps(message: Steps): Scene | null {
    if (message.generation !== this.generation || this.#complete) return null;
    this.#steps.push(...message.steps);
    for (const step of message.steps) this.#await(valuesOf(step));
    this.#complete = message.last;
    return this.#built();
  }

  tensor(tensor: Tensor): Scene | null {
    if (tensor.generation !== this.generation || this.#tensors.has(tensor.ref)) return null;
    this.#tensors.set(tensor.ref, tensor);
    this.#missing.delete(tensor.ref);
    return this.#built();
  }

  /** A new connection counts its generations from the start again. */
  forget(): void {
    this.#opened = null;
  }

  #await(values: readonly (Value | null)[]): void {
    for (const value of values) {
      if (typeof value === "object" && value && !this.#tensors.has(value.ref)) this.#missing.add(value.ref);
    }
  }

  #built(): Scene | null {
    if (!this.#opened || !this.#complete || this.#missing.size > 0) return null;
    return buildScene(this.#opened, this.#steps, this.#tensors);
  }
}

function valuesOf(step: Step): (Value | null)[] {
  const { value, upstream, local, raw, contribution, grad, quantities } = step;
  return [value, upstream, local, raw, contribution, grad, ...quantities.map((quantity) => quantity.value)];
}
