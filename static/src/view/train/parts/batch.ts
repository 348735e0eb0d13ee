import { formatCount } from "../../../charts/labels";
import type { BatchParts } from "../../../protocol";
import type { RunActions, RunPanel } from "../../../run/actions";
import { Dated } from "../../../run/parts";
import { digitPictures, sayBatch } from "../../../run/parts-pictures";
import { pictureGrid } from "../../charts/pictures";
import { element, section, setText } from "../../element";
import { drawnInSight } from "./sight";

/** The pictures of the latest batch, with what the network said of them. */
export function batchPanel(host: HTMLElement, actions: RunActions): RunPanel {
  const { root, body } = section("batch-parts", "The current batch");
  const says = element("p", { class: "quiet" });
  const pictures = element("div");
  const walk = element("button", { type: "button", class: "plain-button", hidden: true });
  body.append(says, pictures, walk);
  host.append(root);
  const grid = pictureGrid(pictures, { label: "What each was taken for, and how surely" });

  const batch = new Dated<BatchParts>();
  walk.addEventListener("click", () => actions.openStep(batch.step));

  function draw(): void {
    const { part, step } = batch;
    pictures.hidden = walk.hidden = part === null;
    setText(says, part ? sayBatch(part, step) : "No batch yet: the first training step brings one.");
    if (!part) return;
    setText(walk, `Walk into training step ${formatCount(step)}`);
    grid.update(digitPictures(part));
  }

  const request = drawnInSight(root, draw, (seen) => actions.watchPart("batch", seen));
  request();
  return {
    update({ frame }) {
      if (batch.take(frame?.batch ?? null, frame?.step ?? 0)) request();
    },
  };
}
