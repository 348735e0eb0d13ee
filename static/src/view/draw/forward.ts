import { commonScale, hiddenLayers, type Layer, walkAddress } from "../../draw/answer-forward";
import { ranked } from "../../draw/answer-words";
import type { Digit, Why } from "../../draw/api";
import { shownKeyOf, whyOf } from "../../draw/asking";
import { countOf, labelOf, lessonsText } from "../../draw/lessons";
import { askedOf, type DrawActions, type DrawPanel, type DrawView, isPassing, pickedDigit } from "../../draw/view";
import { formatNumber } from "../../format";
import { element, setText } from "../element";
import { type LayerCells, layerCells } from "./cells";
import { panelFrame } from "./panel";
import { patient, type Question } from "./patient";
import { drawDigit } from "./seen";
import { softmaxTable, softmaxText } from "./softmax";

const LEAD =
  "Each layer makes new numbers of those before it. The last makes a score (logit) for each digit, and softmax makes probabilities of the ten scores.";

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
  const scaled = element("span", { class: "quiet" }, "Layers, on one scale:");
  const below = element("div", { class: "forward-below" }, scaled, legend, readout);
  const frame = panelFrame(host, "The forward pass it took", LEAD);
  frame.content.append(note, way, below, formula);
  host.append(element("p", {}, walk));
  const tell = (text: string) => setText(readout, text || "Point at a cell to read its value.");
  let layout = "";
  let cells: readonly LayerCells[] = [];
  tell("");

  function show(why: Why, digit: Digit, lessons: number): void {
    const hidden = hiddenLayers(why);
    const scale = commonScale(hidden);
    setText(note, noteOf(why, lessons));
    drawDigit(pixels, digit);
    arrange(hidden);
    for (const [i, layer] of hidden.entries()) cells[i]?.show(layer, scale);
    below.hidden = hidden.length === 0;
    const ends = [`−${formatNumber(scale)}`, "0", formatNumber(scale)].map((end) => element("span", {}, end));
    legend.replaceChildren(...ends, element("div", { class: "scale-bar", "aria-hidden": "true" }));
    table.show(why.logits, why.probabilities);
    formula.replaceChildren(...softmaxText(why.logits, why.probabilities, ranked(why.probabilities)[0] ?? 0));
  }

  function arrange(hidden: readonly Layer[]): void {
    const now = hidden.map(({ numbers }) => numbers.length).join();
    if (now === layout) return;
    layout = now;
    cells = hidden.map((layer) => layerCells(layer, tell));
    layers.replaceChildren(...cells.map(({ root }) => root));
  }

  const questions = patient<() => void>(host, frame, (show) => show());

  function question(view: DrawView): Question<() => void> | null {
    const digit = pickedDigit(view);
    const asked = digit && askedOf(view, lessonsText(view.lessons, digit.code));
    if (!asked) return null;
    walk.href = walkAddress(asked, labelOf(view.lessons, digit.code));
    const lessons = countOf(view.lessons);
    return {
      key: shownKeyOf(asked, digit),
      code: digit.code,
      async ask() {
        const answer = await whyOf(asked, null);
        return () => show(answer, digit, lessons);
      },
    };
  }

  return {
    update(view) {
      host.hidden = pickedDigit(view) === null;
      questions.want(question(view), isPassing(view));
    },
  };
}

/** Whose pass it is: of the network as it came, or of the visitor's copy. */
function noteOf({ network }: Why, lessons: number): string {
  if (lessons === 0) return `Through ${network.title}.`;
  return `Through your copy of ${network.title}, after ${lessons} training step${lessons === 1 ? "" : "s"} of yours.`;
}
