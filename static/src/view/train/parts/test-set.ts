import type { Evaluation } from "../../../protocol";
import type { EvaluateOptions, RunActions, RunPanel, RunView } from "../../../run/actions";
import { digitPictures } from "../../../run/parts-pictures";
import {
  type Cell,
  PAGE,
  pageOf,
  sayPictures,
  sayScore,
  stillHolds,
  testStanding,
  wantsTest,
} from "../../../run/parts-testset";
import { confusionMatrix } from "../../charts/confusion";
import { pictureGrid } from "../../charts/pictures";
import { element, section, setText } from "../../element";
import { whenSeen } from "../../seen";
import { explainOnce, showMessage } from "../../words";

/** A run that stands still for so long is tested unbidden. */
const REST_MS = 400;

/** The whole test set: accuracy, what was taken for what, and the wrong pictures, largest loss first. */
export function testSetPanel(host: HTMLElement, actions: RunActions): RunPanel {
  const { root, body } = section("test-set", "Test set");
  const says = element("p", { class: "quiet", role: "status" });
  const ask = button("plain-button", () => {
    const offer = last && testStanding(last, shown).offer;
    if (offer) evaluate(pageOf(offer.step, cell));
  });
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const score = element("p", { class: "test-score" });
  const [matrixHost, gridHost] = [element("div"), element("div")];
  const which = element("p", { class: "quiet", role: "status" });
  const all = button("plain-button", () => filter(null));
  all.textContent = "Show all wrong ones";
  const turns = ([-1, 1] as const).map((by) => {
    const turn = button("plain-button", () => shown && evaluate(pageOf(shown.step, cell, shown.start + by * PAGE)));
    turn.textContent = by < 0 ? "Previous" : "Next";
    return { by, turn };
  });
  const paging = element("div", { class: "turns" }, ...turns.map(({ turn }) => turn));
  const pages = element("div", { class: "row-head" }, which, all, paging);
  const found = element("div", { class: "test-found" }, matrixHost, element("div", {}, pages, gridHost));
  body.append(element("div", { class: "row-head" }, says, ask), problem, score, found);
  host.append(root);

  const matrix = confusionMatrix(matrixHost, {
    label: "What was taken for what",
    onCell: (digit, predicted) => filter({ true: digit, predicted }),
  });
  const grid = pictureGrid(gridHost, {
    label: "Pick one to walk its forward and backward pass",
    most: PAGE,
    onPick(i) {
      const index = shown?.indices[i];
      // The training step that begins with the weights that were tested.
      if (shown && index !== undefined) actions.openStep(shown.step + 1, { picture: index });
    },
  });

  let last: RunView | null = null;
  let shown: Evaluation | null = null;
  let cell: Cell | null = null;
  let asked = 0;
  let waiting = false;
  let seen = false;
  let timer = 0;
  /** The training step that could not be tested: it is not tried again unbidden. */
  let failed: number | null = null;

  function filter(next: Cell | null): void {
    cell = next;
    if (shown) evaluate(pageOf(shown.step, cell));
  }

  async function evaluate(options: EvaluateOptions): Promise<void> {
    const token = ++asked;
    waiting = true;
    showMessage(problem, "");
    showStanding();
    try {
      const evaluation = await actions.evaluate(options);
      if (token !== asked) return;
      failed = null;
      shown = evaluation;
    } catch (reason) {
      if (token !== asked) return;
      failed = last?.state.step ?? null;
      showMessage(problem, explainOnce(reason));
    }
    waiting = false;
    showAll();
    askSoon(); // the run may have stopped meanwhile
  }

  function showStanding(): void {
    if (!last) return;
    const { text, stale, offer } = testStanding(last, shown);
    setText(says, waiting && !shown ? "Testing …" : text);
    says.classList.toggle("stale", stale);
    ask.hidden = offer === null && !waiting;
    ask.disabled = waiting;
    setText(ask, waiting ? "Testing …" : (offer?.label ?? ""));
  }

  function showAll(): void {
    showStanding();
    score.hidden = found.hidden = shown === null;
    if (!shown) return;
    setText(score, sayScore(shown));
    matrix.update(shown.confusion, cell && [cell.true, cell.predicted]);
    setText(which, sayPictures(shown, cell));
    all.hidden = cell === null;
    paging.hidden = shown.wrong <= PAGE;
    for (const { by, turn } of turns) {
      const start = shown.start + by * PAGE;
      turn.disabled = start < 0 || start >= shown.wrong;
    }
    grid.update(digitPictures(shown));
  }

  function forget(): void {
    asked += 1;
    waiting = false;
    shown = cell = failed = null;
    showMessage(problem, "");
    showAll();
  }

  /** Asks unbidden once the run has stood still for a while: each single step would be tested otherwise. */
  function askSoon(): void {
    window.clearTimeout(timer);
    const due = () =>
      last &&
      (seen || last.state.status === "done") &&
      !waiting &&
      last.state.step !== failed &&
      wantsTest(last, shown);
    if (!due()) return;
    timer = window.setTimeout(() => {
      if (due()) evaluate(pageOf(null, cell));
    }, REST_MS);
  }

  whenSeen(root, (now) => {
    seen = now;
    askSoon();
  });
  showAll();
  return {
    update(view) {
      const before = last;
      last = view;
      const other = before !== null && before.state.id !== view.state.id;
      if (other || (shown && !stillHolds(view, shown))) forget();
      else showStanding();
      if (!before || whereOf(before) !== whereOf(view)) askSoon();
    },
  };
}

/** What decides whether the test set is asked for. */
function whereOf({ state, picked }: RunView): string {
  return `${state.id} ${state.step} ${state.status} ${picked}`;
}

function button(name: string, clicked: () => void): HTMLButtonElement {
  const made = element("button", { type: "button", class: name });
  made.addEventListener("click", clicked);
  return made;
}
