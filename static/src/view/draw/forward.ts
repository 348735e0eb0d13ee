import { commonScale, hiddenLayers, type Layer, walkAddress } from "../../draw/answer-forward";
import { ranked } from "../../draw/answer-words";
import type { Digit, Why } from "../../draw/api";
import { keyOf, Latest, whyOf } from "../../draw/asking";
import { countOf, labelOf, lessonsText } from "../../draw/lessons";
import { askedOf, type DrawActions, type DrawPanel, type DrawView, pickedDigit } from "../../draw/view";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import { whenSeen } from "../seen";
import { showMessage } from "../words";
import { type LayerCells, layerCells } from "./cells";
import { drawDigit } from "./seen";
import { softmaxTable, softmaxText } from "./softmax";

/** The forward pass that one digit took through the network that is explained: every layer's numbers. */
export function forwardPanel(host: HTMLElement, _actions: DrawActions): DrawPanel {
  const note = element("p", { class: "quiet forward-note" });
  const pixels = element("canvas", { class: "heat pixels", "aria-hidden": "true" });
  const first = element(
    "figure",
    {},
    pixels,
    element("figcaption", {}, element("b", {}, "Pixels"), element("span", { class: "quiet" }, "784 values, 0 to 1")),
  );
  const layers = element("div", { class: "forward-layers" });
  const table = softmaxTable();
  const way = element("div", { class: "forward-way" }, first, layers, table.root);
  const legend = element("div", { class: "scale forward-scale" });
  const readout = element("p", { class: "quiet readout", "aria-live": "polite" });
  const formula = element("p", { class: "softmax-text" });
  const walk = element("a", { class: "ghost walk" }, "Walk it, one operation at a time");
  const problem = element("p", { class: "problem", hidden: true });
  const scaled = element("span", { class: "quiet" }, "Layers, on one scale:");
  const below = element("div", { class: "forward-below" }, scaled, legend, readout);
  const body = element("div", { hidden: true }, note, way, below, formula);
  host.classList.add("reasons");
  host.replaceChildren(element("h2", {}, "The forward pass it took"), body, problem, element("p", {}, walk));

  const latest = new Latest<Why>();
  const tell = (text: string) => setText(readout, text || "Point at a cell to read its value.");
  let now: DrawView | null = null;
  let seen = false;
  let asked = "";
  let layout = "";
  let cells: readonly LayerCells[] = [];
  tell("");

  function show(why: Why, digit: Digit, lessons: number): void {
    const hidden = hiddenLayers(why);
    const scale = commonScale(hidden);
    body.hidden = false;
    showMessage(problem, "");
    setText(note, noteOf(why, lessons));
    drawDigit(pixels, digit);
    arrange(hidden);
    for (const [i, layer] of hidden.entries()) cells[i]?.show(layer, scale);
    below.hidden = hidden.length === 0;
    const ends = [`−${formatNumber(scale)}`, "0", formatNumber(scale)].map((end) => element("span", {}, end));
    legend.replaceChildren(...ends, element("div", { class: "scale-bar", "aria-hidden": "true" }));
    table.show(why.logits, why.probabilities);
    formula.replaceChildren(...softmaxText(why.logits, why.probabilities, ranked(why.probabilities)[0] ?? 0));
    host.removeAttribute("aria-busy");
  }

  function arrange(hidden: readonly Layer[]): void {
    const now = hidden.map(({ numbers }) => numbers.length).join();
    if (now === layout) return;
    layout = now;
    cells = hidden.map((layer) => layerCells(layer, tell));
    layers.replaceChildren(...cells.map(({ root }) => root));
  }

  whenSeen(host, (inSight) => {
    seen = inSight;
    if (now) ask(now);
  });

  function ask(view: DrawView): void {
    const digit = pickedDigit(view);
    const question = digit && askedOf(view, lessonsText(view.lessons, digit.code));
    if (!question) return;
    walk.href = walkAddress(question, labelOf(view.lessons, digit.code));
    // A run may have trained on since: every reading asks anew.
    const key = keyOf(question) + (question.network.startsWith("run:") ? digit.opinions[0]?.logits.join() : "");
    if (!seen || key === asked) return;
    asked = key;
    host.setAttribute("aria-busy", "true");
    const lessons = countOf(view.lessons);
    latest.ask(() => whyOf(question, null), {
      answered: (why) => show(why, digit, lessons),
      refused(message) {
        asked = "";
        body.hidden = true;
        showMessage(problem, message);
        host.removeAttribute("aria-busy");
      },
    });
  }

  return {
    update(view) {
      now = view;
      host.hidden = pickedDigit(view) === null;
      if (!host.hidden) ask(view);
      else {
        asked = "";
        latest.drop();
      }
    },
  };
}

/** Whose pass it is: of the network as it came, or of the visitor's copy. */
function noteOf({ network }: Why, lessons: number): string {
  if (lessons === 0) return `Through ${network.title}.`;
  return `Through your copy of ${network.title}, after ${lessons} training step${lessons === 1 ? "" : "s"} of yours.`;
}
