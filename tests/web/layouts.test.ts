import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LayoutNode } from "../../static/src/layout";
import { AGAIN, type LayoutWorker, layouts } from "../../static/src/layouts";

/** A worker that answers when told to. */
class Clerk implements LayoutWorker {
  onmessage: Worker["onmessage"] = null;
  onerror: Worker["onerror"] = null;
  readonly jobs: { job: number; gap: number }[] = [];

  postMessage(job: { job: number; gap: number }): void {
    this.jobs.push(job);
  }

  answer(place: number): void {
    const { job, gap } = this.jobs[place] as { job: number; gap: number };
    const event = { data: { job, layout: gap } } as MessageEvent;
    this.onmessage?.call(this as unknown as Worker, event);
  }

  fail(event: object): void {
    this.onerror?.call(this as unknown as Worker, event as ErrorEvent);
  }
}

const NODES: readonly LayoutNode[] = [];

function office() {
  const clerks: Clerk[] = [];
  const layOut = layouts(() => {
    const clerk = new Clerk();
    clerks.push(clerk);
    return clerk;
  });
  return { clerks, layOut };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("only the newest job is answered", async () => {
  const { clerks, layOut } = office();
  const answered: unknown[] = [];
  void layOut(NODES, 1).then((layout) => answered.push(layout));
  const second = layOut(NODES, 2).then((layout) => answered.push(layout));
  clerks[0]?.answer(1);
  clerks[0]?.answer(0);
  await second;
  expect(answered).toEqual([2]);
});

test("a worker that could not be fetched is fetched again and given the newest job", async () => {
  const { clerks, layOut } = office();
  void layOut(NODES, 1);
  const second = layOut(NODES, 2);
  clerks[0]?.fail({});
  expect(clerks).toHaveLength(1);
  vi.advanceTimersByTime(AGAIN);
  expect(clerks[1]?.jobs.map(({ gap }) => gap)).toEqual([2]);
  clerks[1]?.answer(0);
  expect(await second).toBe(2);
});

test("after an answer nothing is asked again", async () => {
  const { clerks, layOut } = office();
  const only = layOut(NODES, 1);
  clerks[0]?.answer(0);
  await only;
  clerks[0]?.fail({});
  vi.advanceTimersByTime(AGAIN);
  expect(clerks[1]?.jobs).toEqual([]);
});

test("an error in the worker's own script is not repeated", () => {
  const { clerks } = office();
  clerks[0]?.fail({ message: "Uncaught TypeError" });
  vi.advanceTimersByTime(10 * AGAIN);
  expect(clerks).toHaveLength(1);
});
