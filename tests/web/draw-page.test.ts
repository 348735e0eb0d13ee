import { deflateSync, inflateSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { Refusal } from "../../static/src/data/api";
import { fromAddress, NETWORKS, type Place, toAddress } from "../../static/src/draw/address";
import { pixelsOf } from "../../static/src/draw/code";
import { DRAW_KEYS, drawCommandOf, HELP_KEYS } from "../../static/src/draw/keys";
import { encodePng } from "../../static/src/draw/png";
import { AGAIN_MILLISECONDS, GAP_MILLISECONDS, Turns } from "../../static/src/draw/turns";
import { nameOf, refusalOf } from "../../static/src/draw/uploaded";

const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 7) % 256);
const wordOf = (bytes: Uint8Array) => deflateSync(bytes).toString("base64url");

describe("the address", () => {
  const plain: Place = { picture: "", networks: NETWORKS, lessons: [], rate: 0.01 };
  const picture = wordOf(pixels);
  const other = wordOf(pixels.toReversed());

  it.each<Place>([
    plain,
    { ...plain, picture },
    { ...plain, picture, networks: ["run:3f-A_9", "reader"] },
    {
      ...plain,
      ...{ picture, rate: 0.5 },
      lessons: [
        { code: picture, label: 7, times: 3 },
        { code: other, label: 1, times: 100 },
      ],
    },
    { ...plain, lessons: [{ code: other, label: 0, times: 1 }], rate: 0.1 },
  ])("leads back", (place) => {
    expect(fromAddress(new URL(toAddress(place), "http://here"))).toEqual(place);
  });

  it("is bare at the beginning, and reads well", () => {
    expect(toAddress(plain)).toBe("/draw");
    const lessons = [{ code: "CODECODE", label: 7, times: 3 }];
    expect(toAddress({ picture: "CODECODE", networks: ["reader", "run:a"], lessons, rate: 0.01 })).toBe(
      "/draw?picture=CODECODE&network=reader,run:a&lessons=7.3&rate=0.01",
    );
  });

  it.each([
    ["picture=<script>", plain],
    ["network=nobody", plain],
    ["network=run:x&network=reader,reader", { ...plain, networks: ["run:x", "reader"] }],
    ["lessons=7.3&rate=-1", plain], // on a picture that is not there
    ["lessons=7.3~x.1.ABCDEFGH", plain],
    ["lessons=7.0.ABCDEFGH", plain],
    ["picture=ABCDEFGH&lessons=x", { ...plain, picture: "ABCDEFGH" }],
    ["picture=ABCDEFGH&lessons=7.3~", { ...plain, picture: "ABCDEFGH" }],
    ["rate=much", plain],
  ])("%s is read as far as it can be", (query, place) => {
    expect(fromAddress(new URL(`/draw?${query}`, "http://here"))).toEqual(place);
  });
});

describe("the word of a picture", () => {
  it("is unpacked into its pixels", async () => {
    expect(await pixelsOf(wordOf(pixels))).toEqual(pixels);
  });

  it.each([
    ["no word", "%%%%"],
    ["not deflated", "AAAAAAAA"],
    ["too few pixels", wordOf(pixels.subarray(1))],
    ["too many pixels", wordOf(new Uint8Array(10_000_000))],
    ["cut off", wordOf(pixels).slice(0, -20)],
  ])("that is none: %s", async (_, word) => {
    expect(await pixelsOf(word)).toBeNull();
  });
});

describe("a PNG of grey levels", () => {
  it("holds them as the format wants it", async () => {
    const levels = Uint8Array.from({ length: 15 }, (_, i) => (i * 91) % 256);
    const bytes = Buffer.from(await (await encodePng({ width: 5, height: 3, levels })).arrayBuffer());
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"));
    const chunks = new Map<string, Buffer>();
    for (let at = 8; at < bytes.length; ) {
      const length = bytes.readUInt32BE(at);
      const end = at + 8 + length;
      expect(bytes.readUInt32BE(end)).toBe(crc(bytes.subarray(at + 4, end)));
      chunks.set(bytes.toString("latin1", at + 4, at + 8), bytes.subarray(at + 8, end));
      at = end + 4;
    }
    expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
    expect([...(chunks.get("IHDR") ?? [])]).toEqual([0, 0, 0, 5, 0, 0, 0, 3, 8, 0, 0, 0, 0]);
    const rows = inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0));
    const read: number[] = [];
    for (let y = 0; y < 3; y++) {
      expect(rows[y * 6]).toBe(1);
      let left = 0;
      for (let x = 0; x < 5; x++) {
        left = (left + (rows[y * 6 + 1 + x] ?? 0)) % 256;
        read.push(left);
      }
    }
    expect(read).toEqual([...levels]);
  });

  /** Bit by bit, as the specification has it. */
  function crc(bytes: Uint8Array): number {
    let sum = 0xffffffff;
    for (const byte of bytes)
      for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (((sum ^ (byte >> bit)) & 1) * 0xedb88320);
    return ~sum >>> 0;
  }
});

describe("questions while somebody draws", () => {
  type Asked = { name: string; signal: AbortSignal; answer(): void; fail(reason: unknown): void };
  let asked: Asked[];
  let told: string[];
  let timers: { at: number; then: () => void }[];
  let now: number;
  let turns: Turns<string>;

  beforeEach(() => {
    [asked, told, timers, now] = [[], [], [], 0];
    turns = new Turns<string>(
      {
        answered: (answer, newest) => told.push(newest ? `${answer}, newest` : answer),
        refused: (reason) => told.push(String(reason)),
      },
      (milliseconds, then) => {
        const timer = { at: now + milliseconds, then };
        timers.push(timer);
        return () => {
          timers = timers.filter((other) => other !== timer);
        };
      },
    );
  });

  function want(name: string, passing = false): void {
    turns.want(
      (signal) =>
        new Promise((resolve, reject) => {
          asked.push({ name, signal, answer: () => resolve(name), fail: reject });
        }),
      { passing },
    );
  }

  async function settle(): Promise<void> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
  }

  function pass(milliseconds: number): void {
    now += milliseconds;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { then } of due) then();
  }

  const names = () => asked.map(({ name }) => name);

  it("go out one at a time; the newest follows, those between are left out", async () => {
    for (const name of ["a", "b", "c"]) want(name);
    expect(names()).toEqual(["a"]);
    asked[0]?.answer();
    await settle();
    expect(names()).toEqual(["a", "c"]);
    asked[1]?.answer();
    await settle();
    expect(told).toEqual(["a", "c, newest"]);
    expect(turns.busy).toBe(false);
  });

  it("keep a gap while a stroke is drawn, and none at its end", async () => {
    want("a", true);
    asked[0]?.answer();
    await settle();
    want("b", true);
    want("c", true);
    expect(names()).toEqual(["a"]);
    pass(GAP_MILLISECONDS);
    expect(names()).toEqual(["a", "c"]);
    asked[1]?.answer();
    await settle();
    want("d", true);
    want("end");
    expect(names()).toEqual(["a", "c", "end"]);
  });

  it("are dropped with what is under way: its answer is not told", async () => {
    want("a");
    want("b");
    turns.drop();
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(turns.busy).toBe(false);
    asked[0]?.answer();
    await settle();
    expect(told).toEqual([]);
    want("c");
    expect(names()).toEqual(["a", "c"]);
  });

  it("are refused once, and not at all where something newer is wanted", async () => {
    want("a");
    want("b");
    asked[0]?.fail(new Error("lost"));
    await settle();
    expect(told).toEqual([]);
    asked[1]?.fail(new Error("lost again"));
    await settle();
    expect(told).toEqual(["Error: lost again"]);
    expect(turns.busy).toBe(false);
  });

  it("are asked again of a busy server, a few times", async () => {
    want("a");
    for (let i = 0; i < 4; i++) {
      expect(names()).toHaveLength(i + 1);
      expect(turns.busy).toBe(true);
      asked[i]?.fail(new Refusal("busy", "Busy."));
      await settle();
      pass(AGAIN_MILLISECONDS);
    }
    expect(names()).toHaveLength(4);
    expect(told).toEqual(["Error: Busy."]);
  });

  it("do not wait for a busy server where something newer is wanted", async () => {
    want("a");
    asked[0]?.fail(new Refusal("busy", "Busy."));
    await settle();
    want("b");
    expect(names()).toEqual(["a", "b"]);
    pass(AGAIN_MILLISECONDS);
    expect(names()).toEqual(["a", "b"]);
  });
});

describe("the keys", () => {
  const press = (key: string, held: Partial<Record<"shiftKey" | "ctrlKey" | "metaKey" | "altKey", boolean>> = {}) =>
    drawCommandOf({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

  it("undo and redo as everywhere", () => {
    expect(press("z", { ctrlKey: true })).toBe("undo");
    expect(press("z", { metaKey: true })).toBe("undo");
    expect(press("Z", { ctrlKey: true, shiftKey: true })).toBe("redo");
    expect(press("y", { ctrlKey: true })).toBe("redo");
    expect(press("z")).toBeNull();
    expect(press("z", { ctrlKey: true, altKey: true })).toBeNull();
  });

  it("leave the browser's own alone", () => {
    for (const key of ["v", "c", "e", "p", "0", "-"]) expect(press(key, { ctrlKey: true })).toBeNull();
  });

  it("take tools and samples", () => {
    expect([press("e"), press("E", { shiftKey: true }), press("7"), press("?", { shiftKey: true })]).toEqual([
      ...["eraser", "eraser", "sample-7", "help"],
    ]);
  });

  it("are listed once each, the samples in one line", () => {
    expect(new Set(DRAW_KEYS.flatMap(({ keys }) => keys)).size).toBe(DRAW_KEYS.flatMap(({ keys }) => keys).length);
    expect(HELP_KEYS).toHaveLength(DRAW_KEYS.length - 9);
  });
});

describe("a file", () => {
  it("is refused in words where it is empty or too large", () => {
    expect(refusalOf({ size: 0 } as Blob, "a.png", 1e6)).toBe("a.png is empty.");
    expect(refusalOf({ size: 2_500_000 } as Blob, "a.png", 2e6)).toBe(
      "a.png is too large: 2.5 MB. At most 2.0 MB can be read.",
    );
    expect(refusalOf({ size: 2e6 } as Blob, "a.png", 2e6)).toBe("");
  });

  it("has its own name, unless it was pasted", () => {
    const file = new File(["x"], "seven.png");
    expect([nameOf(file, false), nameOf(file, true), nameOf(new Blob(), false)]).toEqual([
      ...["seven.png", "Pasted picture", "Pasted picture"],
    ]);
  });
});
