import { confusionMarks, confusionText } from "../../charts/confusion";
import { formatCount } from "../../charts/labels";
import { element, setText } from "../element";

export interface ConfusionOptions {
  readonly label: string;
  /** A cell was clicked, or chosen by Enter or Space. */
  onCell?(digit: number, predicted: number): void;
}

export interface ConfusionMatrix {
  /** Rows are true digits, columns predicted ones; `chosen` is marked. */
  update(counts: readonly (readonly number[])[], chosen?: readonly [digit: number, predicted: number] | null): void;
  destroy(): void;
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);
const REST = "Rows: the true digit. Columns: what it was taken for.";

/** Ten digits by what they were taken for; right and wrong ones have a scale of their own each. */
export function confusionMatrix(host: HTMLElement, options: ConfusionOptions): ConfusionMatrix {
  let counts: readonly (readonly number[])[] = [];
  let at: readonly [number, number] = [0, 0];
  const cells = DIGITS.map((row) =>
    DIGITS.map((column) => element("td", { role: "gridcell", tabindex: row + column === 0 ? 0 : -1 })),
  );
  const table = element("table", { class: "confusion", role: "grid", "aria-label": options.label });
  table.append(
    element(
      "thead",
      {},
      element("tr", {}, element("td"), ...DIGITS.map((digit) => element("th", { scope: "col" }, String(digit)))),
    ),
    element(
      "tbody",
      {},
      ...cells.map((row, digit) => element("tr", {}, element("th", { scope: "row" }, String(digit)), ...row)),
    ),
  );
  const readout = element("output", { class: "quiet" }, REST);
  const legend = element("p", { class: "quiet confusion-legend" });
  const axes = element("div", { class: "confusion-axes" }, element("span", { class: "above" }, "taken for"), table);
  const root = element("figure", { class: "chart confusion-chart" });
  root.append(element("figcaption", {}, options.label), axes, legend, readout);
  host.append(root);

  const read = (row: number, column: number) => setText(readout, confusionText(counts, row, column));
  const focus = (row: number, column: number) => {
    const next = cells[row]?.[column];
    if (!next) return;
    cells[at[0]]?.[at[1]]?.setAttribute("tabindex", "-1");
    at = [row, column];
    next.tabIndex = 0;
    next.focus();
  };
  const moves: Readonly<Record<string, () => void>> = {
    ArrowUp: () => focus(at[0] - 1, at[1]),
    ArrowDown: () => focus(at[0] + 1, at[1]),
    ArrowLeft: () => focus(at[0], at[1] - 1),
    ArrowRight: () => focus(at[0], at[1] + 1),
    Home: () => focus(at[0], 0),
    End: () => focus(at[0], DIGITS.length - 1),
    Enter: () => options.onCell?.(...at),
    " ": () => options.onCell?.(...at),
  };
  const cellOf = (target: EventTarget | null): readonly [number, number] | null => {
    for (const [row, line] of cells.entries()) {
      const column = line.indexOf(target as HTMLTableCellElement);
      if (column >= 0) return [row, column];
    }
    return null;
  };
  table.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move();
  });
  table.addEventListener("click", ({ target }) => {
    const cell = cellOf(target);
    if (!cell) return;
    focus(...cell);
    options.onCell?.(...cell);
  });
  for (const name of ["pointerover", "focusin"] as const) {
    table.addEventListener(name, ({ target }) => {
      const cell = cellOf(target);
      if (cell) read(...cell);
    });
  }
  for (const name of ["pointerleave", "focusout"] as const) table.addEventListener(name, () => setText(readout, REST));

  return {
    update(next, chosen = null) {
      counts = next;
      const marks = confusionMarks(counts);
      for (const [row, line] of marks.cells.entries()) {
        for (const [column, { count, correct, strength }] of line.entries()) {
          const cell = cells[row]?.[column];
          if (!cell) continue;
          setText(cell, formatCount(count));
          cell.className = count === 0 ? "none" : correct ? "right" : "wrong";
          cell.style.setProperty("--strength", String(strength));
          cell.setAttribute("aria-label", confusionText(counts, row, column));
          cell.setAttribute("aria-selected", String(chosen?.[0] === row && chosen[1] === column));
        }
      }
      const [right, wrong] = [formatCount(marks.mostCorrect), formatCount(marks.mostWrong)];
      setText(legend, `Full colour: ${right} recognised on the diagonal, ${wrong} mistaken off it.`);
    },
    destroy: () => root.remove(),
  };
}
