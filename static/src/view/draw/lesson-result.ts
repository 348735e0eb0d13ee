import type { Learned } from "../../draw/api";
import { lessonText } from "../../draw/learn";
import { element, setText } from "../element";
import { segments } from "../segments";
import { chances } from "./chances";
import { changesTable } from "./changes-table";
import { lessonMaps } from "./lesson-maps";
import { lossHistory } from "./loss-history";

interface Context {
  readonly rate: number;
  /** Where the training step can be walked. */
  readonly walk: string;
  readonly ink: Float32Array;
}

/** What the probabilities are compared with. */
const SINCE = { before: "before this step", start: "before all lessons" } as const;
type Since = keyof typeof SINCE;

/** What the latest training step did: loss, probabilities, every parameter, and the pixels it came from. */
export function lessonResult(): { readonly root: HTMLElement; show(learned: Learned, context: Context): void } {
  const says = element("p", { class: "verdict", role: "status" });
  const walk = element("a", { class: "ghost" }, "Walk this training step");
  const bars = chances("Probabilities");
  let since: Since = "before";
  let shown: Learned | null = null;
  const compared = segments<Since>(
    "learn-since",
    "Compare with",
    Object.entries(SINCE) as [Since, string][],
    (chosen) => {
      since = chosen;
      compare();
    },
  );
  const [history, table, maps] = [lossHistory(), changesTable(), lessonMaps()];
  const root = element(
    "div",
    { class: "lesson-result", hidden: true },
    element("div", { class: "reasons-bar" }, says, walk),
    element("div", { class: "lesson-pictures" }, element("div", {}, bars.root, compared), history.root),
    table.root,
    maps.root,
  );

  function compare(): void {
    if (!shown) return;
    compared.hidden = shown.history.length < 2;
    bars.name(SINCE[since], "now");
    bars.show(shown[since].probabilities, shown.after.probabilities, new Map([[shown.label, "label"]]));
  }

  return {
    root,
    show(learned, context) {
      root.hidden = false;
      shown = learned;
      setText(says, lessonText(learned));
      walk.href = context.walk;
      compare();
      history.show(learned);
      table.show(learned, context.rate);
      maps.show(learned, context.ink);
    },
  };
}
