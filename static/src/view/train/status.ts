import { formatCount } from "../../charts/labels";
import type { RunPanel } from "../../run/actions";
import { LOSS } from "../../run/curves";
import { lowestLoss, type Readout, readouts, spokenText, statusText } from "../../run/progress";
import { element, setText } from "../element";

/** Somebody who listens hears no more than this often how training goes. */
const SPOKEN_MILLISECONDS = 4_000;

/** How the run stands, in a sentence and in four numbers that can be read from the last row. */
export function runStatus(host: HTMLElement, spoken: HTMLElement, pick: (step: number) => void): RunPanel {
  const says = element("p", { class: "run-says" });
  const numbers = element("dl", { class: "readouts" });
  const back = element("button", { type: "button", class: "plain-button", hidden: true });
  let best = 0;
  back.addEventListener("click", () => pick(best));
  host.replaceChildren(numbers, says, back);
  let cells: { name: Text; value: Text; note: Text }[] = [];
  let due = 0;
  let waiting = "";

  const build = (count: number) => {
    cells = Array.from({ length: count }, () => ({ name: new Text(), value: new Text(), note: new Text() }));
    numbers.replaceChildren(
      ...cells.map(({ name, value, note }) =>
        element("div", {}, element("dt", {}, name), element("dd", {}, value, element("small", {}, note))),
      ),
    );
  };
  const write = (found: readonly Readout[]) => {
    if (found.length !== cells.length) build(found.length);
    found.forEach(({ name, value, note }, i) => {
      const cell = cells[i];
      if (!cell) return;
      setText(cell.name, name);
      setText(cell.value, value);
      setText(cell.note, note);
    });
  };
  const speak = (words: string) => {
    waiting = words;
    if (due !== 0 || spoken.textContent === words) return;
    setText(spoken, words);
    due = window.setTimeout(() => {
      due = 0;
      speak(waiting);
    }, SPOKEN_MILLISECONDS);
  };

  return {
    update(view) {
      host.dataset.status = view.state.status;
      setText(says, statusText(view.state));
      back.hidden = view.state.status !== "diverged" || view.picked !== null;
      if (!back.hidden) {
        best = lowestLoss(view.curves.series(LOSS));
        setText(back, `Back to step ${formatCount(best)}, where the loss was lowest`);
      }
      write(readouts(view));
      speak(spokenText(view));
    },
  };
}
