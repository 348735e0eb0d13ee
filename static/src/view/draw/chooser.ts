import { MOST_NETWORKS } from "../../draw/address";
import { type Offer, offers } from "../../draw/answer-networks";
import type { RunCard } from "../../protocol";
import { element, setText } from "../element";
import type { RunsLine } from "./runs-line";

export interface Chooser {
  readonly root: HTMLElement;
  update(asked: readonly string[]): void;
}

/** Further networks that may be asked; the visitor's runs are looked up whenever it is opened. */
export function chooser(line: RunsLine, add: (id: string) => void): Chooser {
  const list = element("ul", { class: "offers" });
  const note = element("p", { class: "quiet" });
  const train = element("a", { href: "/train" }, "Train one of your own");
  const root = element(
    "details",
    { class: "chooser" },
    element("summary", {}, "Ask another network"),
    list,
    note,
    element("p", {}, train),
  );
  let asked: readonly string[] = [];
  let runs: readonly RunCard[] | null = null;
  let shown = "";

  root.addEventListener("toggle", () => {
    if (!root.open) return;
    line.ask((found) => {
      runs = found;
      show();
    });
    show();
  });

  function show(): void {
    if (!root.open) return;
    const offered = offers(asked, runs ?? []);
    const full = asked.length >= MOST_NETWORKS;
    setText(note, full ? `${MOST_NETWORKS} are asked at most: leave one out first.` : noteOf(runs, offered));
    const key = JSON.stringify([offered, full]);
    if (key === shown) return;
    shown = key;
    list.replaceChildren(...offered.map((offer) => element("li", {}, offerButton(offer, full))));
  }

  function offerButton({ id, title, says }: Offer, full: boolean): HTMLElement {
    const button = element(
      "button",
      { type: "button", class: "offer", disabled: full },
      element("b", {}, title),
      element("span", { class: "quiet" }, says),
    );
    button.addEventListener("click", () => {
      add(id);
      // The button goes with its offer.
      root.querySelector("summary")?.focus();
    });
    return button;
  }

  return {
    root,
    update(now) {
      asked = now;
      show();
    },
  };
}

function noteOf(runs: readonly RunCard[] | null, offered: readonly Offer[]): string {
  if (!runs) return "Looking up your runs.";
  if (offered.length === 0) return runs.length > 0 ? "All of them are asked." : "You have no runs yet.";
  return runs.some(({ kind }) => kind === "network") ? "" : "You have no runs yet.";
}
