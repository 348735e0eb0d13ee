import { fitMarks, gradientRows, verdict } from "../../lab/fit";
import type { CurveParts } from "../../protocol";
import type { RunView } from "../../run/actions";
import { living } from "../charts/living";
import { element, section, setText, svgElement } from "../element";

const [LEFT, TOP, RIGHT, BOTTOM] = [40, 8, 8, 24];
const HEIGHT = 290;

/** The points with both curves moving through them, and beside it the gradients of both. */
export function fitPicture(host: HTMLElement): { update(view: RunView | null): void } {
  const picture = curvePicture();
  const table = gradientTable();
  host.classList.add("fit");
  host.replaceChildren(picture.root, table.root);
  let shown: CurveParts | null = null;

  return {
    update(view) {
      const parts = view?.frame?.curve ?? null;
      host.hidden = parts === null;
      if (!view || !parts) return;
      table.step(view.state.step);
      if (parts === shown) return;
      shown = parts;
      picture.update(parts, view.frame?.step === 0);
      table.update(parts);
    },
  };
}

function curvePicture() {
  const grid = svgElement("g", { class: "grid" });
  const dots = svgElement("g", { class: "points" });
  const engine = svgElement("path", { class: "by-engine" });
  const hand = svgElement("path", { class: "by-hand" });
  const clip = svgElement("rect", { x: 0, y: 0 });
  const plot = svgElement(
    "g",
    { transform: `translate(${LEFT} ${TOP})` },
    svgElement("clipPath", { id: "fit-clip" }, clip),
    grid,
    svgElement("g", { "clip-path": "url(#fit-clip)" }, dots, engine, hand),
  );
  const box = element("div");
  const svg = svgElement(
    "svg",
    { height: HEIGHT, role: "img", "aria-label": "The points and both fitted curves" },
    plot,
  );
  const key = (name: string, text: string) =>
    element(
      "li",
      {},
      svgElement(
        "svg",
        { viewBox: "0 0 28 12", width: 28, height: 12, "aria-hidden": "true" },
        svgElement("path", { class: name, d: "M0 6H28" }),
      ),
      text,
    );
  const point = svgElement("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" });
  point.append(svgElement("circle", { cx: 6, cy: 6, r: 2.5 }));
  const points = element("li", {}, point, "y = 3x² + 2 + noise");
  const root = element(
    "figure",
    { class: "fit-picture" },
    element("figcaption", {}, "The fitted curves"),
    element(
      "ul",
      { class: "fit-keys" },
      points,
      key("by-engine", "AutoGrad"),
      key("by-hand", "by hand, drawn over it"),
    ),
    box,
  );
  box.append(svg);
  let parts: CurveParts | null = null;
  let untrained: CurveParts | null = null;
  const drawing = living(box, () => {
    const size = { width: box.clientWidth - LEFT - RIGHT, height: HEIGHT - TOP - BOTTOM };
    if (!parts || size.width <= 0) return;
    svg.setAttribute("width", String(box.clientWidth));
    clip.setAttribute("width", String(size.width));
    clip.setAttribute("height", String(size.height));
    const { byHand, byEngine, points, xTicks, yTicks } = fitMarks(parts, size, untrained);
    engine.setAttribute("d", byEngine);
    hand.setAttribute("d", byHand);
    dots.replaceChildren(...points.map(([cx, cy]) => svgElement("circle", { cx, cy, r: 2.5 })));
    grid.replaceChildren(
      ...yTicks.flatMap(({ at, label }) => [
        svgElement("line", { x1: 0, x2: size.width, y1: at, y2: at }),
        svgElement("text", { x: -8, y: at, dy: "0.32em", "text-anchor": "end" }, label),
      ]),
      ...xTicks.map(({ at, label }) =>
        svgElement("text", { x: at, y: size.height + 18, "text-anchor": "middle" }, label),
      ),
    );
  });
  return {
    root,
    update(next: CurveParts, first: boolean) {
      parts = next;
      if (first) untrained = next;
      drawing.request();
    },
  };
}

function gradientTable() {
  const { root, heading, body } = section("gradients", "Gradients");
  const says = element("p", { class: "verdict" });
  const rows = element("tbody");
  const columns = ["Parameter", "By hand", "AutoGrad", "Difference"];
  const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  body.append(
    says,
    element("div", { class: "scroll-x" }, element("table", {}, element("thead", {}, head), rows)),
    element(
      "p",
      { class: "quiet" },
      "By hand and AutoGrad: the length of the parameter's gradient. Difference: the largest one between two elements.",
    ),
  );
  return {
    root,
    step: (step: number) => setText(heading, `Gradients for training step ${step + 1}`),
    update(parts: CurveParts) {
      const found = gradientRows(parts);
      setText(says, verdict(parts));
      says.classList.toggle(
        "wrong",
        found.some(({ equal }) => !equal),
      );
      rows.replaceChildren(
        ...found.map(({ name, byHand, byEngine, difference }) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, name),
            ...[byHand, byEngine, difference].map((number) => element("td", {}, number)),
          ),
        ),
      );
    },
  };
}
