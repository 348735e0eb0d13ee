import { formatNumber } from "../format";
import { strength } from "../heatmap";
import type { Picture } from "../picture";
import { element } from "./element";

/** A small matrix as a table of numbers, headed by its indices. */
export function numberTable(picture: Picture, name: string): HTMLElement {
  const largest = picture.numbers.reduce((size, x) => Math.max(size, Number.isFinite(x) ? Math.abs(x) : 0), 0);
  const rows = Array.from({ length: picture.rows }, (_, row) => {
    const numbers = picture.numbers.subarray(row * picture.columns, (row + 1) * picture.columns);
    const cells = Array.from(numbers, (x) => {
      const cell = element("td", {}, formatNumber(x));
      cell.style.setProperty("--strength", strength(x, largest).toFixed(3));
      return cell;
    });
    return element("tr", {}, ...cells);
  });
  return element("table", { class: "numbers", "aria-label": `${name} in numbers` }, element("tbody", {}, ...rows));
}
