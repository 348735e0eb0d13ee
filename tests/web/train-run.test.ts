import { beforeEach, describe, expect, test } from "vitest";
import type { Answer } from "../../static/src/connection";
import { familyOf, Visits } from "../../static/src/run/family";
import { Book } from "../../static/src/run/kept";
import { FIRST_SPEED, Run } from "../../static/src/run/run";
import { card, chunk, FakeLink, frame, RECIPE, settled, state } from "./train";

const [A, B] = ["run-00000001", "run-00000002"];

let link: FakeLink;
let book: Book;
let gone: string[];
let run: Run;

function make(id: string | null): Run {
  return new Run({ link, book, go: (address) => gone.push(address), changed: () => {} }, id);
}

/** The server says how a run stands, as it does with every answer. */
async function says(index: number, rest: Parameters<typeof state>[0]): Promise<void> {
  run.arrived(state(rest));
  await link.answer(index, { type: "run", request_seq: 0, state: state(rest) });
}

beforeEach(() => {
  [link, book, gone] = [new FakeLink(), new Book(), []];
  run = make(null);
});

describe("a run is made and watched", () => {
  test("once the server has it", async () => {
    const made = run.create(RECIPE);
    expect(run.view).toBe(null);
    await says(0, { id: A });
    expect(link.asked[1]).toEqual({ type: "tune", run: A, speed: FIRST_SPEED });
    await says(1, { id: A });
    expect(link.asked[2]).toEqual({ type: "watch", run: A, parts: [], known: 0 });
    await says(2, { id: A });
    await made;
    expect(run.view?.state.id).toBe(A);
  });

  test("a refused recipe leaves everything as it is", async () => {
    const made = run.create(RECIPE);
    await Promise.all([expect(made).rejects.toThrow("no"), link.refuse(0)]);
    expect([run.id, link.asked.length]).toEqual([null, 1]);
  });
});

describe("a run that is watched", () => {
  beforeEach(async () => {
    void run.watch(A);
    await says(-1, { id: A });
  });

  test("shows its frames, and no other run's", () => {
    run.frame(frame(2, { series: [chunk(0, [3, 2])] }));
    run.frame(frame(9, { run: B }));
    expect(run.view?.state.step).toBe(2);
    expect(run.view?.curves.known).toBe(2);
  });

  test("after a dropped line asks for the curves from where it has them, and for the parts looked at", async () => {
    run.frame(frame(2, { series: [chunk(0, [3, 2])] }));
    run.watchPart("maps", true);
    await says(-1, { id: A, step: 2 });
    void run.comeBack();
    expect(link.asked.at(-1)).toEqual({ type: "watch", run: A, parts: ["maps"], known: 2 });
    await says(-1, { id: A, step: 1 });
    expect(run.view?.curves.known).toBe(1);
  });

  test("a gap in the curves is asked for, once", async () => {
    const before = link.asked.length;
    run.frame(frame(9, { series: [chunk(8, [1])] }));
    run.frame(frame(10, { series: [chunk(9, [1])] }));
    const asked = [{ type: "watch", run: A, parts: [], known: 0 }];
    expect(link.asked.slice(before)).toEqual(asked);
    await says(-1, { id: A, step: 10 });
    expect(link.asked.slice(before)).toEqual(asked);
  });

  test("that was left before it answered does not complain", async () => {
    const first = run.watch(A);
    const second = run.watch(B);
    await link.refuse(-1);
    expect(link.asked.at(-1)).toMatchObject({ type: "watch", run: B });
    await says(-1, { id: B });
    await Promise.all([first, second]);
    expect(run.view?.state.id).toBe(B);
  });

  test("parts that were wanted while it was asked are asked for after it", async () => {
    run.watchPart("maps", true);
    run.watchPart("layers", true);
    run.watchPart("layers", true);
    expect(link.asked.at(-1)).toMatchObject({ parts: ["maps"] });
    await says(-1, { id: A });
    expect(link.asked.at(-1)).toMatchObject({ parts: ["maps", "layers"] });
    expect(link.asked.length).toBe(3);
  });

  test("of many changes of a slider only the newest waits", async () => {
    for (const lr of [0.1, 0.2, 0.3]) void run.tune({ lr });
    expect(link.asked.slice(1)).toEqual([{ type: "tune", run: A, lr: 0.1 }]);
    await says(-1, { id: A });
    expect(link.asked.slice(2)).toEqual([{ type: "tune", run: A, lr: 0.3 }]);
  });

  test("a change that waits is not made to another run", async () => {
    void run.tune({ lr: 0.1 });
    void run.tune({ lr: 0.2 });
    void run.watch(B);
    await says(1, { id: A });
    expect(link.asked.filter(({ type }) => type === "tune").length).toBe(1);
  });

  test("a branch is watched from then on", async () => {
    void run.branch(7, 0.01);
    expect(link.asked.at(-1)).toEqual({ type: "branch", run: A, step: 7, lr: 0.01 });
    await says(-1, { id: B, parent: A, branched_at: 7 });
    expect([run.id, link.asked.at(-1)]).toEqual([B, { type: "watch", run: B, parts: [], known: 0 }]);
  });

  test("back at a run that was seen before, only what is new is asked for", async () => {
    run.frame(frame(2, { series: [chunk(0, [3, 2])] }));
    void run.watch(B);
    await says(-1, { id: B });
    void run.watch(A);
    expect(run.view?.curves.known).toBe(2);
    expect(link.asked.at(-1)).toMatchObject({ run: A, known: 2 });
  });

  test("deleted, it is gone", async () => {
    const deleted = run.control("delete");
    await link.answer(-1, { type: "deleted", request_seq: 0, run: A });
    await deleted;
    expect([run.id, run.view, book.get(A)]).toEqual([null, null, null]);
  });

  test("a training step opens in the stepper", () => {
    run.openStep(1200);
    run.openStep(3, { picture: 17 });
    run.openStep(3, { focus: { node: "W1", element: [3, 412] } });
    expect(gone).toEqual([
      "/step/run-step?c.run=run-00000001&c.step=1200&c.member=0",
      "/step/run-step?c.run=run-00000001&c.step=3&c.member=0&c.picture=17",
      "/step/run-step?c.run=run-00000001&c.step=3&c.member=0&focus=W1[3,412]",
    ]);
  });

  test("what the whole test set said is kept until the run is taken back to before it", async () => {
    const asked = run.evaluate();
    await link.answer(-1, { type: "evaluation", run: A, step: 2, count: 10_000, accuracy: 0.5 } as Answer);
    await asked;
    expect(run.view?.tested).toEqual({ step: 2, count: 10_000, accuracy: 0.5 });
    await says(-1, { step: 0 });
    expect(run.view?.tested).toBeNull();
  });

  test("its test set and its past are asked for by fields of the messages", () => {
    run.evaluate({ true: 4, predicted: 9 }).catch(() => {});
    run.compare(5).catch(() => {});
    expect(link.asked.slice(-2)).toEqual([
      { type: "evaluate", run: A, true: 4, predicted: 9 },
      { type: "compare", run: A, step: 5, other: null },
    ]);
  });
});

describe("its past", () => {
  const picked = () => run.view?.picked;

  beforeEach(async () => {
    void run.watch(A);
    await says(-1, { id: A, step: 1500 });
  });

  test("is picked within what was trained", () => {
    for (const [step, found] of [
      [200.4, 200],
      [0, 1],
      [9999, 1500],
      [null, null],
    ] as const) {
      run.pick(step);
      expect(picked()).toBe(found);
    }
  });

  test("is walked back and on again, until now", () => {
    run.move(-200);
    expect(picked()).toBe(1300);
    run.move(1);
    expect(picked()).toBe(1301);
    run.move(199);
    expect(picked()).toBe(null);
    run.move(-1);
    run.move(500);
    expect(picked()).toBe(null);
  });

  test("has edges of epochs to go by", () => {
    const walked = [];
    for (const direction of [-1, -1, -1, -1, 1, 1, 1] as const) {
      run.moveEpoch(direction);
      walked.push(picked());
    }
    expect(walked).toEqual([1200, 600, 1, 1, 600, 1200, null]);
  });

  test("is left where a reset has taken it away, and stays left", () => {
    run.pick(1201);
    run.arrived(state({ id: A, step: 0 }));
    expect(picked()).toBe(null);
    run.frame(frame(1300));
    expect(picked()).toBe(null);
  });

  test("of a run without any cannot be picked", async () => {
    run.arrived(state({ id: A, step: 0 }));
    run.pick(3);
    expect(picked()).toBe(null);
  });
});

describe("a family", () => {
  const cards = [
    card("b2", { parent: "b1", created: 3 }),
    card("other", { created: 1 }),
    card("root", { created: 0 }),
    card("b1", { parent: "root", created: 2 }),
    card("c", { parent: "gone", created: 5 }),
    card("d", { parent: "gone", created: 6 }),
  ];

  test("is all that branches connect, oldest first", () => {
    expect(familyOf("b1", cards).map(({ id }) => id)).toEqual(["root", "b1", "b2"]);
    expect(familyOf("other", cards).map(({ id }) => id)).toEqual(["other"]);
  });

  test("a deleted run still joins its branches", () => {
    expect(familyOf("c", cards).map(({ id }) => id)).toEqual(["c", "d"]);
  });
});

describe("visits", () => {
  let waits: (() => void)[];
  let visits: Visits;
  let seen: number;

  beforeEach(() => {
    [waits, seen] = [[], 0];
    visits = new Visits(
      link,
      book,
      (_, then) => waits.push(then),
      () => {
        seen += 1;
      },
    );
  });

  /** The server answers the newest request, and shows the whole run. */
  async function shown(id: string, step: number): Promise<void> {
    visits.arrived(state({ id, step }));
    await link.answer(-1, { type: "run", request_seq: 0, state: state({ id, step }) });
    visits.frame(frame(step, { run: id, series: [chunk(0, Array(step).fill(1))] }));
    await settled();
  }

  test("see one run after the other, and then none", async () => {
    visits.see([card(A, { step: 2 }), card(B, { step: 3 })]);
    expect(link.asked).toEqual([{ type: "watch", run: A, parts: [], known: 0 }]);
    await shown(A, 2);
    expect(link.asked.at(-1)).toEqual({ type: "watch", run: B, parts: [], known: 0 });
    await shown(B, 3);
    expect(link.asked.at(-1)).toEqual({ type: "unwatch" });
    expect([seen, visits.idle, book.get(B)?.curves.known]).toEqual([2, true, 3]);
  });

  test("what was seen in full is not visited again", async () => {
    visits.see([card(A, { step: 2 })]);
    await shown(A, 2);
    const before = link.asked.length;
    visits.see([card(A, { step: 2 })]);
    expect(link.asked.length).toBe(before);
    visits.see([card(A, { step: 4 })]);
    expect(link.asked.at(-1)).toMatchObject({ run: A, known: 2 });
  });

  test("an answer that comes after its visit has ended ends no other one", async () => {
    visits.see([card(A, { step: 2 })]);
    visits.arrived(state({ id: A, step: 2 }));
    visits.frame(frame(2, { run: A, series: [chunk(0, [1, 1])] }));
    await link.answer(0, { type: "run", request_seq: 0, state: state({ id: A, step: 2 }) });
    expect([seen, link.asked.map(({ type }) => type)]).toEqual([1, ["watch", "unwatch"]]);
  });

  test("a run that shows nothing, or is no more, does not keep the others", async () => {
    visits.see([card(A, { step: 2 }), card(B, { step: 3 }), card("run-00000003", { step: 3 })]);
    await link.refuse(-1);
    expect(link.asked.at(-1)).toMatchObject({ run: B });
    waits.at(-1)?.();
    expect(link.asked.at(-1)).toMatchObject({ run: "run-00000003" });
    waits[0]?.();
    expect(link.asked.at(-1)).toMatchObject({ run: "run-00000003" });
  });
});
