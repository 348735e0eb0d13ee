// What the page asks for by itself: what would come of a recipe, and the list of runs with the family's curves.
import { beforeEach, describe, expect, test } from "vitest";
import { ServerError } from "../../static/src/connection";
import type { Planned, Error as Problem, RunCard, Runs } from "../../static/src/protocol";
import { Visits } from "../../static/src/run/family";
import { Book } from "../../static/src/run/kept";
import { Library } from "../../static/src/run/library";
import { Planner } from "../../static/src/run/planner";
import { card, FakeLink, RECIPE, settled, state } from "./train";

interface Tick {
  milliseconds: number;
  then: () => void;
  cancelled: boolean;
}

let ticks: Tick[];
let link: FakeLink;
const later = (milliseconds: number, then: () => void) => {
  const tick = { milliseconds, then, cancelled: false };
  ticks.push(tick);
  return () => {
    tick.cancelled = true;
  };
};
/** Lets the time of everything that waits come. */
const pass = () => {
  for (const tick of ticks.splice(0)) if (!tick.cancelled) tick.then();
};

beforeEach(() => {
  [ticks, link] = [[], new FakeLink()];
});

describe("a plan", () => {
  let found: [Planned | null, ServerError | null][];
  let planner: Planner;
  const answer: Planned = {
    ...{ type: "planned", request_seq: 0, title: "", members: [], notes: [] },
    ...{ steps: 3000, steps_per_epoch: 600, counting: false },
  };
  const problem = { type: "error", request_seq: 0, code: "limit", message: "no", given: "", expected: "" } as const;

  beforeEach(() => {
    found = [];
    planner = new Planner(link, later, (plan, refusal) => found.push([plan, refusal]));
  });

  test("is asked for once the form has stood still", async () => {
    for (const seed of [1, 2, 3]) planner.want({ ...RECIPE, seed });
    pass();
    expect(link.asked).toEqual([{ type: "plan", recipe: { ...RECIPE, seed: 3 } }]);
    await link.answer(0, answer);
    expect(found).toEqual([[answer, null]]);
  });

  test("of an older recipe that comes late is not shown", async () => {
    planner.want(RECIPE);
    pass();
    planner.want({ ...RECIPE, seed: 2 });
    await link.answer(0, answer);
    expect(found).toEqual([]);
  });

  test("that is refused says why, and a dropped line says nothing", async () => {
    const refusal = new ServerError({ ...problem, span: null, suggestion: "" } satisfies Problem);
    planner.want(RECIPE);
    pass();
    await link.refuse(0, refusal);
    planner.now();
    pass();
    await link.refuse(1, new Error("lost"));
    expect(found).toEqual([[null, refusal]]);
  });

  test("is asked for again while PyTorch is being loaded", async () => {
    planner.want(RECIPE);
    pass();
    await link.answer(0, { ...answer, counting: true });
    pass();
    await link.answer(1, answer);
    pass();
    expect(link.asked.length).toBe(2);
  });
});

describe("the library", () => {
  const [A, B] = ["run-00000001", "run-00000002"];
  let book: Book;
  let lists: Runs[];
  let made: number;
  let library: Library;

  beforeEach(() => {
    [book, made] = [new Book(), 0];
    library = new Library({
      ...{ book, later, watched: () => A, changed: () => {} },
      list: async () => lists.shift() ?? Promise.reject(new Error("lost")),
      visits() {
        made += 1;
        return new Visits(link, book, later, () => {});
      },
    });
  });

  const list = (...runs: RunCard[]): Runs => ({ type: "runs", request_seq: 0, runs, most: 20 });

  test("a run alone needs no second line", async () => {
    lists = [list(card(A), card(B))];
    await library.refresh();
    expect([made, library.place, library.relatives()]).toEqual([0, 0, []]);
  });

  test("the rest of the family is visited, and shown with its place", async () => {
    lists = [list(card(A, { created: 2, parent: B }), card(B, { step: 3, created: 1 }))];
    await library.refresh();
    expect([made, library.place]).toEqual([1, 1]);
    expect(link.asked).toEqual([{ type: "watch", run: B, parts: [], known: 0 }]);
    book.take(state({ id: B, step: 3 }));
    expect(library.relatives().map(({ state, place }) => [state.id, place])).toEqual([[B, 0]]);
  });

  test("the list is asked for again while another one of the family trains, and no longer", async () => {
    const family = (status: RunCard["status"]) => list(card(A, { parent: B }), card(B, { status }));
    lists = [family("running"), family("done")];
    await library.refresh();
    ticks = ticks.filter(({ milliseconds }) => milliseconds === 2_000);
    expect(ticks.length).toBe(1);
    pass();
    await settled();
    expect(ticks.filter(({ milliseconds }) => milliseconds === 2_000)).toEqual([]);
  });

  test("of the watched run the page knows better than an older list", async () => {
    lists = [list(card(A, { step: 1 }))];
    await library.refresh();
    book.take(state({ id: A, step: 7, status: "running" }));
    expect(library.family()).toMatchObject([{ id: A, step: 7, status: "running" }]);
  });

  test("without a line it keeps what it had", async () => {
    lists = [list(card(A))];
    await library.refresh();
    await library.refresh();
    expect(library.runs?.runs.length).toBe(1);
  });
});
