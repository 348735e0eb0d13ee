import type { Learned } from "../../draw/api";
import { aDigit } from "../../draw/why-words";
import { formatNumber } from "../../format";
import { element, svgElement } from "../element";

const [WIDTH, HEIGHT] = [360, 200];
const [LEFT, TOP, RIGHT, BOTTOM] = [44, 12, 12, 28];

/** The loss of every training step so far, and of this picture now; hollow dots are other pictures. */
export function lossHistory(): { readonly root: HTMLElement; show(learned: Learned): void } {
  const caption = element("figcaption", {}, "Loss of each training step, before its update");
  const svg = svgElement("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const keys = element("p", { class: "quiet" });
  return {
    root: element("figure", { class: "loss-history" }, caption, svg, keys),
    show({ history, after, label }) {
      const points = [...history, { label, loss: after.loss, here: true }];
      const top = Math.max(...points.map(({ loss }) => loss)) || 1;
      const x = (i: number) => LEFT + (i / Math.max(1, points.length - 1)) * (WIDTH - LEFT - RIGHT);
      const y = (loss: number) => TOP + (1 - loss / top) * (HEIGHT - TOP - BOTTOM);
      const dots = points.map(({ label, loss, here }, i) =>
        svgElement(
          "circle",
          { cx: x(i), cy: y(loss), r: 4, class: here ? "here" : "elsewhere" },
          svgElement(
            "title",
            {},
            `${i < history.length ? `Training step ${i + 1}` : "Now"}, as ${aDigit(label)}: ${formatNumber(loss)}`,
          ),
        ),
      );
      const ticks = [0, top].flatMap((loss) => [
        svgElement("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: y(loss), y2: y(loss), class: "grid" }),
        svgElement("text", { x: LEFT - 8, y: y(loss), dy: "0.32em", "text-anchor": "end" }, formatNumber(loss, 3)),
      ]);
      const path = points.map(({ loss }, i) => `${i === 0 ? "M" : "L"}${x(i)} ${y(loss)}`).join("");
      svg.setAttribute(
        "aria-label",
        `Losses ${history.map(({ loss }) => formatNumber(loss, 3)).join(", ")}; now ${formatNumber(after.loss, 3)}`,
      );
      svg.replaceChildren(
        ...ticks,
        svgElement("path", { d: path }),
        ...dots,
        svgElement("text", { x: LEFT, y: HEIGHT - 8, "text-anchor": "start" }, "step 1"),
        svgElement("text", { x: WIDTH - RIGHT, y: HEIGHT - 8, "text-anchor": "end" }, "now"),
      );
      const others = history.some(({ here }) => !here);
      keys.replaceChildren(others ? "Filled: this picture. Hollow: another one." : "");
      keys.hidden = !others;
    },
  };
}
