import { formatCount } from "../../../charts/labels";
import { bytesOf, fullScale, SIDE } from "../../../charts/pictures";
import type { Maps } from "../../../protocol";
import type { RunActions, RunPanel, RunView } from "../../../run/actions";
import { Dated } from "../../../run/parts";
import { allAlike, shownOf, unitName } from "../../../run/parts-maps";
import { byteColours, drawBytes } from "../../charts/bytes";
import { element, section, setText } from "../../element";
import { onThemeChange, type Role } from "../../palette";
import { segments } from "../../segments";
import { mapDetail } from "./map-detail";
import { scaleBar } from "./scale-bar";
import { drawnInSight } from "./sight";

type Shown = "both" | "value" | "grad";

/** What the first layer's weights are called in a training step. */
const FIRST_WEIGHTS = "W1";
/** What becomes of units that begin equal. */
const SYMMETRIC =
  "These units have equal weights and receive equal gradients: each update leaves them equal, and all of them together know no more than one would. Only weights that begin unequal break the symmetry.";
const ROLES = ["value", "grad"] as const;
const WHAT: Readonly<Record<Role, string>> = { value: "weights", grad: "gradients" };

/** The weights of the first layer as pictures, a unit each, and their gradients. */
export function mapsPanel(host: HTMLElement, actions: RunActions): RunPanel {
  const { root, body } = section("weight-maps", "Weight maps of the first layer");
  const says = element("p", { class: "quiet" });
  const symmetric = element("p", { class: "note", role: "status", hidden: true }, SYMMETRIC);
  const scales = { value: scaleBar("value"), grad: scaleBar("grad") };
  const legend = element(
    "div",
    { class: "map-scales" },
    ...ROLES.map((role) => element("div", { class: `of-${role}` }, WHAT[role], scales[role].root)),
  );
  const grid = element("ul", { class: "unit-maps" });
  const detail = mapDetail(
    (step, unit, pixel) => actions.openStep(step, { focus: { node: FIRST_WEIGHTS, element: [unit, pixel] } }),
    () => open(null),
  );
  const choice = segments<Shown>(
    "unit-maps",
    "Show",
    [
      ["both", "both"],
      ["value", "weights"],
      ["grad", "gradients"],
    ],
    (chosen) => {
      body.dataset.shown = chosen;
    },
  );
  body.dataset.shown = "both";
  body.append(says, symmetric, choice, legend, grid, detail.root);
  host.append(root);

  const maps = { value: new Dated<Maps>(), grad: new Dated<Maps>() };
  let units: Unit[] = [];
  let opened: number | null = null;
  let last: RunView | null = null;

  const name = (unit: number, of: number) => unitName(unit, of, isLastLayer(last));

  function open(unit: number | null): void {
    opened = unit;
    for (const [i, { button }] of units.entries()) button.setAttribute("aria-pressed", String(i === unit));
    showDetail();
    if (unit !== null) detail.root.scrollIntoView({ block: "nearest" });
  }

  function showDetail(): void {
    const { value, grad } = maps;
    const of = value.part?.of ?? 0;
    detail.show(opened, opened === null ? "" : name(opened, of), {
      value: value.part,
      grad: grad.part,
      step: value.step,
    });
  }

  function draw(): void {
    const [value, grad] = [maps.value.part, maps.grad.part];
    body.classList.toggle("waiting", !value);
    setText(says, value ? sayMaps(value, grad, maps.value.step) : "The pictures come with the first look at the run.");
    symmetric.hidden = !(value && grad && allAlike(value) && allAlike(grad));
    if (!value) return;
    if (units.length !== value.count) {
      units = Array.from({ length: value.count }, (_, unit) => unitButton(() => open(opened === unit ? null : unit)));
      grid.replaceChildren(...units.map(({ button }) => element("li", {}, button)));
      if (opened !== null && opened >= units.length) opened = null;
    }
    for (const role of ROLES) drawAll(role, maps[role].part);
    for (const [unit, { caption }] of units.entries()) setText(caption, name(unit, value.of));
    showDetail();
  }

  function drawAll(role: Role, part: Maps | null): void {
    body.classList.toggle(`no-${role}`, part === null);
    if (!part) return;
    scales[role].update(fullScale(part) ?? 0);
    const colours = byteColours(part, role);
    for (const [unit, { contexts }] of units.entries()) {
      const context = contexts[role];
      if (context) drawBytes(context, bytesOf(part, unit), colours);
    }
  }

  const request = drawnInSight(root, draw, (seen) => actions.watchPart("maps", seen));
  onThemeChange(request);
  return {
    update(view) {
      last = view;
      const frame = view.frame;
      const fresh = maps.value.take(frame?.maps ?? null, frame?.step ?? 0);
      if (maps.grad.take(frame?.gradient_maps ?? null, frame?.step ?? 0) || fresh) request();
    },
  };
}

interface Unit {
  readonly button: HTMLButtonElement;
  readonly caption: HTMLElement;
  readonly contexts: Readonly<Record<Role, CanvasRenderingContext2D | null>>;
}

function unitButton(clicked: () => void): Unit {
  const canvases = ROLES.map((role) => element("canvas", { class: `of-${role}`, width: SIDE, height: SIDE }));
  const caption = element("span");
  const button = element("button", { type: "button", "aria-pressed": "false" }, ...canvases, caption);
  button.addEventListener("click", clicked);
  const [value, grad] = canvases.map((canvas) => canvas.getContext("2d"));
  return { button, caption, contexts: { value: value ?? null, grad: grad ?? null } };
}

function sayMaps(value: Maps, grad: Maps | null, step: number): string {
  const each = "Each pixel is the weight of one pixel of the digit.";
  const after = step === 0 ? "before the first training step" : `after training step ${formatCount(step)}`;
  const gradient = grad ? "" : " No gradient yet: the first training step brings it.";
  return `${shownOf(value)}, ${after}. ${each}${gradient}`;
}

/** Whether the first layer is also the last: its units are the digits. */
function isLastLayer(view: RunView | null): boolean {
  return view?.state.members[0]?.layers.length === 1;
}
