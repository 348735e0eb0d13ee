// The websocket: handshake, numbered requests, scenes put together, runs passed on, and coming back by itself when the
// line drops. Knows no DOM and no clock; both are handed in.

import { Assembly } from "./assembly";
import { decodeAnswer, decodeFrame, encodeRequest, tensorOf } from "./codec";
import {
  type BinaryFrame,
  type ClientMessage,
  type Error as ErrorAnswer,
  PROTOCOL_VERSION,
  type RunFrame,
  type RunState,
  type ServerMessage,
  type TensorFrame,
  type Welcome,
} from "./protocol";
import type { Scene } from "./state";

/** lost: waiting to try again; outdated: the page must be reloaded; busy: the server has no place, waiting. */
export type Status = "connecting" | "open" | "lost" | "outdated" | "busy";

type Unnumbered<M> = M extends ClientMessage ? Omit<M, "seq"> : never;

/** A request before it gets its number. */
export type Request = Unnumbered<ClientMessage>;

/** What a request may be answered with: a message, or a frame that carries the request's number. */
export type Answer = ServerMessage | Exclude<BinaryFrame, TensorFrame | RunFrame>;

/** What a connection needs of a WebSocket. */
export type Socket = Pick<WebSocket, "send" | "close" | "binaryType" | "onopen" | "onmessage" | "onclose">;

export interface ConnectionOptions {
  socket(): Socket;
  /** Calls back after some milliseconds. */
  wait(milliseconds: number, then: () => void): void;
  /** A number in [0, 1). */
  random(): number;
  /** Under which name the server keeps this browser's runs; left out where a page has none. */
  readonly visitor?: string;
  /** What to ask for after every handshake: the place where the learner was; null: nothing. */
  resume(): Request | null;
  status(status: Status): void;
  welcome(message: Welcome): void;
  scene(scene: Scene): void;
  /** A run as it stands: after every request that changes one, and whenever it changes by itself. */
  run?(state: RunState): void;
  /** What is new in the watched run. */
  frame?(frame: RunFrame): void;
  /** An error that answers no request, or the one that `resume` made. */
  error(error: ServerError): void;
}

/** The server refused a request: the one error shape, as something to throw. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  constructor(readonly answer: ErrorAnswer) {
    super(answer.message);
  }
}

/** The line dropped before the answer came; the connection is being made again. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  constructor() {
    super("The connection to Gradwalk was lost; it is being made again.");
  }
}

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15_000;

interface Pending {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #assembly = new Assembly();
  readonly #pending = new Map<number, Pending>();
  #socket: Socket | null = null;
  #status: Status = "connecting";
  #seq = 0;
  #failures = 0;
  /** The `opened` whose steps and tensors are still under way. */
  #opening: { answer: ServerMessage; seq: number } | null = null;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#connect();
  }

  /** The newest generation seen: what requests are about. */
  get generation(): number {
    return this.#assembly.generation;
  }

  /**
   * Sends a request; resolves with its answer. `open` and `set_value` resolve when their scene is complete, or when a
   * newer one has taken its place. Rejects with ServerError or ConnectionLost.
   */
  request(message: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#status !== "open") reject(new ConnectionLost());
      else this.#pending.set(this.#send(message), { resolve, reject });
    });
  }

  /** Tries again at once, such as when the machine is back online. */
  retry(): void {
    if (this.#status === "lost" || this.#status === "busy") this.#connect();
  }

  #connect(): void {
    this.#say("connecting");
    const socket = this.#options.socket();
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#assembly.forget();
      const { visitor } = this.#options;
      this.#send({ type: "hello", protocol: PROTOCOL_VERSION, ...(visitor ? { visitor } : {}) });
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => this.#receive(data);
    socket.onclose = () => this.#lost(socket);
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data === "string") this.#take(decodeAnswer(data));
    else this.#show(decodeFrame(data));
  }

  #show(frame: BinaryFrame): void {
    if (frame.type === "tensor") this.#complete(this.#assembly.tensor(tensorOf(frame)));
    else if (frame.type === "run_frame") this.#options.frame?.(frame);
    else this.#settle(frame.request_seq, frame);
  }

  #take(answer: ServerMessage): void {
    switch (answer.type) {
      case "welcome":
        this.#failures = 0;
        this.#say("open");
        this.#options.welcome(answer);
        this.#resume();
        break;
      case "opened":
        this.#settleOpening();
        this.#opening = { answer, seq: answer.request_seq ?? -1 };
        this.#assembly.opened(answer);
        break;
      case "steps":
        this.#complete(this.#assembly.steps(answer));
        break;
      case "run":
        this.#options.run?.(answer.state);
        this.#settle(answer.request_seq, answer);
        break;
      case "error":
        this.#refused(answer);
        break;
      default:
        this.#settle(answer.request_seq, answer);
    }
  }

  #resume(): void {
    const message = this.#options.resume();
    if (message) this.request(message).catch((error) => error instanceof ServerError && this.#options.error(error));
  }

  #complete(scene: Scene | null): void {
    if (!scene) return;
    this.#options.scene(scene);
    this.#settleOpening();
  }

  #settleOpening(): void {
    if (this.#opening) this.#settle(this.#opening.seq, this.#opening.answer);
    this.#opening = null;
  }

  #settle(seq: number | null, answer: Answer): void {
    this.#pending.get(seq ?? -1)?.resolve(answer);
    this.#pending.delete(seq ?? -1);
  }

  #refused(answer: ErrorAnswer): void {
    if (answer.code === "protocol_version") this.#say("outdated");
    if (answer.code === "busy") this.#say("busy");
    const error = new ServerError(answer);
    const pending = this.#pending.get(answer.request_seq ?? -1);
    this.#pending.delete(answer.request_seq ?? -1);
    if (pending) pending.reject(error);
    else this.#options.error(error);
  }

  #lost(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    this.#opening = null;
    for (const { reject } of this.#pending.values()) reject(new ConnectionLost());
    this.#pending.clear();
    if (this.#status === "outdated") return;
    if (this.#status !== "busy") this.#say("lost");
    // A whole class must not come back in the same instant: half of the wait is chance.
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures++) * (0.5 + this.#options.random() / 2);
    this.#options.wait(wait, () => this.retry());
  }

  #send(message: Request): number {
    const seq = this.#seq++;
    this.#socket?.send(encodeRequest({ ...message, seq } as ClientMessage));
    return seq;
  }

  #say(status: Status): void {
    this.#status = status;
    this.#options.status(status);
  }
}
