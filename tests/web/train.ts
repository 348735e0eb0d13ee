// Runs made by hand, and what the page may choose from.
import type { Answer, Request } from "../../static/src/connection";
import type { NetworkRecipe, RunCard, RunFrame, RunState, SeriesChunk } from "../../static/src/protocol";
import type { Bounds, Choices, Option } from "../../static/src/run/recipe";

export const RECIPE: NetworkRecipe = {
  ...{ kind: "network", dataset: "mnist", hidden: [], activation: "relu", init: "pytorch", batch: 100 },
  ...{ optimizer: "adam", hyper: {}, lr: 0.001, schedule: "constant", warmup: 0, epochs: 5, seed: 0, zero_grad: true },
};

const option = <Name extends string>(name: Name, label: string): Option<Name> => ({ name, label, says: "" });
const bounds = (label: string, usual: number, maximum: number): Bounds => ({
  ...{ label, default: usual, minimum: 0, maximum, says: "" },
});

export const CHOICES: Choices = {
  defaults: RECIPE,
  inputs: 784,
  outputs: 10,
  datasets: [
    { ...option("mnist", "MNIST"), ready: true },
    { ...option("built-in", "Built-in digits"), ready: true },
  ],
  activations: [option("relu", "ReLU"), option("tanh", "tanh")],
  inits: [option("pytorch", "PyTorch's default"), option("zeros", "Zeros")],
  optimizers: [
    { ...option("sgd", "SGD"), lr: bounds("Learning rate", 0.5, 100), hyper: [] },
    {
      ...option("momentum", "Momentum"),
      lr: bounds("Learning rate", 0.05, 100),
      hyper: [{ name: "momentum", ...bounds("Momentum", 0.9, 0.999) }],
    },
    {
      ...option("adam", "Adam"),
      lr: bounds("Learning rate", 0.001, 100),
      hyper: [{ name: "beta1", ...bounds("β₁", 0.9, 0.9999) }],
    },
  ],
  schedules: [
    { ...option("constant", "Constant"), warms_up: false, decay: [1, 1] },
    { ...option("cosine", "Cosine"), warms_up: true, decay: [1, 0.5, 0] },
  ],
  counts: {
    batch: bounds("Batch", 100, 1000),
    epochs: bounds("Epochs", 5, 100),
    seed: bounds("Seed", 0, 2 ** 31 - 1),
    warmup: bounds("Warm-up", 0, 10_000),
  },
  layers: { most: 8, width: bounds("Width", 128, 1024) },
};

export function state(rest: Partial<RunState> = {}): RunState {
  return {
    ...{ id: "run-00000001", version: 1, kind: "network", title: "784-10", recipe: RECIPE, status: "paused", says: "" },
    ...{ step: 0, steps: 3000, steps_per_epoch: 600, lr: 0.001, rates: [], speed: 0, members: [], parent: null },
    ...{ branched_at: null, mine: true, snapshots: [], notes: [] },
    ...rest,
  };
}

export function card(id: string, rest: Partial<RunCard> = {}): RunCard {
  const run = { kind: "network", title: "784-10", status: "paused", step: 0, steps: 3000 } as const;
  return { id, ...run, parent: null, created: 0, ...rest };
}

/** Losses from entry `start` on, or a sampled curve where its training steps are given. */
export function chunk(start: number, y: number[], name = "loss", x: number[] | null = null): SeriesChunk {
  const bytes = (array: Float32Array | Int32Array) => new Uint8Array(array.buffer);
  return { member: 0, name, start, x: x && bytes(Int32Array.from(x)), y: bytes(Float32Array.from(y)) };
}

export function frame(step: number, rest: Partial<RunFrame> = {}): RunFrame {
  return {
    ...{ type: "run_frame", run: "run-00000001", step, rate: 0.001, pace: 100, seconds_left: null, series: [] },
    ...{ layers: null, maps: null, gradient_maps: null, batch: null, curve: null },
    ...rest,
  };
}

/** A server that takes notes of what it is asked, and answers when the test says so. */
export class FakeLink {
  readonly asked: Request[] = [];
  #waiting: { resolve(answer: Answer): void; reject(error: Error): void }[] = [];
  request(message: Request): Promise<Answer> {
    this.asked.push(message);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
  /** Answers the request at a place in `asked`, counted from the end where negative. */
  async answer(index: number, answer: Partial<Answer>): Promise<void> {
    this.#waiting.at(index)?.resolve(answer as Answer);
    await settled();
  }
  async refuse(index: number, error = new Error("no")): Promise<void> {
    this.#waiting.at(index)?.reject(error);
    await settled();
  }
}

export const settled = () => new Promise((resolve) => setTimeout(resolve));
