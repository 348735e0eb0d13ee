import { expect, test } from "vitest";
import { formatExact, formatNumber, formatShape, formatValue, parseNumber } from "../../static/src/format";

test.each([
  [0.2231301, "0.2231"],
  [-0.6690872, "−0.6691"],
  [1.5, "1.5"],
  [1, "1"],
  [0, "0"],
  [-0, "−0"],
  [100, "100"],
  [9999, "9999"],
  [9999.6, "1e4"],
  [12341, "1.234e4"],
  [0.0001, "0.0001"],
  [0.00001234, "1.234e−5"],
  [-1e300, "−1e300"],
  [Number.NaN, "NaN"],
  [Infinity, "∞"],
  [-Infinity, "−∞"],
])("%f is %s", (number, text) => {
  expect(formatNumber(number)).toBe(text);
});

test("an exact number can be typed in again without loss", () => {
  for (const number of [Math.PI, -1 / 3, 1e-17, 5e-324, 123456789.125, Infinity]) {
    expect(parseNumber(formatExact(number))).toBe(number);
  }
});

test("what people type: a comma, either minus, spaces; anything else is no number", () => {
  expect([" 1,5 ", "-2", "−2", "1e−3", "NaN"].map(parseNumber)).toEqual([1.5, -2, -2, 0.001, Number.NaN]);
  expect(["", "two", "1.2.3", "--1"].map(parseNumber)).toEqual([null, null, null, null]);
});

test("shapes", () => {
  expect([formatShape([100, 784]), formatShape([3]), formatShape([])]).toEqual(["100×784", "3", "scalar"]);
  expect(formatValue({ ref: 0, shape: [2, 3] })).toBe("2×3");
});
