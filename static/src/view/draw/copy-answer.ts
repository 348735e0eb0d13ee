import { copyText } from "../../draw/learn";
import { element, setText } from "../element";
import { chances } from "./chances";

/** What the taught copy says of a picture that it was not taught. */
export function copyAnswer(): {
  readonly root: HTMLElement;
  show(came: readonly number[], copy: readonly number[]): void;
} {
  const says = element("p", { class: "verdict", role: "status" });
  const bars = chances("Probabilities");
  bars.name("as it came", "taught copy");
  const root = element("div", { class: "copy-answer", hidden: true }, says, bars.root);
  return {
    root,
    show(came, copy) {
      root.hidden = false;
      setText(says, copyText(came, copy));
      bars.show(came, copy, new Map());
    },
  };
}
