import { beforeEach, describe, expect, test } from "vitest";
import type { Request } from "../../static/src/connection";
import type { Place } from "../../static/src/permalink";
import type { ServerMessage, Terms } from "../../static/src/protocol";
import { type Schedule, Walk } from "../../static/src/walk";
import { square } from "./made";

const PLACE: Place = {
  scene: "made",
  source: null,
  values: {},
  choices: {},
  position: { step: 0, element: null, term: 0 },
};

/** A server whose answers come when the test says so. */
class SlowLink {
  readonly generation = 1;
  readonly asked: Request[] = [];
  #answers: ((answer: ServerMessage) => void)[] = [];
  #refusals: ((error: Error) => void)[] = [];
  request(message: Request): Promise<ServerMessage> {
    this.asked.push(message);
    return new Promise((resolve, reject) => {
      this.#answers.push(resolve);
      this.#refusals.push(reject);
    });
  }
  async answer(index: number, answer: Partial<ServerMessage> = {}): Promise<void> {
    this.#answers[index]?.(answer as ServerMessage);
    await settled();
  }
  async refuse(index: number): Promise<void> {
    this.#refusals[index]?.(new Error("no"));
    await settled();
  }
  of(type: Request["type"]): Request[] {
    return this.asked.filter((message) => message.type === type);
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
let link: SlowLink;
let walk: Walk;
let ticks: { milliseconds: number; then: () => void; cancelled: boolean }[];
const schedule: Schedule = (milliseconds, then) => {
  const tick = { milliseconds, then, cancelled: false };
  ticks.push(tick);
  return () => {
    tick.cancelled = true;
  };
};
const at = () => walk.place.position.step;

beforeEach(() => {
  link = new SlowLink();
  ticks = [];
  walk = new Walk(PLACE, link, schedule, () => {});
  walk.arrived(square());
});

test("a step is taken at once; the server only hears of it", () => {
  walk.step(1);
  expect(at()).toBe(1);
  expect(link.asked).toEqual([{ type: "seek", generation: 1, position: { step: 1, element: null, term: 0 } }]);
});

test("standing still tells nothing", () => {
  walk.step(-1);
  walk.seek(0);
  expect(link.asked).toEqual([]);
});

describe("changing a leaf", () => {
  test("while one change is under way, of all others only the last is sent", async () => {
    const all = [1, 2, 3, 4].map((value) => walk.setValue("x", value));
    await settled();
    expect(link.of("set_value").map((message) => "value" in message && message.value)).toEqual([1]);
    await link.answer(0);
    expect(link.of("set_value").map((message) => "value" in message && message.value)).toEqual([1, 4]);
    await link.answer(1);
    await Promise.all(all);
  });

  test("the place keeps it, and a fresh session gets it", () => {
    walk.setValue("x", 2).catch(() => {});
    walk.step(1);
    expect(walk.resume()).toMatchObject({ values: { x: 2 }, position: { step: 1 } });
  });

  test("the position stays when the new numbers arrive", () => {
    walk.step(1);
    walk.arrived({ ...square(), generation: 2 });
    expect(at()).toBe(1);
  });
});

describe("opening", () => {
  test("another scene starts at its beginning, without this one's values", async () => {
    walk.step(1);
    walk.setValue("x", 2).catch(() => {});
    const open = walk.open({ scene: "other" });
    const asked = link.of("open")[0];
    expect(asked).toMatchObject({ scene: "other", source: null, values: {}, position: { step: 0 } });
    await link.answer(link.asked.length - 1);
    await open;
    expect(walk.place.scene).toBe("other");
  });

  test("a choice keeps the position", () => {
    walk.step(1);
    walk.open({ choices: { wait: "no" } }).catch(() => {});
    expect(link.of("open")[0]).toMatchObject({ scene: "made", choices: { wait: "no" }, position: { step: 1 } });
  });

  test("what is refused changes nothing", async () => {
    walk.step(1);
    const refused = expect(walk.open({ source: "sigmid(x)" })).rejects.toThrow("no");
    await link.refuse(link.asked.length - 1);
    await refused;
    expect(walk.place).toMatchObject({ source: null, position: { step: 1 } });
  });
});

describe("into an element", () => {
  const terms = (step: number): Partial<Terms> => ({
    type: "terms",
    generation: 1,
    step,
    terms: [{}, {}, {}] as Terms["terms"],
  });

  test("the walk goes on product by product, and out again to the same step", async () => {
    walk.step(1);
    walk.into();
    expect(link.of("into")).toEqual([{ type: "into", generation: 1, step: 0, element: [] }]);
    await link.answer(1, terms(0));
    walk.step(1);
    walk.step(1);
    expect(walk.place.position).toEqual({ step: 1, element: [], term: 2 });
    walk.out();
    expect(walk.place.position).toEqual({ step: 1, element: null, term: 0 });
  });

  test("terms that come after the walk went on are dropped", async () => {
    walk.step(1);
    walk.into();
    walk.seek(2);
    await link.answer(1, terms(0));
    expect(walk.view?.terms).toBe(null);
  });

  test("what cannot be opened closes again", async () => {
    walk.step(1);
    walk.into();
    await link.refuse(1);
    expect([walk.view?.level, walk.place.position.element]).toEqual(["wire", null]);
  });

  test("there is nothing to open before the first step", () => {
    walk.into();
    expect([link.of("into"), walk.view?.level]).toEqual([[], "wire"]);
  });
});

describe("playing", () => {
  const tick = () => ticks.at(-1)?.then();

  test("takes a step at once and one a tick, and stops at the end", () => {
    walk.play();
    expect([at(), walk.playing]).toEqual([1, true]);
    tick();
    tick();
    tick();
    expect([at(), walk.playing]).toEqual([4, false]);
  });

  test("a pause cancels the tick under way", () => {
    walk.play();
    walk.pause();
    expect([ticks.at(-1)?.cancelled, walk.playing]).toEqual([true, false]);
  });

  test("from the end it plays from the beginning", () => {
    walk.toEnd(1);
    walk.play();
    expect(at()).toBe(1);
  });

  test("another speed holds from the next tick on, and comes round", () => {
    walk.play();
    const before = ticks.at(-1)?.milliseconds ?? 0;
    walk.faster();
    expect([ticks.at(-1)?.milliseconds, ticks.at(-2)?.cancelled]).toEqual([before / 2, true]);
    for (let i = 0; i < 5; i++) walk.faster();
    expect(walk.speed).toBe(1);
  });
});
