import { afterEach, expect, test, vi } from "vitest";
import { Refusal } from "../../static/src/data/api";
import type { Asked } from "../../static/src/draw/api";
import { keyOf, Latest, whyOf } from "../../static/src/draw/asking";

const asked: Asked = { code: "C", network: "reader", lessons: "", rate: 0.01 };

afterEach(() => vi.unstubAllGlobals());

function server(...replies: (() => Response)[]) {
  const fetch = vi.fn(async () => (replies.shift() ?? (() => Response.json({ of: 3 })))());
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

test("two panels that ask the same share one request", async () => {
  const fetch = server();
  const [one, other] = await Promise.all([
    whyOf({ ...asked, code: "share" }, null),
    whyOf({ ...asked, code: "share" }, null),
  ]);
  expect(other).toBe(one);
  expect(fetch).toHaveBeenCalledTimes(1);
  await whyOf({ ...asked, code: "share" }, 4);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("what failed is asked again", async () => {
  server(() => Response.json({ code: "x", message: "No", given: "a", expected: "b" }, { status: 422 }));
  await expect(whyOf({ ...asked, code: "fail" }, null)).rejects.toThrow("No. Given: a. Expected: b.");
  await expect(whyOf({ ...asked, code: "fail" }, null)).resolves.toEqual({ of: 3 });
});

test("a run's answer is not kept: it may have trained on", async () => {
  const fetch = server();
  await whyOf({ ...asked, network: "run:abc" }, null);
  await whyOf({ ...asked, network: "run:abc" }, null);
  expect(fetch).toHaveBeenCalledTimes(2);
});

test("only so many answers are kept", async () => {
  const fetch = server();
  for (let i = 0; i < 25; i++) await whyOf({ ...asked, code: `many ${i}` }, null);
  await whyOf({ ...asked, code: "many 24" }, null);
  expect(fetch).toHaveBeenCalledTimes(25);
  await whyOf({ ...asked, code: "many 0" }, null);
  expect(fetch).toHaveBeenCalledTimes(26);
});

test("the learning rate belongs to the question only where something was taught", () => {
  expect(keyOf({ ...asked, rate: 1 })).toBe(keyOf(asked));
  expect(keyOf({ ...asked, lessons: "7.1", rate: 1 })).not.toBe(keyOf({ ...asked, lessons: "7.1" }));
});

/** A question that is answered when the test says so. */
function question() {
  let resolve = (_answer: string) => {};
  let reject = (_reason: Error) => {};
  const promise = new Promise<string>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { ask: vi.fn(() => promise), resolve, reject };
}

function told() {
  return { answered: vi.fn(), refused: vi.fn() };
}

test("of three questions the second is never asked and the third is told", async () => {
  const latest = new Latest<string>();
  const [first, second, third, ears] = [question(), question(), question(), told()];
  for (const { ask } of [first, second, third]) latest.ask(ask, ears);
  expect(first.ask).toHaveBeenCalledOnce();
  first.resolve("first");
  await vi.waitFor(() => expect(third.ask).toHaveBeenCalledOnce());
  third.resolve("third");
  await vi.waitFor(() => expect(ears.answered).toHaveBeenCalled());
  expect(ears.answered.mock.calls).toEqual([["third"]]);
  expect(second.ask).not.toHaveBeenCalled();
});

test("a dropped question is not told, the next one is", async () => {
  const latest = new Latest<string>();
  const [first, next, ears] = [question(), question(), told()];
  latest.ask(first.ask, ears);
  latest.drop();
  first.reject(new Refusal("x", "late"));
  latest.ask(next.ask, ears);
  next.resolve("next");
  await vi.waitFor(() => expect(ears.answered).toHaveBeenCalledWith("next"));
  expect(ears.refused).not.toHaveBeenCalled();
});

test("a refusal is told as it is", async () => {
  const latest = new Latest<string>();
  const [first, ears] = [question(), told()];
  latest.ask(first.ask, ears);
  first.reject(new Refusal("unknown_run", "This run is gone."));
  await vi.waitFor(() => expect(ears.refused).toHaveBeenCalledOnce());
  expect(ears.refused.mock.lastCall?.[0].message).toBe("This run is gone.");
});
