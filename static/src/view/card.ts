import { CAPTION, type Card, type Rect } from "../cards";
import { formatNumber, formatShape, formatValue } from "../format";
import { asMatrix } from "../heatmap";
import type { GraphNode } from "../protocol";
import type { NodeView, Scene, Value } from "../state";
import { setText, svgElement } from "./element";
import type { Role } from "./palette";
import { pictureAddress } from "./thumbnail";

/** Contributions up to so many are counted by squares, more by digits. */
const MOST_SQUARES = 3;

/** Digits of a number in a cell, and from how many characters on it is squeezed to stay inside. */
const CELL_DIGITS = 3;
const CELL_CHARACTERS = 7;
const CELL_PADDING = 3;

/** The card of one node. */
export interface CardView {
  readonly root: SVGGElement;
  update(scene: Scene, look: NodeView): void;
  /** Marks as class names: active, a phase, selected. */
  mark(marks: string): void;
}

interface SlotView {
  readonly root: SVGGElement;
  show(scene: Scene, value: Value | null): void;
}

export function cardView(node: GraphNode, card: Card): CardView {
  const value = slotView(node, card, card.value, "value");
  const grad = card.grad && slotView(node, card, card.grad, "grad");
  const tally = card.grad && tallyView(card, card.grad);
  const root = svgElement(
    "g",
    { class: `node ${card.kind} ${node.kind}`, "data-node": node.id, role: "button", "aria-pressed": "false" },
    svgElement("rect", {
      class: "card-back",
      width: card.width,
      height: card.height,
      rx: card.kind === "constant" ? 9 : 12,
    }),
    ...(card.kind === "constant" ? [] : title(node, card)),
    value.root,
    ...(grad ? [grad.root] : []),
    ...(tally ? [tally.root] : []),
  );
  const classes = root.getAttribute("class") ?? "";
  let marks = "";
  let state = "";
  const setClass = () => root.setAttribute("class", `${classes} ${state} ${marks}`);

  return {
    root,
    update(scene, look) {
      value.show(scene, look.value);
      grad?.show(scene, look.grad);
      tally?.show(look);
      state = `${look.value === null ? "unknown" : "known"} ${look.state} ${look.updated ? "updated" : ""}`;
      setClass();
      root.setAttribute("aria-label", spoken(node, look));
    },
    mark(next) {
      marks = next;
      setClass();
      root.setAttribute("aria-pressed", String(next.includes("selected")));
    },
  };
}

function title(node: GraphNode, card: Card): SVGElement[] {
  const says = node.text || (node.shape.length > 0 ? formatShape(node.shape) : node.kind);
  const room = Math.floor((card.width - 32 - 9 * node.name.length) / 6.4);
  const short = says.length > room ? `${says.slice(0, Math.max(room - 1, 1))}…` : says;
  return [
    svgElement("title", {}, `${node.name}${node.text ? ` = ${node.text}` : ""}, ${formatShape(node.shape)}`),
    svgElement("text", { class: "name", x: 12, y: 23 }, node.name),
    svgElement("text", { class: "says", x: card.width - 12, y: 23 }, short),
  ];
}

/** The place of a value or a grad: empty and dashed until it is there, then a number or a picture. */
function slotView(node: GraphNode, card: Card, rect: Rect, role: Role): SlotView {
  if (card.kind === "matrix") return writtenSlot(node, rect, role);
  const pictured = card.kind === "tensor" || card.kind === "images";
  const back = svgElement("rect", { class: "back", ...rect, rx: pictured ? 3 : 6 });
  const root = svgElement("g", { class: `holder ${role}` }, back);
  const middle = rect.x + rect.width / 2;
  const text = svgElement("text", {
    class: pictured ? "scale" : "number",
    x: middle,
    y: pictured ? rect.y + rect.height + CAPTION - 2 : rect.y + rect.height / 2 + 4.5,
  });
  root.append(text);
  if (!pictured) {
    return { root, show: (_, value) => setText(text, value === null ? "" : formatValue(value)) };
  }
  const image = svgElement("image", { ...rect, preserveAspectRatio: "none" });
  root.append(image);
  return {
    root,
    show(scene, value) {
      const tensor = typeof value === "object" && value ? scene.tensors.get(value.ref) : undefined;
      image.style.display = tensor ? "" : "none";
      setText(text, tensor ? `±${formatNumber(tensor.largest)}` : "");
      if (tensor)
        image.setAttribute(
          "href",
          pictureAddress(tensor, role, card.kind === "images" && node.images ? card.columns : 0),
        );
    },
  };
}

/** Every number of a small tensor in its own cell, on the colours of the heatmap. */
function writtenSlot(node: GraphNode, rect: Rect, role: Role): SlotView {
  const { rows, columns } = asMatrix(node.shape);
  const [width, height] = [rect.width / columns, rect.height / rows];
  const image = svgElement("image", { ...rect, preserveAspectRatio: "none" });
  const cells = Array.from({ length: rows * columns }, (_, i) =>
    svgElement("text", {
      class: "number cell",
      x: rect.x + ((i % columns) + 0.5) * width,
      y: rect.y + (Math.floor(i / columns) + 0.5) * height + 4.5,
    }),
  );
  const back = svgElement("rect", { class: "back", ...rect, rx: 4 });
  return {
    root: svgElement("g", { class: `holder ${role}` }, back, image, ...cells),
    show(scene, value) {
      const tensor = typeof value === "object" && value ? scene.tensors.get(value.ref) : undefined;
      image.style.display = tensor ? "" : "none";
      if (tensor) image.setAttribute("href", pictureAddress(tensor, role, 0));
      for (const [i, cell] of cells.entries()) {
        const number = tensor?.picture[i];
        // The sign of a zero says nothing here.
        const text = number === undefined ? "" : formatNumber(number === 0 ? 0 : number, CELL_DIGITS);
        setText(cell, text);
        if (text.length > CELL_CHARACTERS) cell.setAttribute("textLength", String(width - 2 * CELL_PADDING));
        else cell.removeAttribute("textLength");
      }
    },
  };
}

/** Counts the contributions received, where more than one is expected. */
function tallyView(card: Card, rect: Rect): { root: SVGGElement; show(look: NodeView): void } {
  const root = svgElement("g", { class: "tally" });
  // In a row above a matrix, below a picture; in a column inside the slot of a number.
  const inRow = card.kind !== "scalar";
  const [x, y] = {
    matrix: [rect.x, rect.y - 9],
    tensor: [rect.x, rect.y + rect.height + 3],
    images: [rect.x, rect.y + rect.height + 3],
    scalar: [rect.x + 6, rect.y + rect.height / 2 - 3],
    constant: [rect.x, rect.y],
  }[card.kind] as [number, number];
  let shown = "";
  return {
    root,
    show({ received, expected }) {
      const count = Math.max(received, expected);
      const key = `${received}/${expected}`;
      if (key === shown || count < 2) return;
      shown = key;
      if (count > MOST_SQUARES) {
        root.replaceChildren(svgElement("text", { x, y: y + 7 }, key));
        return;
      }
      const square = (i: number) => ({
        x,
        y: y + (inRow ? 0 : 8 * (i - (count - 1) / 2)),
        width: 6,
        height: 6,
        rx: 1.5,
      });
      const squares = Array.from({ length: count }, (_, i) =>
        svgElement("rect", { ...square(i), ...(inRow ? { x: x + 8 * i } : {}), class: i < received ? "received" : "" }),
      );
      root.replaceChildren(...squares);
    },
  };
}

function spoken(node: GraphNode, look: NodeView): string {
  const value = look.value === null ? "not computed yet" : `value ${formatValue(look.value)}`;
  const count = look.expected > 1 ? `, ${look.received} of ${look.expected} contributions` : "";
  const grad = look.grad === null ? "not reached" : `${formatValue(look.grad)}, ${look.state}${count}`;
  const formula = node.text ? ` = ${node.text}` : `, ${node.kind}`;
  return `${node.name}${formula}; ${value}${look.expected > 0 ? `; gradient ${grad}` : ""}`;
}
