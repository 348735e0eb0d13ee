import { expect, it } from "vitest";
import { elementName, GUTTER, gridCell, mapsOf, pixelAt, regionOf, regionSize } from "../../static/src/picture";
import type { Tensor } from "../../static/src/state";

function tensor(parts: Partial<Tensor>): Tensor {
  return { shape: [100, 784], picture_shape: [64, 64], images: null, maps: null, ...parts } as Tensor;
}

it("says what a pooled pixel stands for", () => {
  const region = regionOf(tensor({}), 1, 63);
  expect(region).toEqual({ rows: [2, 3], columns: [772, 784] });
  expect(regionSize(region)).toBe("1×12");
});

it("finds the pixel of every element: the one whose region holds it", () => {
  const large = tensor({});
  for (let row = 0; row < 100; row += 7) {
    for (let column = 0; column < 784; column += 5) {
      const pixel = pixelAt(large, row, column);
      const region = regionOf(large, pixel.row, pixel.column);
      expect(region.rows[0] <= row && row < region.rows[1]).toBe(true);
      expect(region.columns[0] <= column && column < region.columns[1]).toBe(true);
    }
  }
});

it("cuts rows that are pictures into maps of signed numbers", () => {
  const rows = tensor({
    images: [2, 2],
    maps: Uint8Array.of(128, 129, 127, 255, 0, 0, 0, 0),
    maps_scale: 2,
    maps_zero: 128,
  });
  const [first, second, ...more] = mapsOf(rows);
  expect(more).toEqual([]);
  expect([...(first?.numbers ?? [])]).toEqual([0, 2, -2, 254]);
  expect([...(second?.numbers ?? [])]).toEqual([-256, -256, -256, -256]);
});

it("names an element by its place in the tensor's own axes", () => {
  expect(elementName("W", [3, 4], 2, 1)).toBe("W[2, 1]");
  expect(elementName("b", [4], 0, 3)).toBe("b[3]");
});

it("every pixel of a grid of pictures stands for a number of its own, and gutters for the nearest", () => {
  const tensor = { shape: [5, 6], images: [2, 3] } as unknown as Tensor;
  const columns = 3;
  const [down, across] = [2 + 2 * GUTTER, 3 + 2 * GUTTER];
  for (let row = 0; row < 5; row++) {
    for (let column = 0; column < 6; column++) {
      const y = Math.floor(row / columns) * down + GUTTER + Math.floor(column / 3);
      const x = (row % columns) * across + GUTTER + (column % 3);
      expect(gridCell(tensor, columns, y, x)).toEqual({ row, column });
    }
  }
  expect(gridCell(tensor, columns, 0, 0)).toEqual({ row: 0, column: 0 });
  expect(gridCell(tensor, columns, 0, across)).toEqual({ row: 1, column: 0 });
  // The grid's last place is empty.
  expect(gridCell(tensor, columns, 2 * down - 1, 3 * across - 1)).toEqual({ row: 4, column: 5 });
});
