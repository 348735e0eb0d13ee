import { beforeEach, describe, expect, test } from "vitest";
import { Curves } from "../../static/src/run/curves";
import { Kept } from "../../static/src/run/kept";
import { chunk, frame, state } from "./train";

let curves: Curves;
const losses = () => [...curves.series("loss").y];

beforeEach(() => {
  curves = new Curves();
});

describe("curves", () => {
  test("grow by pieces; losses stand at training steps 1, 2, ...", () => {
    expect(curves.apply(chunk(0, [3, 2]))).toBe(true);
    expect(curves.apply(chunk(2, [1]))).toBe(true);
    expect(losses()).toEqual([3, 2, 1]);
    expect([...curves.series("loss").x]).toEqual([1, 2, 3]);
    expect(curves.known).toBe(3);
  });

  test("what stood from a piece's start on is replaced", () => {
    curves.apply(chunk(0, [3, 2, 9, 9, 9]));
    curves.apply(chunk(2, [1]));
    expect(losses()).toEqual([3, 2, 1]);
  });

  test("a piece after a gap is not taken", () => {
    curves.apply(chunk(0, [3]));
    expect(curves.apply(chunk(2, [1]))).toBe(false);
    expect(losses()).toEqual([3]);
  });

  test("grow beyond any room they had", () => {
    for (let i = 0; i < 5000; i += 100) curves.apply(chunk(i, Array(100).fill(i)));
    expect(curves.known).toBe(5000);
    expect(curves.series("loss").y[4999]).toBe(4900);
    expect(curves.series("loss").x[4999]).toBe(5000);
  });

  test("sampled ones have training steps of their own, and each layer one of its own", () => {
    curves.apply(chunk(0, [5, 6], "grad_norm.0", [1, 10]));
    curves.apply(chunk(0, [7], "grad_norm.1", [10]));
    expect(curves.layers("grad_norm").map(({ x }) => [...x])).toEqual([[1, 10], [10]]);
    expect(curves.layers("update_ratio")).toEqual([]);
  });

  test("are cut at a training step, each by its own steps", () => {
    curves.apply(chunk(0, [3, 2, 1]));
    curves.apply(chunk(0, [5, 6], "accuracy", [1, 3]));
    curves.cut(2);
    expect(losses()).toEqual([3, 2]);
    expect([...curves.series("accuracy").x]).toEqual([1]);
  });

  test("bytes that lie anywhere in a frame are read", () => {
    const { y, ...rest } = chunk(0, [1.5]);
    const odd = new Uint8Array([9, ...y]).subarray(1);
    curves.apply({ ...rest, y: odd });
    expect(losses()).toEqual([1.5]);
  });
});

describe("what the page keeps of a run", () => {
  const layers = [{ name: "Layer 1" }] as never;

  test("heavy parts stay until there are others, light ones are the newest", () => {
    const kept = new Kept(state());
    const part = (of: string) => ({ of }) as never;
    const heavy = { maps: part("w"), gradient_maps: part("g"), batch: part("b"), curve: part("c") };
    kept.show(frame(1, { ...heavy, layers, pace: 5 }));
    kept.show(frame(2, { pace: 6 }));
    expect(kept.frame).toMatchObject({ ...heavy, step: 2, pace: 6, layers });
    kept.show(frame(3, { maps: part("newer") }));
    expect(kept.frame).toMatchObject({ ...heavy, maps: part("newer"), layers });
    kept.show(frame(2));
    expect(kept.state.step).toBe(2);
  });

  test("a run that begins again has no curves and no parts", () => {
    const kept = new Kept(state());
    kept.show(frame(2, { layers, series: [chunk(0, [3, 2])] }));
    kept.take(state({ step: 0 }));
    expect([kept.curves.known, kept.frame]).toEqual([0, null]);
  });

  test("a state alone cuts nothing: frames may be ahead of it", () => {
    const kept = new Kept(state());
    kept.show(frame(2, { series: [chunk(0, [3, 2])] }));
    kept.take(state({ step: 1 }));
    expect(kept.curves.known).toBe(2);
  });

  test("what the server has lost is forgotten here, too", () => {
    const kept = new Kept(state());
    kept.show(frame(3, { series: [chunk(0, [3, 2, 1])] }));
    kept.agree(state({ step: 2 }));
    expect(kept.curves.known).toBe(2);
  });
});
