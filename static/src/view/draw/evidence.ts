import { type Explained, SIDE } from "../../draw/why";
import { restName, written } from "../../draw/why-words";
import { element, setText } from "../element";
import { drawLasting, drawPicture } from "../heat";
import { legend } from "./legend";

/** Ten maps, one a digit: what each pixel gives to its score; a click shows one large. */
export interface Evidence {
  readonly root: HTMLElement;
  /** `label`: what the picture was taught to be. */
  show(answer: Explained, label: number | null): void;
}

export function evidence(pick: (digit: number) => void): Evidence {
  const maps = Array.from({ length: 10 }, (_, digit) => evidenceMap(digit, () => pick(digit)));
  const scale = legend();
  return {
    root: element(
      "div",
      { class: "evidence" },
      element(
        "div",
        { class: "evidence-maps", role: "group", "aria-label": "Evidence for each digit" },
        ...maps.map(({ root }) => root),
      ),
      element("div", { class: "evidence-scale" }, element("span", {}, "One scale for all ten"), scale.root),
    ),
    show(answer, label) {
      const common = answer.maps.evidence.scale;
      scale.show("value", common, { low: "against", high: "for" });
      for (const map of maps) map.show(answer, label);
    },
  };
}

function evidenceMap(digit: number, pick: () => void) {
  const canvas = element("canvas", { class: "heat", "aria-hidden": "true" });
  const chips = element("span", { class: "chips" });
  const [pixels, score] = [element("span"), element("span")];
  const [restLabel, rest] = [element("span"), element("span")];
  const line = (name: Node | string, number: HTMLElement, kind = "line") =>
    element("span", { class: kind }, name, " ", number);
  const root = element(
    "button",
    { type: "button", class: "evidence-map", "aria-pressed": "false" },
    element("span", { class: "head" }, element("b", {}, String(digit)), " ", chips),
    canvas,
    element(
      "span",
      { class: "sum" },
      ...[line("pixels", pixels), " ", line(restLabel, rest), " ", line("score", score, "line total")],
    ),
  );
  root.addEventListener("click", pick);
  return {
    root,
    show({ parts, maps, why, winner }: Explained, label: number | null): void {
      const part = parts[digit];
      if (!part) return;
      const text = written(part);
      setText(pixels, text.pixels);
      setText(restLabel, restName(why.network.id));
      setText(rest, text.rest);
      setText(score, text.score);
      const [isWinner, isTaught] = [digit === winner, digit === label];
      setText(chips, isWinner ? (isTaught ? "as taught" : "its answer") : isTaught ? "taught" : "");
      root.classList.toggle("winner", isWinner);
      root.setAttribute("aria-pressed", String(digit === why.of));
      const picture = { rows: SIDE, columns: SIDE, numbers: part.numbers };
      drawLasting(canvas, () => drawPicture(canvas, picture, "value", maps.evidence.scale));
    },
  };
}
