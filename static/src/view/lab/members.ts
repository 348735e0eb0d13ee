import { formatCount } from "../../charts/labels";
import { type MemberRow, memberRows } from "../../lab/members";
import type { RunView } from "../../run/actions";
import { swatch } from "../charts/swatch";
import { element, setText } from "../element";

export interface MembersTable {
  update(view: RunView | null): void;
}

interface Row {
  readonly root: HTMLElement;
  show(row: MemberRow): void;
}

/**
 * Every member with its numbers, how it stands, and the way into its training step.
 *
 * `tested`: on pictures it has not seen. `leave` is told when somebody takes the way.
 */
export function membersTable(host: HTMLElement, tested: boolean, leave: () => void): MembersTable {
  const body = element("tbody");
  const names = ["Loss", ...(tested ? ["Test accuracy"] : [])];
  const columns = names.map((name) => element("th", { scope: "col" }, name));
  const head = [element("td"), ...columns, element("td"), element("td")];
  const table = element("table", { class: "members" }, element("thead", {}, element("tr", {}, ...head)), body);
  host.replaceChildren(table);
  body.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("a")) leave();
  });
  let rows: Row[] = [];
  let shown = "";

  return {
    update(view) {
      host.hidden = !view;
      if (!view) return;
      const found = memberRows(view);
      const labels = found.map(({ label }) => label).join("\n");
      if (labels !== shown) {
        rows = found.map((_, look) => memberRow(look, tested));
        body.replaceChildren(...rows.map(({ root }) => root));
      }
      shown = labels;
      for (const [i, row] of found.entries()) rows[i]?.show(row);
    },
  };
}

function memberRow(look: number, tested: boolean): Row {
  const label = element("span");
  const [loss, accuracy] = [numberCell("Loss"), numberCell("Test accuracy")];
  const says = element("td", { class: "standing" });
  const link = element("a", { class: "walk-in" });
  const name = element("th", { scope: "row" }, swatch(look), label);
  const root = element(
    "tr",
    {},
    ...[name, loss, ...(tested ? [accuracy] : []), says],
    element("td", { class: "into" }, link),
  );
  return {
    root,
    show(row) {
      setText(label, row.label);
      setText(loss, row.loss);
      setText(accuracy, row.accuracy);
      setText(says, row.says);
      root.classList.toggle("diverged", row.diverged);
      link.hidden = row.step === null;
      setText(link, row.step === null ? "" : `Walk into step ${formatCount(row.step)}`);
      if (link.getAttribute("href") !== row.address) link.setAttribute("href", row.address);
    },
  };
}

/** On narrow screens a number stands below the name of its column. */
function numberCell(name: string): HTMLElement {
  return element("td", { "data-name": name });
}
