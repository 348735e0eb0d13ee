import { type Choice, type Listing, megabytes, type Split } from "../../data/api";
import { element, releaseAfterPointer, setText } from "../element";

export interface ChooserActions {
  chooseSet(id: string): void;
  chooseSplit(split: Split): void;
}

export interface Chooser {
  update(listing: Listing, set: string, split: Split): void;
}

const SPLITS: readonly (readonly [Split, string])[] = [
  ["test", "Test"],
  ["train", "Training"],
];

/** Which data set, and which part of it. */
export function chooser(host: HTMLElement, actions: ChooserActions): Chooser {
  const sets = element("div", { class: "sets" });
  const splits = SPLITS.map(([split, word]) => {
    const input = element("input", { type: "radio", name: "split", value: split });
    input.addEventListener("change", () => actions.chooseSplit(split));
    const count = element("small", {});
    return { split, input, count, root: element("label", {}, input, element("span", {}, `${word} `, count)) };
  });
  const parts = element(
    "fieldset",
    { class: "parts" },
    element("legend", {}, "Part"),
    element("div", { class: "segments" }, ...splits.map(({ root }) => root)),
  );
  host.replaceChildren(element("fieldset", {}, element("legend", {}, "Data set"), sets), parts);
  releaseAfterPointer(host);
  const cards = new Map<string, SetCard>();

  return {
    update(listing, set, split) {
      for (const choice of listing.datasets) {
        let card = cards.get(choice.id);
        if (!card) {
          card = setCard(choice, () => actions.chooseSet(choice.id));
          cards.set(choice.id, card);
          sets.append(card.root);
        }
        card.update(choice, listing, choice.id === set);
      }
      const chosen = listing.datasets.find(({ id }) => id === set);
      parts.hidden = chosen?.state !== "ready";
      for (const part of splits) {
        part.input.checked = part.split === split;
        setText(part.count, (chosen?.[part.split] ?? 0).toLocaleString("en"));
      }
    },
  };
}

interface SetCard {
  readonly root: HTMLElement;
  update(choice: Choice, listing: Listing, chosen: boolean): void;
}

function setCard({ id, name }: Choice, choose: () => void): SetCard {
  const input = element("input", { type: "radio", name: "set", value: id });
  input.addEventListener("change", choose);
  const says = element("small", {});
  const root = element("label", { class: "set" }, input, element("span", {}, element("b", {}, name), says));
  return {
    root,
    update(choice, listing, chosen) {
      input.checked = chosen;
      root.dataset.state = choice.state;
      setText(says, standing(choice, listing));
    },
  };
}

function standing(choice: Choice, { download, download_bytes }: Listing): string {
  const mnist = choice.id === "mnist" && download !== null;
  if (mnist && download.state === "running") return `Downloading: ${Math.floor(download.fraction * 100)} %`;
  if (choice.state === "ready") return `${(choice.train + choice.test).toLocaleString("en")} pictures`;
  if (choice.state === "damaged") return "Damaged, not used";
  return mnist ? `${megabytes(download_bytes)} to download` : "Not here";
}
