import { encode } from "@msgpack/msgpack";
import { beforeEach, describe, expect, test } from "vitest";
import {
  Connection,
  ConnectionLost,
  type ConnectionOptions,
  type Request,
  ServerError,
  type Socket,
  type Status,
} from "../../static/src/connection";
import { PROTOCOL_VERSION, type RunFrame, type RunState } from "../../static/src/protocol";
import type { Scene } from "../../static/src/state";
import { node, opened, step } from "./made";

class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: (Request & { seq: number })[] = [];
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {}
  open(): void {
    (this.onopen as () => void)();
  }
  says(message: object): void {
    (this.onmessage as (event: { data: string }) => void)({ data: JSON.stringify(message) });
  }
  shows(frame: object): void {
    const bytes = encode(frame);
    (this.onmessage as (event: { data: ArrayBuffer }) => void)({ data: bytes.slice().buffer });
  }
  drop(): void {
    (this.onclose as () => void)();
  }
}

const OPEN: Request = { type: "open", scene: "made", position: { step: 2, element: null, term: 0 } };
const nodes = [node(0, []), node(1, [0])];
const welcome = { type: "welcome", request_seq: 0, protocol: PROTOCOL_VERSION, version: "0", scenes: [] };
const steps = (generation: number) => ({
  ...{ type: "steps", request_seq: 1, generation, start: 0, last: true },
  steps: [step(0, { node: 1, value: 9 })],
});

let sockets: FakeSocket[];
let waits: { milliseconds: number; then: () => void }[];
let statuses: Status[];
let scenes: Scene[];
let runs: RunState[];
let frames: RunFrame[];
let visitor: string;
let errors: ServerError[];
let resume: Request | null;
let connection: Connection;
const socket = () => sockets.at(-1) as FakeSocket;

beforeEach(() => {
  [sockets, waits, statuses, scenes, errors, resume] = [[], [], [], [], [], OPEN];
  [runs, frames, visitor] = [[], [], ""];
  const options: ConnectionOptions = {
    socket: () => sockets[sockets.push(new FakeSocket()) - 1] as FakeSocket,
    wait: (milliseconds, then) => waits.push({ milliseconds, then }),
    random: () => 1,
    get visitor() {
      return visitor;
    },
    resume: () => resume,
    status: (status) => statuses.push(status),
    welcome: () => {},
    scene: (scene) => scenes.push(scene),
    run: (state) => runs.push(state),
    frame: (frame) => frames.push(frame),
    error: (error) => errors.push(error),
  };
  connection = new Connection(options);
  socket().open();
});

describe("the handshake", () => {
  test("says the protocol first, and opens the scene once it is welcome", () => {
    expect(socket().sent).toEqual([{ type: "hello", protocol: PROTOCOL_VERSION, seq: 0 }]);
    socket().says(welcome);
    expect(socket().sent[1]).toEqual({ ...OPEN, seq: 1 });
    expect(statuses.at(-1)).toBe("open");
  });

  test("an outdated page does not come back: it must be reloaded", () => {
    socket().says({ ...refusal(0), code: "protocol_version" });
    socket().drop();
    expect([statuses.at(-1), waits]).toEqual(["outdated", []]);
  });
});

describe("scenes", () => {
  beforeEach(() => socket().says(welcome));

  test("come when their last piece has", () => {
    socket().says(opened(nodes, { 0: 3, 1: 9 }));
    expect(scenes).toEqual([]);
    socket().says(steps(1));
    expect(scenes.map((scene) => scene.generation)).toEqual([1]);
  });

  test("wait for their tensors", () => {
    socket().says({ ...opened(nodes, {}), values: { 0: { ref: 7, shape: [2] } } });
    socket().says(steps(1));
    expect(scenes).toEqual([]);
  });

  test("of an older generation are dropped", () => {
    socket().says(opened(nodes, { 0: 3 }));
    socket().says(opened(nodes, { 0: 4 }, { generation: 2 }));
    socket().says(steps(1));
    expect(scenes).toEqual([]);
    socket().says(steps(2));
    expect(scenes.map((scene) => scene.values.get(0))).toEqual([4]);
  });

  test("an older generation that comes late does not take the place of a newer one", () => {
    socket().says(opened(nodes, { 0: 4 }, { generation: 2 }));
    socket().says(opened(nodes, { 0: 3 }));
    socket().says(steps(2));
    expect(scenes.map((scene) => scene.values.get(0))).toEqual([4]);
  });

  test("a change of a leaf resolves when its scene is there, not before", async () => {
    let done = false;
    const request = connection.request({ type: "set_value", generation: 1, name: "x", value: 1 }).then(() => {
      done = true;
    });
    socket().says({ ...opened(nodes, { 0: 3, 1: 9 }), request_seq: 2 });
    await Promise.resolve();
    expect(done).toBe(false);
    socket().says(steps(1));
    await request;
  });
});

test("numbers that JSON does not have are sent as words", () => {
  socket().says(welcome);
  connection.request({ type: "set_value", generation: 1, name: "x", value: [Number.NaN, -Infinity] }).catch(() => {});
  expect(socket().sent.at(-1)).toMatchObject({ value: ["NaN", "-Infinity"] });
});

describe("requests", () => {
  beforeEach(() => socket().says(welcome));
  const into = (): Request => ({ type: "into", generation: 1, step: 0, element: [] });

  test("get the answer that carries their number, in whatever order answers come", async () => {
    const [first, second] = [connection.request(into()), connection.request(into())];
    socket().says({ type: "at", request_seq: 3, generation: 1, position: {} });
    socket().says({ type: "at", request_seq: 2, generation: 1, position: {} });
    expect([(await first).request_seq, (await second).request_seq]).toEqual([2, 3]);
  });

  test("that are refused reject with what the server said", async () => {
    const request = connection.request(into());
    socket().says(refusal(2));
    await expect(request).rejects.toBeInstanceOf(ServerError);
    expect(errors).toEqual([]);
  });

  test("fail when the line drops, and when there is none", async () => {
    const request = connection.request(into());
    socket().drop();
    await expect(request).rejects.toBeInstanceOf(ConnectionLost);
    await expect(connection.request(into())).rejects.toBeInstanceOf(ConnectionLost);
  });

  test("a refused address is told, because nobody waits for its answer", async () => {
    socket().says(refusal(1));
    await new Promise((resolve) => setTimeout(resolve));
    expect(errors.map((error) => error.answer.code)).toEqual(["expression"]);
  });
});

describe("runs", () => {
  beforeEach(() => socket().says(welcome));

  test("are passed on, asked for or not", async () => {
    const watched = connection.request({ type: "watch", run: "run-12345" });
    socket().says({ type: "run", request_seq: 2, state: { id: "run-12345", lr: "Infinity", rates: [], speed: 0 } });
    socket().says({ type: "run", request_seq: null, state: { id: "run-12345", lr: 1, rates: [], speed: 0 } });
    expect((await watched).type).toBe("run");
    expect(runs.map((state) => state.lr)).toEqual([Number.POSITIVE_INFINITY, 1]);
  });

  test("show their frames as they come", () => {
    socket().shows({ type: "run_frame", run: "run-12345", step: 7, rate: Number.NaN });
    expect(frames).toMatchObject([{ step: 7, rate: Number.NaN }]);
  });

  test("a frame that carries a request's number is its answer, and no other", async () => {
    const asked = connection.request({ type: "evaluate", run: "run-12345" });
    socket().shows({ type: "comparison", request_seq: 3 });
    socket().shows({ type: "evaluation", request_seq: 2, count: 10_000 });
    expect(await asked).toMatchObject({ type: "evaluation", count: 10_000 });
    expect(frames).toEqual([]);
  });

  test("of a browser are found under the name it shows", () => {
    visitor = "somebody";
    socket().drop();
    waits[0]?.then();
    socket().open();
    expect(socket().sent[0]).toMatchObject({ type: "hello", visitor: "somebody" });
  });
});

describe("after a dropped line", () => {
  test("it comes back to the same place, with numbers above the old ones", () => {
    socket().says(welcome);
    socket().drop();
    expect(statuses.at(-1)).toBe("lost");
    resume = { ...OPEN, scene: "elsewhere" } as Request;
    waits[0]?.then();
    socket().open();
    socket().says({ ...welcome, request_seq: 2 });
    expect(sockets.length).toBe(2);
    expect(socket().sent.map(({ seq, type }) => [seq, type])).toEqual([
      [2, "hello"],
      [3, "open"],
    ]);
    expect(socket().sent[1]).toMatchObject({ scene: "elsewhere" });
  });

  test("generations of the new session count from the start", () => {
    socket().says(welcome);
    socket().says(opened(nodes, { 0: 3 }, { generation: 5 }));
    socket().drop();
    waits[0]?.then();
    socket().open();
    socket().says(welcome);
    socket().says(opened(nodes, { 0: 4 }));
    socket().says(steps(1));
    expect(scenes.map((scene) => scene.values.get(0))).toEqual([4]);
  });

  test("it waits longer and longer, but not for ever; a welcome starts over", () => {
    for (let i = 0; i < 8; i++) {
      socket().drop();
      waits.at(-1)?.then();
    }
    const times = waits.map((wait) => wait.milliseconds);
    expect(times.slice(0, 3)).toEqual([400, 800, 1600]);
    expect(Math.max(...times)).toBe(15_000);
    socket().open();
    socket().says(welcome);
    socket().drop();
    expect(waits.at(-1)?.milliseconds).toBe(400);
  });

  test("a full server is asked again later", () => {
    socket().says({ ...refusal(null), code: "busy" });
    socket().drop();
    expect([statuses.at(-1), waits.length]).toEqual(["busy", 1]);
  });
});

function refusal(request_seq: number | null) {
  return {
    type: "error",
    request_seq,
    code: "expression",
    message: "no",
    given: "",
    expected: "",
    span: null,
    suggestion: "",
  };
}
