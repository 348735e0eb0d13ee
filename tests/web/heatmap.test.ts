import { describe, expect, it } from "vitest";
import {
  asMatrix,
  colour,
  elementIndex,
  fromBytes,
  type Palette,
  parseColour,
  pixels,
  pooledRange,
  strength,
} from "../../static/src/heatmap";

const palette: Palette = { zero: [255, 255, 255], positive: [0, 0, 200], negative: [0, 0, 0], invalid: [1, 2, 3] };

describe("strength", () => {
  it("is linear in the magnitude and the same for both signs", () => {
    expect(strength(2, 2)).toBe(1);
    expect(strength(-2, 2)).toBe(1);
    expect(strength(1, 2) - strength(0.5, 2)).toBeCloseTo((strength(1.5, 2) - strength(0.5, 2)) / 2);
  });

  it("keeps zero apart from the smallest number", () => {
    expect(strength(0, 1)).toBe(0);
    expect(strength(1e-300, 1)).toBeGreaterThan(0.05);
  });

  it("draws what lies beyond the scale as strongly as the scale, and nothing where the scale is zero", () => {
    expect(strength(9, 2)).toBe(1);
    expect(strength(9, 0)).toBe(0);
  });
});

describe("colour", () => {
  it("goes from the paper towards one end for each sign", () => {
    expect(colour(0, 1, palette)).toEqual([255, 255, 255]);
    expect(colour(1, 1, palette)).toEqual([0, 0, 200]);
    expect(colour(-1, 1, palette)).toEqual([0, 0, 0]);
  });

  it("marks NaN and infinities", () => {
    for (const x of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(colour(x, 1, palette)).toEqual([1, 2, 3]);
    }
  });

  it("becomes opaque bytes, one pixel a number", () => {
    expect([...pixels([1, 0], 1, palette)]).toEqual([0, 0, 200, 255, 255, 255, 255, 255]);
  });
});

describe("a tensor as a matrix", () => {
  it("flattens leading axes into rows; a vector is one row", () => {
    expect(asMatrix([2, 3, 4])).toEqual({ rows: 6, columns: 4 });
    expect(asMatrix([5])).toEqual({ rows: 1, columns: 5 });
  });

  it("finds the index of an element again", () => {
    expect(elementIndex([2, 3, 4], 4, 1)).toEqual([1, 1, 1]);
    expect(elementIndex([7], 0, 4)).toEqual([4]);
    expect(elementIndex([], 0, 0)).toEqual([]);
  });
});

describe("pooledRange", () => {
  it("covers every number once, in order", () => {
    for (const [count, size] of [
      [64, 784],
      [64, 100],
      [64, 65],
      [3, 3],
    ] as const) {
      const ranges = Array.from({ length: count }, (_, i) => pooledRange(i, count, size));
      expect(ranges[0]?.[0]).toBe(0);
      expect(ranges.at(-1)?.[1]).toBe(size);
      for (const [i, [start, end]] of ranges.entries()) {
        expect(end).toBeGreaterThan(start);
        if (i > 0) expect(start).toBe(ranges[i - 1]?.[1]);
      }
    }
  });

  it("rounds edges as NumPy does: half to even", () => {
    // numpy.linspace(0, 10, 5).round() is 0, 2, 5, 8, 10
    expect([0, 1, 2, 3].map((i) => pooledRange(i, 4, 10)[0])).toEqual([0, 2, 5, 8]);
  });
});

it("reads numbers from bytes around their zero", () => {
  expect([...fromBytes([0, 128, 255], 128, 0.5)]).toEqual([-64, 0, 63.5]);
});

it("reads colours as style sheets write and compute them", () => {
  expect(parseColour("#1d2030")).toEqual([29, 32, 48]);
  expect(parseColour("rgb(29, 32, 48)")).toEqual([29, 32, 48]);
  expect(() => parseColour("none")).toThrow("none");
});
