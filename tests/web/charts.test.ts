import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { type Axis, epochTicks, invert, place, stepTicks, ticksOf } from "../../static/src/charts/axis";
import { barMarks } from "../../static/src/charts/bars";
import { confusionMarks, confusionText } from "../../static/src/charts/confusion";
import { BREAK, extentOf, outline } from "../../static/src/charts/decimate";
import { stepDomain, valueDomain } from "../../static/src/charts/domain";
import { binAt, binText, histogramBars, sharedScale } from "../../static/src/charts/histogram";
import { formatCount, formatSingle } from "../../static/src/charts/labels";
import { type LineView, lineMarks } from "../../static/src/charts/lines";
import { LOOKS } from "../../static/src/charts/looks";
import { bytePalette, crispSize, digitCaption, fullScale, sheetOf } from "../../static/src/charts/pictures";
import { nearestStep, neighbourStep, readingsAt, sentenceAt } from "../../static/src/charts/readout";
import {
  captionOf,
  divergedAt,
  indexFrom,
  indexUpTo,
  type LineSeries,
  type Samples,
  stepAt,
} from "../../static/src/charts/series";
import { smooth } from "../../static/src/charts/smooth";
import { spread } from "../../static/src/charts/spread";
import {
  contourPaths,
  nearestOnGrid,
  nearestOnPaths,
  pathAt,
  pathPixels,
  type SurfaceGrid,
  type SurfacePath,
  surfaceLevels,
} from "../../static/src/charts/surface";

type Random = (below: number) => number;

/** A property of many cases, each made from its own seed, which a failure names. */
function property(name: string, cases: number, check: (random: Random) => void): void {
  test(name, () => {
    for (let seed = 0; seed < cases; seed++) {
      let state = (seed + 1) * 2654435761;
      try {
        check((below) => {
          state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
          return (state / 2 ** 32) * below;
        });
      } catch (problem) {
        throw new Error(`case ${seed}: ${problem instanceof Error ? problem.message : problem}`, { cause: problem });
      }
    }
  });
}

/** A curve of noise with holes, its training steps implicit or not. */
function curve(random: Random): Samples {
  const length = 1 + Math.floor(random(600));
  const holes = random(1) < 0.5 ? 0 : random(0.3);
  const special = [Number.NaN, Infinity, -Infinity, -1, 0];
  const ys = Float32Array.from({ length: length + 5 }, () =>
    random(1) < holes ? (special[Math.floor(random(5))] ?? 0) : random(10) ** 3,
  );
  if (random(1) < 0.5) return { ys, length, first: Math.floor(random(50)), every: 1 + Math.floor(random(4)) };
  let step = Math.floor(random(20));
  const xs = Float64Array.from(ys, () => {
    step += 1 + Math.floor(random(9));
    return step;
  });
  return { xs, ys, length };
}

describe("a decimated line", () => {
  property(
    "never loses an extreme of a column, keeps order, and breaks where there is nothing to draw",
    120,
    (random) => {
      const samples = curve(random);
      const count = samples.length ?? 0;
      const entries = Array.from({ length: count }, (_, i) => i);
      const kind = random(1) < 0.5 ? "linear" : "log";
      const drawable = (i: number) => {
        const y = samples.ys[i] ?? Number.NaN;
        return Number.isFinite(y) && (kind === "linear" || y > 0);
      };
      const last = stepAt(samples, count - 1);
      const from = random(last);
      const window = [from, from + 1 + random(last)] as const;
      const columns = 1 + Math.floor(random(80));
      const { indices, gaps } = outline(samples, kind, window, columns);
      const kept = indices.filter((index) => index !== BREAK);
      expect(kept.every(drawable)).toBe(true);
      expect(kept.every((index, i) => i === 0 || index > (kept[i - 1] ?? 0))).toBe(true);
      const width = (window[1] - window[0]) / columns;
      const columnOf = (i: number) => Math.floor((stepAt(samples, i) - window[0]) / width);
      for (let column = 0; column < columns; column++) {
        const inside = entries.filter((i) => columnOf(i) === column && drawable(i));
        if (inside.length === 0) continue;
        const heights = inside.map((i) => samples.ys[i] ?? 0);
        const shown = kept.filter((i) => columnOf(i) === column).map((i) => samples.ys[i] ?? 0);
        expect(Math.max(...shown)).toBe(Math.max(...heights));
        expect(Math.min(...shown)).toBe(Math.min(...heights));
      }
      // Between two entries of one line no whole column is empty of numbers.
      for (let i = 1; i < indices.length; i++) {
        const [before = 0, after = 0] = [indices[i - 1], indices[i]];
        if (before === BREAK || after === BREAK) continue;
        const holes = entries.slice(before + 1, after).filter((i) => !drawable(i));
        expect(holes.every((i) => columnOf(i) === columnOf(before) || columnOf(i) === columnOf(after))).toBe(true);
      }
      const lastDrawable = entries.findLast((i) => drawable(i) && stepAt(samples, i) <= window[1]) ?? -1;
      expect(kept.at(-1) ?? -1).toBeGreaterThanOrEqual(lastDrawable);
      // A stretch of line is drawn from its first to its last number.
      for (const [i, index] of indices.entries()) {
        const edge = index !== BREAK && (indices[i - 1] === BREAK || indices[i + 1] === BREAK);
        const column = entries.filter((j) => columnOf(j) === columnOf(index));
        if (edge) expect(column.some((j) => !drawable(j)) || !drawable(index - 1) || !drawable(index + 1)).toBe(true);
      }
      for (const { index, before } of gaps) {
        expect(drawable(index)).toBe(false);
        expect(entries.slice(before + 1, index).some((i) => drawable(i) && columnOf(i) >= 0)).toBe(false);
        if (before >= 0) expect(drawable(before)).toBe(true);
      }
    },
  );

  it("is small, and leaves the window by one entry on either side", () => {
    const samples = { ys: Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i)), first: 1 };
    const { indices } = outline(samples, "linear", [20_000, 60_000], 500);
    expect(indices.length).toBeLessThanOrEqual(2 * 500 + 4);
    expect(stepAt(samples, indices[0] ?? 0)).toBe(19_999);
    expect(stepAt(samples, indices.at(-1) ?? 0)).toBe(60_001);
  });

  it("says where a curve stops having numbers, and breaks there", () => {
    const ys = Float32Array.of(1, 2, Number.NaN, Infinity, 3, 4);
    const { indices, gaps } = outline({ ys }, "linear", [0, 5], 100);
    expect(indices).toEqual([0, 1, BREAK, 4, 5]);
    expect(gaps).toEqual([{ index: 2, before: 1 }]);
    expect(outline({ ys }, "linear", [0, 5], 1).gaps).toEqual(gaps);
    expect(outline({ ys: Float32Array.of(1, 0, 2) }, "log", [0, 2], 100).indices).toEqual([0, BREAK, 2]);
  });

  it("knows the smallest and largest number inside the window only", () => {
    const samples = { ys: Float32Array.of(100, 1, 2, 3, -100) };
    expect(extentOf(samples, outline(samples, "linear", [1, 3], 50).indices, [1, 3])).toEqual([1, 3]);
    expect(extentOf({ ys: Float32Array.of(Number.NaN) }, [BREAK], [0, 9])).toBeNull();
  });
});

describe("entries and their training steps", () => {
  property("are found again from either side", 60, (random) => {
    const samples = curve(random);
    const count = samples.length ?? 0;
    const step = Math.floor(random(stepAt(samples, count - 1) + 20)) - 5;
    const steps = Array.from({ length: count }, (_, i) => stepAt(samples, i));
    const from = steps.findIndex((at) => at >= step);
    expect(indexFrom(samples, step)).toBe(from < 0 ? count : from);
    expect(indexUpTo(samples, step)).toBe(steps.findLastIndex((at) => at <= step));
  });

  it("tell where a run diverged", () => {
    const diverged = { ys: Float32Array.of(1, Number.NaN, 2, Infinity, Number.NaN), first: 38 };
    expect(divergedAt(diverged)).toBe(41);
    expect(divergedAt({ ys: Float32Array.of(Number.NaN, 1) })).toBeNull();
    expect(captionOf({ ...diverged, id: "a", label: "lr 1", look: 0 })).toBe("lr 1, diverged at step 41");
  });
});

describe("smoothing", () => {
  property("is the average with weights that fall by a factor a training step", 40, (random) => {
    const samples = curve(random);
    const weight = random(0.99);
    const smoothed = smooth(samples, weight);
    const i = Math.floor(random(samples.length ?? 0));
    const newest = samples.ys[i] ?? 0;
    if (!Number.isFinite(newest)) {
      expect(smoothed[i]).toBe(newest);
      return;
    }
    let [sum, weights] = [0, 0];
    for (let j = 0; j <= i; j++) {
      const y = samples.ys[j] ?? 0;
      if (!Number.isFinite(y)) continue;
      const share = weight ** (stepAt(samples, i) - stepAt(samples, j));
      sum += share * y;
      weights += share;
    }
    expect((smoothed[i] ?? 0) / (sum / weights)).toBeCloseTo(1, 4);
  });

  it("leaves a curve as it is with weight 0, and reuses an array that is long enough", () => {
    const ys = Float32Array.of(3, 1, Number.NaN, 2);
    const into = new Float32Array(9);
    expect(smooth({ ys }, 0, into)).toBe(into);
    expect([...into.subarray(0, 4)]).toEqual([3, 1, Number.NaN, 2]);
    expect(smooth({ ys }, 0, new Float32Array(3))).toHaveLength(8);
  });
});

describe("domains", () => {
  property("contain their numbers, and move seldom while these grow", 60, (random) => {
    const kind = random(1) < 0.5 ? "linear" : "log";
    let [low, high] = [1 + random(5), 6 + random(5)];
    let domain: readonly [number, number] | null = null;
    let [moves, contained] = [0, true];
    for (let i = 0; i < 1000; i++) {
      if (random(1) < 0.5) high *= 1 + random(0.02);
      else low *= 1 - random(0.02);
      const next = valueDomain(domain, [low, high], kind);
      contained &&= next[0] <= low && high <= next[1];
      if (next !== domain) moves += 1;
      domain = next;
    }
    expect(contained).toBe(true);
    // The numbers grow by some e^10; an axis that moved with each of them would move a thousand times.
    expect(moves).toBeLessThan(80);
  });

  it("stay exactly as they are while they fit, and shrink where most would be empty", () => {
    const wide = valueDomain(null, [0, 2.3], "linear");
    expect(valueDomain(wide, [0.2, 2.2], "linear")).toBe(wide);
    const narrow = valueDomain(wide, [0.01, 0.11], "linear");
    expect(narrow[1]).toBeLessThan(0.2);
    expect(valueDomain(null, [0.2, 0.5], "linear", { from: 0, to: 1 })).toEqual([0, 1]);
    expect(valueDomain(null, [0.02, 3], "log", { from: 0 })).toEqual([0.02, 5]);
    expect(valueDomain([0, 5], [0.02, 3], "log")).toEqual([0.02, 5]);
  });

  property("of training steps end in round steps, at the planned end at the latest", 40, (random) => {
    const planned = 100 + Math.floor(random(5000));
    let domain: readonly [number, number] | null = null;
    const ends = new Set<number>();
    let within = true;
    for (let last = 0; last <= planned; last++) {
      domain = stepDomain(domain, last, planned);
      ends.add(domain[1]);
      within &&= last <= domain[1] && domain[1] <= planned;
    }
    expect(within).toBe(true);
    expect(domain?.[1]).toBe(planned);
    expect(ends.size).toBeLessThan(35);
  });

  it("of training steps begin anew after a reset", () => {
    expect(stepDomain([0, 5000], 3)[1]).toBe(10);
    expect(stepDomain([0, 100], 70, 80)).toEqual([0, 80]);
  });
});

describe("axes", () => {
  const log: Axis = { kind: "log", domain: [0.01, 100], range: [200, 0] };

  it("place numbers and find them again", () => {
    expect(place(log, 1)).toBeCloseTo(100);
    expect(invert(log, 50)).toBeCloseTo(10);
    for (const x of [0, -1, Number.NaN, Infinity]) expect(place(log, x)).toBeNaN();
    const linear: Axis = { kind: "linear", domain: [-1, 3], range: [0, 400] };
    expect([place(linear, 0), invert(linear, 100)]).toEqual([100, 0]);
  });

  it("carry powers of ten, and more between few of them", () => {
    expect(ticksOf(log, 40).map(({ label }) => label)).toEqual(["0.01", "0.1", "1", "10", "100"]);
    expect(ticksOf({ ...log, domain: [0.5, 5] }, 40).map(({ value }) => value)).toEqual([0.5, 1, 2, 5]);
    expect(ticksOf({ ...log, domain: [1e-12, 1] }, 40).length).toBeLessThan(8);
  });

  it("carry whole steps and every n-th epoch", () => {
    const x: Axis = { kind: "linear", domain: [0, 3], range: [0, 600] };
    expect(stepTicks(x, 60).map(({ label }) => label)).toEqual(["0", "1", "2", "3"]);
    const long: Axis = { kind: "linear", domain: [0, 60_000], range: [0, 600] };
    expect(epochTicks(long, 600, 50).map(({ label }) => label)).toEqual([
      "10",
      "20",
      "30",
      "40",
      "50",
      "60",
      "70",
      "80",
      "90",
      "100",
    ]);
    expect(epochTicks({ ...long, domain: [1000, 2500] }, 600, 50).map(({ value }) => value)).toEqual([
      1200, 1800, 2400,
    ]);
  });
});

describe("labels at the ends of lines", () => {
  property("never overlap, keep their order, and stay inside", 80, (random) => {
    const count = 1 + Math.floor(random(8));
    const wanted = Array.from({ length: count }, () => random(200) - 20);
    const places = spread(wanted, 20, 0, 160);
    expect(places).toHaveLength(count);
    const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
    for (const [rank, label] of order.entries()) {
      const at = places?.[label] ?? Number.NaN;
      expect(at).toBeGreaterThanOrEqual(10 - 1e-9);
      expect(at).toBeLessThanOrEqual(150 + 1e-9);
      const before = places?.[order[rank - 1] ?? -1];
      if (before !== undefined) expect(at - before).toBeGreaterThanOrEqual(20 - 1e-9);
    }
  });

  it("stand where they want to, if they can", () => {
    expect(spread([100, 50], 20, 0, 160)).toEqual([100, 50]);
    expect(spread([80, 80], 20, 0, 160)).toEqual([70, 90]);
    expect(spread([1, 2, 3], 20, 0, 50)).toBeNull();
  });
});

describe("numbers at a training step", () => {
  const loss: LineSeries = { id: "loss", label: "loss", look: 0, ys: Float32Array.of(0.1, 0.2, 0.3, 0.4), first: 1 };
  const test: LineSeries = {
    id: "test",
    label: "test loss",
    look: 1,
    xs: Int32Array.of(2, 6),
    ys: Float32Array.of(0.5, Number.NaN),
  };

  it("are exact, and the last known one where a curve has none", () => {
    expect(readingsAt([loss, test], 3).map(({ step, text }) => [step, text])).toEqual([
      [3, "0.3"],
      [2, "0.5"],
    ]);
    expect(readingsAt([loss, test], 1)).toHaveLength(1);
    expect(sentenceAt([loss, test], 3)).toBe("Step 3: loss 0.3, test loss 0.5 at step 2");
    expect(sentenceAt([loss, test], 6)).toBe("Step 6: loss 0.4 at step 4, test loss NaN");
  });

  it("belong to the nearest step, and to the next one", () => {
    expect([0, 2.4, 2.6, 5.2, 99].map((x) => nearestStep([loss, test], x))).toEqual([1, 2, 3, 6, 6]);
    expect(nearestStep([], 1)).toBeNull();
    expect([1, 4, 6].map((step) => neighbourStep([loss, test], step, 1))).toEqual([2, 6, 6]);
    expect([6, 2, 1].map((step) => neighbourStep([loss, test], step, -1))).toEqual([4, 1, 1]);
  });

  it("are written with the digits that tell a float32 from its neighbours", () => {
    expect(formatSingle(Math.fround(0.1))).toBe("0.1");
    expect(formatSingle(Math.fround(0.13485119))).toBe("0.13485119");
    expect(formatSingle(-16777215)).toBe("−16777215");
    const bits = new Uint32Array(2000).map((_, i) => Math.imul(i, 2654435761));
    for (const x of new Float32Array(bits.buffer).filter(Number.isFinite)) {
      expect(Math.fround(Number(formatSingle(x).replaceAll("−", "-")))).toBe(x);
    }
    expect(formatCount(1234567)).toBe("1,234,567");
  });
});

describe("a line chart", () => {
  const view: LineView = {
    ...{ width: 400, height: 200, kind: "linear", zoom: null, smoothed: new Map(), hidden: new Set() },
    previous: { x: null, y: null },
  };
  const parent: LineSeries = { id: "a", label: "a", look: 0, ys: Float32Array.of(4, 3, 2, Number.NaN), first: 1 };
  const child: LineSeries = {
    ...{ id: "b", label: "b", look: 1, ys: Float32Array.of(1, 1), first: 3 },
    branch: { of: "a", from: 2 },
  };

  it("becomes marks: lines, ends, gaps, branches, uprights", () => {
    const events = [2, 99].map((step) => ({ step, label: "learning rate 0.1" }));
    const marks = lineMarks({ series: [parent, child], now: 4, picked: 99, events }, view);
    const { x, y } = marks;
    expect(x.domain[0]).toBe(0);
    const [first] = marks.lines;
    expect([...(first?.points.subarray(0, 2) ?? [])]).toEqual([place(x, 1), place(y, 4)].map(Math.fround));
    expect(marks.ends.get("a")).toEqual({ look: 0, x: place(x, 3), y: place(y, 2) });
    expect(marks.gaps).toEqual([{ look: 0, x: place(x, 4), y: place(y, 2) }]);
    expect(marks.branches[0]?.from).toEqual({ look: 1, x: place(x, 2), y: place(y, 3) });
    expect([marks.now, marks.picked]).toEqual([place(x, 4), null]);
    expect(marks.events).toMatchObject([{ x: place(x, 2), label: "learning rate 0.1" }]);
  });

  it("draws smoothed curves above faint ones, and leaves hidden ones out of the axis", () => {
    const smoothed = new Map([["a", smooth(parent, 0.5)]]);
    const lines = lineMarks({ series: [parent, child] }, { ...view, smoothed }).lines;
    expect(lines.map(({ look, faint }) => [look, faint])).toEqual([
      [0, true],
      [0, false],
      [1, false],
    ]);
    const { y, lines: left } = lineMarks({ series: [parent, child] }, { ...view, hidden: new Set(["a"]) });
    expect(left).toHaveLength(1);
    expect(y.domain[1]).toBeLessThan(4);
  });

  it("keeps the labels of what happened apart", () => {
    const events = [1, 1.02, 1.04, 1.06, 3, 9].map((step) => ({ step, label: "lr 0.01" }));
    const marks = lineMarks({ series: [parent], events }, view).events;
    expect(marks.map(({ row }) => row)).toEqual([0, 1, 2, null, 0, 0]);
    expect(marks.map(({ side }) => side).at(-1)).toBe("left");
  });

  it("marks a gap at the end of the axis, where its last number lies beyond", () => {
    const { gaps, ends } = lineMarks({ series: [parent] }, { ...view, from: 0, to: 1 });
    expect(gaps[0]?.y).toBe(0);
    expect(ends.get("a")?.y).toBeLessThan(0);
  });

  it("shows what it is zoomed to", () => {
    const { x, y } = lineMarks({ series: [parent] }, { ...view, zoom: [2.5, 3.5] });
    expect(x.domain).toEqual([2.5, 3.5]);
    expect(y.domain[1]).toBeLessThan(3);
  });
});

describe("histograms", () => {
  const bins = { counts: [0, 4, 16, 1], largest: 2 };

  it("are drawn over their scale, zero in the middle, heights by the square root", () => {
    expect(histogramBars(bins, 2, 40, 8)).toEqual([
      { x: 10, width: 10, y: 4, height: 4, negative: true },
      { x: 20, width: 10, y: 0, height: 8, negative: false },
      { x: 30, width: 10, y: 6, height: 2, negative: false },
    ]);
    expect(histogramBars(bins, 4, 40, 8).map(({ x }) => x)).toEqual([15, 20, 25]);
    expect(histogramBars({ counts: [1, 1_000_000], largest: 1 }, 1, 40, 8)[0]?.height).toBe(1);
    expect(histogramBars({ counts: [1, 1], largest: Number.NaN }, 1, 40, 8)).toEqual([]);
  });

  it("share a round scale that moves seldom", () => {
    const first = sharedScale(0, [bins, { counts: [], largest: Number.NaN }]);
    expect(first).toBeGreaterThanOrEqual(2);
    expect(sharedScale(first, [{ counts: [], largest: 1.5 }])).toBe(first);
    expect(sharedScale(first, [{ counts: [], largest: 0.1 }])).toBeLessThan(0.2);
    expect(sharedScale(3, [])).toBe(0);
  });

  it("say how many numbers lie under the cursor", () => {
    expect([0, 0.3, 0.6, 0.99].map((share) => binAt(bins, 2, share))).toEqual([0, 1, 2, 3]);
    expect([0, 0.3, 0.6].map((share) => binAt(bins, 4, share))).toEqual([null, 0, 2]);
    expect(binText(bins, 1)).toBe("4 of 21 numbers lie in −1 … 0");
  });
});

describe("bars", () => {
  const view = { kind: "log", width: 100, previous: null, band: [1e-4, 1e-2] } as const;

  it("show the band, and say which numbers lie outside of it", () => {
    const rows = [1e-3, 1e-6, 0.5, 0, Number.NaN, null].map((value) => ({ label: "", value }));
    const { lengths, sides, band, axis } = barMarks(rows, view);
    expect(sides).toEqual(["within", "below", "above", "below", null, null]);
    expect(lengths.map((length) => length === null)).toEqual([false, false, false, true, true, true]);
    expect(lengths[1]).toBeGreaterThan(0);
    expect(band).toEqual([place(axis, 1e-4), place(axis, 1e-2)]);
  });

  it("of shares go from 0 to 1", () => {
    const { lengths } = barMarks([{ label: "", value: 0.25 }], {
      ...view,
      kind: "linear",
      from: 0,
      to: 1,
      band: undefined,
    });
    expect(lengths).toEqual([25]);
  });
});

describe("a confusion matrix", () => {
  const counts = [
    [90, 2],
    [10, 80],
  ];

  it("has a scale for errors of their own", () => {
    const { cells, mostCorrect, mostWrong } = confusionMarks(counts);
    expect([mostCorrect, mostWrong]).toEqual([90, 10]);
    expect([cells[0]?.[0]?.strength, cells[1]?.[0]?.strength]).toEqual([1, 1]);
    expect(confusionMarks([[9, 1]]).cells[0]?.[1]?.strength).toBeLessThan(0.5);
    expect(confusionMarks([[9, 0]]).cells[0]?.[1]?.strength).toBe(0);
  });

  it("says what a cell means", () => {
    expect(confusionText(counts, 1, 0)).toBe("10 of 90 pictures of a 1 were taken for a 0: 11.1 %");
    expect(confusionText(counts, 0, 0)).toBe("90 of 92 pictures of a 0 were recognised: 97.8 %");
  });
});

describe("pictures", () => {
  it("stand in as many columns as fit, a page at a time", () => {
    expect(sheetOf(150, 1, 60, 500, 80)).toEqual({ columns: 6, rows: 10, from: 60, to: 120, page: 1, pages: 3 });
    expect(sheetOf(150, 9, 60, 500, 80)).toMatchObject({ from: 120, to: 150, page: 2, rows: 5 });
    expect(sheetOf(0, 0, 60, 10, 80)).toMatchObject({ columns: 1, rows: 0, pages: 1 });
    // Eleven would fit: three rows of eight are equally long.
    expect(sheetOf(24, 0, 60, 900, 80)).toMatchObject({ columns: 8, rows: 3 });
    expect(sheetOf(45, 1, 40, 500, 80)).toMatchObject({ columns: 6, rows: 1, from: 40 });
  });

  it("cover whole pixels of the screen", () => {
    expect([crispSize(56, 1), crispSize(56, 1.5), crispSize(50, 2), crispSize(1, 1)]).toEqual([56, 56, 56, 28]);
    for (const ratio of [1, 1.1, 1.25, 1.5, 2, 2.625])
      expect((crispSize(56, ratio) * ratio) / 28).toBeCloseTo(Math.round((56 * ratio) / 28));
  });

  it("are ink on paper, or two hues around zero", () => {
    const palette = { zero: [255, 255, 255], positive: [0, 0, 200], negative: [9, 9, 9], invalid: [1, 2, 3] } as const;
    const colourAt = (byte: number, signed?: { zero: number; scale: number }) => [
      ...new Uint8Array(bytePalette(signed, palette).buffer, 4 * byte, 4),
    ];
    expect(colourAt(0)).toEqual([255, 255, 255, 255]);
    expect(colourAt(255)).toEqual([9, 9, 9, 255]);
    const signed = { zero: 128, scale: 0.5 };
    expect(
      [colourAt(1, signed), colourAt(128, signed), colourAt(255, signed)].map(([red, , blue]) => [red, blue]),
    ).toEqual([
      [9, 9],
      [255, 255],
      [0, 200],
    ]);
    expect([fullScale(signed), fullScale(undefined)]).toEqual([63.5, null]);
  });

  it("of digits say what they were taken for", () => {
    expect(digitCaption(4, 9, 0.5)).toEqual({
      lines: ["9, not 4", "50 %"],
      says: "A 4, taken for a 9 with 50 %",
      wrong: true,
    });
    expect(digitCaption(4, 4, 0.987)).toMatchObject({ lines: ["4", "98.7 %"], wrong: false });
  });
});

describe("a loss surface", () => {
  const [columns, rows] = [41, 31];
  /** x^2 + 4 y^2 over [-2, 2] x [-1.5, 1.5]. */
  const values = Float32Array.from({ length: columns * rows }, (_, k) => {
    const [x, y] = [-2 + (k % columns) / 10, -1.5 + Math.floor(k / columns) / 10];
    return x * x + 4 * y * y;
  });
  const grid: SurfaceGrid = { columns, rows, values, x: [-2, 2], y: [-1.5, 1.5] };
  const x: Axis = { kind: "linear", domain: [-2, 2], range: [0, 400] };
  const y: Axis = { kind: "linear", domain: [-1.5, 1.5], range: [300, 0] };

  it("is parted where its numbers are, not only where they are large", () => {
    const levels = surfaceLevels(grid);
    expect(levels).toEqual([...levels].sort((a, b) => a - b));
    expect(new Set(levels).size).toBe(levels.length);
    expect(levels[0]).toBeLessThan(0.5);
    expect(levels.at(-1)).toBeGreaterThan(5);
  });

  it("has its contours where the loss is the level", () => {
    const [path = ""] = contourPaths(grid, [1], x, y);
    const points = [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(
      ([, across, down]) => [Number(across), Number(down)] as const,
    );
    const inside = points.filter(([across, down]) => across > 5 && across < 395 && down > 5 && down < 295);
    expect(inside.length).toBeGreaterThan(40);
    for (const [across, down] of inside) {
      expect(invert(x, across) ** 2 + 4 * invert(y, down) ** 2).toBeCloseTo(1, 1);
    }
  });

  it("takes what is too large for a number for its highest place", () => {
    for (const lost of [Number.NaN, Infinity]) {
      const steep = { ...grid, values: values.map((value) => (value > 5 ? lost : value)) };
      expect(surfaceLevels(steep).every(Number.isFinite)).toBe(true);
      expect(contourPaths(steep, [1], x, y)).toEqual(contourPaths(grid, [1], x, y));
    }
  });

  it("is read at its own points, without making up numbers in between", () => {
    const near = nearestOnGrid(grid, 0.52, -0.98);
    expect(near.x).toBeCloseTo(0.5);
    expect(near.y).toBeCloseTo(-1);
    expect(near.loss).toBe(values[5 * columns + 25]);
    expect(nearestOnGrid(grid, 99, -99)).toMatchObject({ x: 2, y: -1.5 });
  });

  const path: SurfacePath = {
    ...{ id: "a", label: "a", look: 0 },
    points: Float32Array.of(-2, 0, -1, 0, -1, 0.001, 0, 0),
    losses: Float32Array.of(4, 1, 1, 0),
  };

  it("shows paths up to a step, their ends always", () => {
    expect(pathPixels(path, 1, x, y)).toEqual([0, 150, 100, 150]);
    expect(pathPixels(path, 2, x, y)).toHaveLength(6);
    expect(pathPixels(path, 3, x, y)).toEqual([0, 150, 100, 150, 200, 150]);
    expect(pathAt(path, 99)).toEqual({ step: 3, x: 0, y: 0, loss: 0 });
  });

  it("finds the step under the pointer among those that were taken", () => {
    const at = { x: 203, y: 150 };
    expect(nearestOnPaths([path], 3, at, { x, y }, 12)?.step).toBe(3);
    expect(nearestOnPaths([path], 2, at, { x, y }, 12)).toBeNull();
  });
});

describe("the colours of series", () => {
  type Rgb = readonly [number, number, number];
  const css = readFileSync("static/css/tokens.css", "utf8");
  const token = (name: string): [light: Rgb, dark: Rgb] => {
    const [, light = "", dark = ""] = new RegExp(`${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(css) ?? [];
    return [linear(light), linear(dark)];
  };
  const linear = (hex: string): Rgb => {
    const part = (at: number) => {
      const x = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    };
    return [part(1), part(3), part(5)];
  };
  const times = (matrix: readonly Rgb[], [r, g, b]: Rgb) =>
    matrix.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Rgb;
  const luminance = (colour: Rgb) => times([[0.2126, 0.7152, 0.0722]], colour)[0];
  const contrast = (a: Rgb, b: Rgb) => {
    const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };
  /** Ottosson's OKLab, in which distances are about as large as they look. */
  const lab = (colour: Rgb) => {
    const cones = times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      colour.map((x) => Math.min(1, Math.max(0, x))) as unknown as Rgb,
    );
    return times(
      [
        [0.2104542553, 0.793617785, -0.0040720468],
        [1.9779984951, -2.428592205, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.808675766],
      ],
      cones.map(Math.cbrt) as unknown as Rgb,
    );
  };
  /** Machado, Oliveira and Fernandes 2009, full severity. */
  const eyes: Readonly<Record<string, readonly Rgb[]>> = {
    "most people": [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
    protanopia: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deuteranopia: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
    tritanopia: [
      [1.255528, -0.076749, -0.178779],
      [-0.078411, 0.930809, 0.147602],
      [0.004733, 0.691367, 0.3039],
    ],
  };

  it.each(["light", "dark"])("stand out from the %s panel", (theme) => {
    const side = theme === "light" ? 0 : 1;
    for (const look of LOOKS)
      expect(contrast(token(look.token)[side], token("--panel")[side])).toBeGreaterThanOrEqual(3);
  });

  it.each(["light", "dark"].flatMap((theme) => Object.keys(eyes).map((eye) => [theme, eye] as const)))(
    "stand apart from each other on %s for %s",
    (theme, eye) => {
      const side = theme === "light" ? 0 : 1;
      const seen = LOOKS.map((look) => lab(times(eyes[eye] ?? [], token(look.token)[side])));
      for (const [i, a] of seen.entries()) {
        for (const b of seen.slice(i + 1))
          expect(Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])).toBeGreaterThan(0.1);
      }
    },
  );
});
