import { formatCount } from "../../charts/labels";
import type { RunCard, Runs } from "../../protocol";
import { trainAddress } from "../../run/address";
import { lookOfPlace, nameOfPlace } from "../../run/series";
import { swatch } from "../charts/swatch";
import { element } from "../element";
import { explainOnce, showMessage } from "../words";
import { pressTwice } from "./twice";

interface ListOptions {
  /** Watches another run without leaving the page. */
  watch(id: string): void;
  remove(id: string): Promise<void>;
}

export interface RunsList {
  update(runs: Runs, watched: string | null): void;
}

const STATUS: Readonly<Record<RunCard["status"], string>> = {
  paused: "paused",
  running: "training",
  done: "done",
  diverged: "diverged",
};

/** The visitor's runs, newest first: go on with one, or delete it. */
export function runsList(host: HTMLElement, { watch, remove }: ListOptions): RunsList {
  const count = element("p", { class: "quiet" });
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const rows = element("ul", { class: "run-cards" });
  const heading = element("h2", { id: "runs-heading" }, "Your runs");
  host.replaceChildren(
    element("section", { class: "section", "aria-labelledby": heading.id }, heading, rows, count, problem),
  );
  let shown = "";

  return {
    update({ runs, most }, watched) {
      const networks = runs.filter(({ kind }) => kind === "network").sort((a, b) => b.created - a.created);
      host.hidden = networks.length === 0;
      const key = JSON.stringify([networks, watched]);
      if (key === shown) return;
      shown = key;
      rows.replaceChildren(
        ...networks.map((card) => {
          const link = runLink(card, watched, watch);
          const gone = element(
            "button",
            { type: "button", "aria-label": `Delete ${card.title}`, title: "Delete" },
            "×",
          );
          pressTwice(gone, () => {
            gone.disabled = true;
            remove(card.id).then(
              () => showMessage(problem, ""),
              (reason) => {
                gone.disabled = false;
                showMessage(problem, explainOnce(reason));
              },
            );
          });
          return element("li", {}, link, gone);
        }),
      );
      const used = `${formatCount(runs.length)} of ${formatCount(most)} runs`;
      const full = runs.length >= most ? ": the most a visitor may have here. Delete one to make room" : "";
      count.textContent = `${used}${full}.`;
    },
  };
}

function runLink(card: RunCard, watched: string | null, watch: (id: string) => void): HTMLElement {
  // How far the watched one is stands below, and changes all the time.
  const where =
    card.id === watched
      ? "shown here"
      : `${STATUS[card.status]}, step ${formatCount(card.step)} of ${formatCount(card.steps)}`;
  const link = element(
    "a",
    { href: trainAddress(card.id), "aria-current": card.id === watched ? "true" : null },
    element("b", {}, card.title),
    element("span", { class: "quiet" }, where),
  );
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    watch(card.id);
  });
  return link;
}

/** The family of the watched run, each with the look of its curves, to switch between; nothing where it is alone. */
export function branchList(
  host: HTMLElement,
  watch: (id: string) => void,
): { update(family: readonly RunCard[], watched: string | null): void } {
  let shown = "";
  return {
    update(family, watched) {
      const key = JSON.stringify([family, watched]);
      if (key === shown) return;
      shown = key;
      host.hidden = family.length < 2;
      const heading = element("h2", { id: "branches-heading" }, "Branches");
      const rows = family.map((card, place) => {
        const button = element(
          "button",
          { type: "button", "aria-pressed": String(card.id === watched) },
          swatch(lookOfPlace(place)),
          element("b", {}, nameOfPlace(place)),
          element("span", { class: "quiet" }, `${STATUS[card.status]}, step ${formatCount(card.step)}`),
        );
        button.addEventListener("click", () => watch(card.id));
        return element("li", {}, button);
      });
      host.replaceChildren(
        element(
          "section",
          { class: "section", "aria-labelledby": heading.id },
          heading,
          element("ul", { class: "branches" }, ...rows),
        ),
      );
    },
  };
}
