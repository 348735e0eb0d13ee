import type { Interval } from "../../charts/axis";
import { barMarks } from "../../charts/bars";
import { formatCount } from "../../charts/labels";
import { formatNumber } from "../../format";
import { layerLengths } from "../../lab/layers";
import type { RunView } from "../../run/actions";
import { living } from "../charts/living";
import { swatch } from "../charts/swatch";
import { element, section, setText } from "../element";

const TITLE = "Length of each layer's gradient";

/** The length of every layer's gradient, a bar a layer, all members on one log axis. */
export function layersPicture(host: HTMLElement): { update(view: RunView | null): void } {
  const { root, heading, body } = section("layers", TITLE);
  host.replaceChildren(root);
  const groups = element("div", { class: "layer-groups" });
  const scale = element("p", { class: "quiet" });
  body.append(groups, scale);
  let view: RunView | null = null;
  let previous: Interval | null = null;
  let key = "";

  const drawing = living(root, () => {
    if (!view || root.clientWidth === 0) return;
    const members = layerLengths(view);
    const at = view.picked ?? view.state.step;
    setText(heading, at > 0 ? `${TITLE} in training step ${formatCount(at)}` : TITLE);
    const marks = barMarks(
      members.flatMap(({ rows }) => rows),
      { kind: "log", width: 100, previous },
    );
    previous = marks.axis.domain;
    const now = JSON.stringify([members, previous]);
    if (now === key) return;
    key = now;
    const [from, to] = previous.map((end) => formatNumber(end));
    setText(scale, `All bars lie on one log scale, from ${from} to ${to}: half as long is not half as much.`);
    let bar = 0;
    groups.replaceChildren(
      ...members.map(({ label, rows, says }, look) =>
        element(
          "table",
          { class: "bars" },
          element("caption", {}, swatch(look), ` ${label} `, element("small", {}, says)),
          element("tbody", {}, ...rows.map((row) => barRow(row.label, row.value, marks.lengths[bar++] ?? null))),
        ),
      ),
    );
  });

  return {
    update(next) {
      host.hidden = !next;
      view = next;
      drawing.request();
    },
  };
}

function barRow(label: string, value: number | null, length: number | null): HTMLElement {
  const track = element("td", { class: length === null ? "track none" : "track", "aria-hidden": "true" });
  track.style.setProperty("--length", `${length ?? 0}%`);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, label),
    track,
    element("td", { class: "value" }, value === null ? "not yet" : formatNumber(value)),
  );
}
