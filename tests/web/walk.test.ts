import { beforeEach, describe, expect, test } from "vitest";
import type { Request } from "../../static/src/connection";
import type { Place } from "../../static/src/permalink";
import type { Schedule } from "../../static/src/playback";
import { atStep } from "../../static/src/player";
import type { Lines, ServerMessage, Terms } from "../../static/src/protocol";
import { Walk } from "../../static/src/walk";
import { square, trained } from "./made";

const PLACE: Place = {
  scene: "made",
  source: null,
  values: {},
  choices: {},
  position: atStep(0),
};

/** A server whose answers come when the test says so. */
class SlowLink {
  generation = 1;
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
let refusals: unknown[];
let left: string[];
const viewer = {
  changed: () => {},
  refused: (error: unknown) => void refusals.push(error),
  leave: (address: string) => void left.push(address),
};

beforeEach(() => {
  link = new SlowLink();
  ticks = [];
  refusals = [];
  left = [];
  walk = new Walk(PLACE, link, schedule, viewer);
  walk.arrived(square());
});

test("a step is taken at once; the server only hears of it", () => {
  walk.step(1);
  expect(at()).toBe(1);
  expect(link.asked).toEqual([{ type: "seek", generation: 1, position: atStep(1) }]);
});

describe("sent to where a gradient comes from", () => {
  const sent = (node: string, element: number[] | null) => {
    link = new SlowLink();
    walk = new Walk({ ...PLACE, focus: { node, element } }, link, schedule, viewer);
    walk.arrived(trained());
    return walk.place;
  };

  test("the learner stands at the contribution, the element opened; its address needs no focus any more", () => {
    const place = sent("w", [0, 3]);
    expect(place.position).toEqual({ ...atStep(10), element: [0, 3] });
    expect(place.focus).toBeUndefined();
    expect(link.of("into")).toMatchObject([{ step: 9, element: [0, 3] }]);
  });

  test("without an element the wire is what a press moves by", () => {
    expect(sent("v", null).position).toEqual(atStep(8));
    expect(walk.view?.level).toBe("wire");
  });

  test("a node that receives none, or is none, leaves the walk at its beginning", () => {
    expect(sent("x", [0]).position).toEqual(atStep(0));
    expect(sent("nobody", [0]).position).toEqual(atStep(0));
  });

  test("another scene later is walked as usual", () => {
    sent("w", null);
    walk.step(1);
    walk.arrived(trained({ step: 1202 }, 2));
    expect(at()).toBe(11);
  });
});

describe("out of the largest steps", () => {
  const origin = { title: "Your digit", address: "/draw?picture=CODE" };
  const out = (scene: ReturnType<typeof square>) => {
    walk.arrived(scene);
    walk.setLevel("phase");
    walk.out();
    return left;
  };

  test("it goes back to the page that the scene belongs to", () => {
    expect(out({ ...square(), origin })).toEqual(["/draw?picture=CODE"]);
  });

  test("a scene that stands by itself has nothing outside", () => {
    expect(out(square())).toEqual([]);
  });
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
    expect(walk.place.position).toEqual({ ...atStep(1), element: [], term: 2 });
    walk.out();
    expect(walk.place.position).toEqual(atStep(1));
  });

  test("terms that come after the walk went on are dropped", async () => {
    walk.step(1);
    walk.into();
    walk.seek(2);
    await link.answer(1, terms(0));
    expect(walk.view?.opened).toBe(null);
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

describe("the order of products", () => {
  test("stays for the next element, and the server hears of it", async () => {
    walk.step(1);
    walk.into();
    walk.sortTerms(true);
    expect(link.of("seek").at(-1)).toMatchObject({ position: { element: [], largest_first: true } });
    walk.out();
    walk.step(1);
    walk.step(1);
    walk.into();
    expect(walk.place.position).toEqual({ ...atStep(3), element: [], largest_first: true });
  });
});

describe("a training step", () => {
  const lines = (step: number): Partial<Lines> => ({
    type: "lines",
    generation: 1,
    step,
    lines: [{}, {}] as Lines["lines"],
  });
  const there: Place = { ...PLACE, scene: "run-step", choices: { run: "run12345", step: "1201" } };
  const arrive = (step: number) => walk.arrived(trained({ step }, link.generation));
  const asked = () => link.of("open").map((message) => "choices" in message && message.choices?.step);

  beforeEach(() => {
    walk = new Walk(there, link, schedule, viewer);
    arrive(1201);
  });

  test("out goes up to it level by level, and then to the run", () => {
    walk.seek(10);
    const levels = [1, 2, 3, 4].map(() => {
      walk.out();
      return walk.view?.level;
    });
    expect(levels).toEqual(["op", "layer", "phase", "training"]);
    expect(left).toEqual([]);
    walk.out();
    expect(left).toEqual(["/train?run=run12345&at=1201"]);
    expect([walk.view?.level, at()]).toEqual(["training", 10]);
  });

  test("to another one the place is kept", async () => {
    walk.seek(10);
    walk.setLevel("training");
    walk.step(1);
    expect([asked(), walk.awaited]).toEqual([["1202"], 1202]);
    expect(link.of("open")[0]).toMatchObject({
      scene: "run-step",
      choices: { run: "run12345" },
      position: { step: 10 },
    });
    arrive(1202);
    await link.answer(link.asked.length - 1);
    expect([at(), walk.view?.level, walk.awaited]).toEqual([10, "training", null]);
    expect(walk.place).toMatchObject({ choices: { run: "run12345", step: "1202" }, level: "training" });
  });

  test("an element stays open, and is asked for again", async () => {
    walk.seek(10);
    walk.openElement([]);
    await link.answer(link.asked.length - 1, lines(9));
    walk.seek(10, 2);
    walk.setLevel("training");
    walk.step(-1);
    arrive(1200);
    expect(link.of("into").at(-1)).toMatchObject({ step: 9, element: [] });
    await link.answer(link.asked.length - 1, lines(9));
    expect(walk.view).toMatchObject({
      level: "training",
      position: { element: [], term: 2 },
      opened: { type: "lines" },
    });
  });

  test("of several presses while one is under way the last counts", async () => {
    walk.setLevel("training");
    for (let i = 0; i < 4; i++) walk.step(1);
    expect([asked(), walk.awaited]).toEqual([["1202"], 1205]);
    const first = link.asked.length - 1;
    arrive(1202);
    await link.answer(first);
    expect(asked()).toEqual(["1202", "1205"]);
    await link.answer(link.asked.length - 1);
    expect(walk.awaited).toBe(null);
  });

  test("one that is refused says so, and everything stands as it stood", async () => {
    walk.seek(7);
    walk.setLevel("training");
    walk.toEnd(1);
    expect(asked()).toEqual(["2001"]);
    await link.refuse(link.asked.length - 1);
    expect([refusals.length, at(), walk.view?.level, walk.awaited]).toEqual([1, 7, "training", null]);
    expect(walk.place.choices).toEqual(there.choices);
  });

  test("playing waits for each", async () => {
    walk.setLevel("training");
    walk.play();
    ticks.at(-1)?.then();
    arrive(1202);
    await link.answer(link.asked.length - 1);
    expect(asked()).toEqual(["1202"]);
    ticks.at(-1)?.then();
    expect(asked()).toEqual(["1202", "1203"]);
  });

  test("a level that the scene does not have becomes the usual one", () => {
    walk = new Walk({ ...PLACE, level: "training" }, link, schedule, viewer);
    expect(walk.place.level).toBe("training");
    walk.arrived(square());
    expect([walk.view?.level, walk.place.level]).toEqual(["wire", undefined]);
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
