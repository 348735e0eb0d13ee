import { type Explained, KINDS, type Kind } from "../../draw/why";
import { checkText, pixelWords } from "../../draw/why-words";
import { element, setText } from "../element";
import { typeset } from "../math";
import { choose, segments } from "../segments";
import { legend } from "./legend";
import { digitSwitch } from "./panel";
import { pixelReader, surface } from "./surface";

const ALL_KINDS = Object.keys(KINDS) as Kind[];

/** One map large over the drawing, its formula, its check and its numbers. */
export interface Large {
  readonly root: HTMLElement;
  show(answer: Explained, ink: Float32Array): void;
}

/** `pick`: another digit's score is to be explained. */
export function large(pick: (digit: number) => void): Large {
  const map = surface();
  const scale = legend();
  const kinds = segments<Kind>(
    "why-kind",
    "Map",
    ALL_KINDS.map((kind) => [kind, KINDS[kind].label] as const),
    (chosen) => {
      kind = chosen;
      draw();
    },
  );
  const digits = digitSwitch("why-of", "Score of", pick);
  const heading = element("h3");
  const says = element("p");
  const formula = element("div", { class: "formula" });
  const check = element("p", { class: "check" });
  let kind: Kind = "evidence";
  let shown: { answer: Explained; ink: Float32Array } | null = null;
  const reader = pixelReader([map], (row, column) =>
    shown ? pixelWords(shown.answer, kind, shown.ink, row, column) : [],
  );

  function draw(): void {
    if (!shown) return;
    const { answer, ink } = shown;
    const { of } = answer.why;
    const { title, role, says: text, latex, against, inFavour } = KINDS[kind];
    choose(digits, String(of));
    setText(heading, `${title} for the score of ${of}`);
    setText(says, text);
    typeset(formula, latex.replaceAll("{c}", `{${of}}`));
    setText(check, checkText(answer, kind));
    check.hidden = check.textContent === "";
    scale.show(role, answer.maps[kind].scale, { low: against, high: inFavour });
    map.show({ ...answer.maps[kind], role, ink, label: `${title} for the score of ${of}, 28 by 28 numbers` });
    reader.refresh();
  }

  return {
    root: element(
      "div",
      { class: "large" },
      element("div", { class: "large-map" }, map.root, scale.root),
      element("div", { class: "large-words" }, kinds, digits, heading, says, formula, check, reader.root),
    ),
    show(answer, ink) {
      shown = { answer, ink };
      draw();
    },
  };
}
