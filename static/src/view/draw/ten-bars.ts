import { percent, ranked } from "../../draw/answer-words";
import { element, setText } from "../element";

export const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

export interface TenBars {
  readonly root: HTMLElement;
  /** null: not known yet. */
  show(probabilities: readonly number[] | null): void;
}

/** The ten probabilities as bars on an axis from 0 to 100 %, each with its percent; the winner is marked. */
export function tenBars(caption: string): TenBars {
  const rows = DIGITS.map((digit) => {
    const name = element("th", { scope: "row" }, String(digit));
    const track = element("td", { class: "share-track", "aria-hidden": "true" });
    const number = element("td", { class: "percent" });
    return { root: element("tr", {}, name, track, number), track, number };
  });
  const root = element(
    "table",
    { class: "ten-bars has-winner" },
    element("caption", { class: "unseen" }, caption),
    element("tbody", {}, ...rows.map((row) => row.root)),
  );
  return {
    root,
    show(probabilities) {
      const winner = probabilities ? ranked(probabilities)[0] : undefined;
      for (const [digit, row] of rows.entries()) {
        const probability = probabilities?.[digit];
        row.root.classList.toggle("winner", digit === winner);
        row.track.style.setProperty("--share", String(probability ?? 0));
        row.track.classList.toggle("none", probability === undefined);
        setText(row.number, probability === undefined ? "" : percent(probability));
      }
    },
  };
}

/** The same small: ten columns, their percents in words for who does not see them. */
export function tenColumns(): TenBars {
  const columns = DIGITS.map((digit) => element("i", { "data-digit": digit }));
  const root = element("div", { class: "ten-columns", role: "img" }, ...columns);
  return {
    root,
    show(probabilities) {
      const winner = probabilities ? ranked(probabilities)[0] : undefined;
      for (const [digit, column] of columns.entries()) {
        column.classList.toggle("winner", digit === winner);
        column.style.setProperty("--share", String(probabilities?.[digit] ?? 0));
        column.title = probabilities ? `${digit}: ${percent(probabilities[digit] ?? 0)}` : "";
      }
      const said = probabilities?.map((probability, digit) => `${digit}: ${percent(probability)}`).join(", ");
      root.setAttribute("aria-label", said ? `Probabilities: ${said}` : "Not asked yet");
    },
  };
}
