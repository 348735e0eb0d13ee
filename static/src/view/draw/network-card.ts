import { formatCount } from "../../charts/labels";
import { titleOf } from "../../draw/answer-networks";
import { againstText, disagreement, opinionOf, percent } from "../../draw/answer-words";
import { type DrawView, pickedDigit } from "../../draw/view";
import { element, setText } from "../element";
import { showMessage } from "../words";
import { tenColumns } from "./ten-bars";

export interface NetworkCard {
  readonly root: HTMLElement;
  update(view: DrawView): void;
}

export interface CardActions {
  explain(): unknown;
  leaveOut(): unknown;
}

/** One network: what it is, and what it takes the picked digit for. */
export function networkCard(id: string, { explain, leaveOut }: CardActions): NetworkCard {
  const title = element("b", { class: "network-title" });
  const size = element("span", { class: "quiet" });
  const says = element("p", { class: "quiet network-says" });
  const digit = element("b", { class: "network-digit" });
  const share = element("span", { class: "network-percent" });
  const columns = tenColumns();
  const against = element("p", { class: "disagrees", hidden: true });
  const first = element("button", { type: "button", class: "plain-button" });
  const out = element("button", { type: "button", class: "plain-button leave-out" }, "×");
  first.addEventListener("click", explain);
  out.addEventListener("click", leaveOut);
  const root = element(
    "li",
    { class: "network-card" },
    element("div", { class: "network-head" }, title, size),
    says,
    element("div", { class: "opinion" }, digit, share, columns.root),
    against,
    element("div", { class: "network-tools" }, first, out),
  );

  return {
    root,
    update(view) {
      const { prediction, networks } = view;
      const reader = titleOf(id, prediction);
      const picked = pickedDigit(view);
      const opinion = opinionOf(picked, id);
      const [main] = networks;
      const isMain = id === main;
      setText(title, reader.title);
      setText(size, reader.parameters === undefined ? "" : `${formatCount(reader.parameters)} parameters`);
      setText(says, reader.says ?? "");
      setText(digit, opinion ? String(opinion.digit) : "");
      setText(share, opinion ? percent(opinion.probabilities[opinion.digit] ?? Number.NaN) : "");
      columns.show(opinion?.probabilities ?? null);
      root.classList.toggle("against", disagreement(opinionOf(picked, main), opinion) !== "");
      showMessage(against, againstText(prediction?.digits ?? [], view.picked, main, id));
      root.classList.toggle("main", isMain);
      first.setAttribute("aria-pressed", String(isMain));
      setText(first, isMain ? "Explained below" : "Explain this one");
      out.hidden = networks.length < 2;
      out.setAttribute("aria-label", `Leave out ${reader.title}`);
      out.title = "Leave out";
    },
  };
}
