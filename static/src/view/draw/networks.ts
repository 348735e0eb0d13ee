import { explained, goneOf, titleOf } from "../../draw/answer-networks";
import type { Prediction } from "../../draw/api";
import type { DrawActions, DrawPanel, DrawView } from "../../draw/view";
import { element } from "../element";
import { showMessage } from "../words";
import { chooser } from "./chooser";
import { type NetworkCard, networkCard } from "./network-card";
import { runsLine } from "./runs-line";

/** The networks that are asked, the first is explained; others may be asked, too. */
export function networksPanel(host: HTMLElement, actions: DrawActions): DrawPanel {
  const cards = new Map<string, NetworkCard>();
  const list = element("ul", { class: "network-cards" });
  const gone = element("p", { class: "problem", role: "alert", hidden: true });
  const line = runsLine();
  const more = chooser(line, (id) => choose([...asked, id]));
  let asked: readonly string[] = [];
  let before: { readonly prediction: Prediction | null; readonly reading: boolean } | null = null;
  host.classList.add("section");
  host.replaceChildren(element("h2", {}, "Networks"), list, gone, more.root);

  function choose(networks: readonly string[]): void {
    showMessage(gone, "");
    actions.choose(networks);
  }

  function cardOf(id: string): NetworkCard {
    const known = cards.get(id);
    if (known) return known;
    const card = networkCard(id, {
      explain: () => id !== asked[0] && choose(explained(asked, id)),
      leaveOut: () => choose(asked.filter((other) => other !== id)),
    });
    cards.set(id, card);
    return card;
  }

  function arrange(networks: readonly string[]): void {
    if (networks.join() === asked.join()) return;
    asked = networks;
    const focused = document.activeElement;
    list.replaceChildren(...networks.map((id) => cardOf(id).root));
    if (focused instanceof HTMLElement && list.contains(focused)) focused.focus();
    for (const id of cards.keys()) if (!networks.includes(id)) cards.delete(id);
  }

  /** What could not be read may have asked a run that is no more: then the others are asked without it. */
  function dropGone({ prediction, reading }: DrawView): void {
    const refused = before?.reading && !reading && prediction === before.prediction;
    before = { prediction, reading };
    if (!refused || !asked.some((id) => goneOf([id], []).length > 0)) return;
    line.ask((runs) => {
      const lost = goneOf(asked, runs);
      if (lost.length === 0) return;
      const names = lost.map((id) => titleOf(id, prediction).title).join(", ");
      showMessage(gone, `${names}: no longer there, and not asked any more.`);
      const left = asked.filter((id) => !lost.includes(id));
      actions.choose(left.length > 0 ? left : ["reader"]);
    });
  }

  return {
    update(view) {
      arrange(view.networks);
      for (const id of view.networks) cardOf(id).update(view);
      more.update(view.networks);
      dropGone(view);
    },
  };
}
