import { formatNumber } from "../format";
import { pathOf, wireCurves } from "../geometry";
import { wireKey } from "../history";
import type { Layout } from "../layout";
import { type MiniatureSize, miniatureSize } from "../miniature";
import { mapsOf, type Picture, pictureOf } from "../picture";
import { atStep } from "../player";
import { type Scene, type Tensor, type Value, viewAt } from "../state";
import { svgElement } from "./element";
import { drawPicture } from "./heat";
import { onThemeChange, type Role } from "./palette";

const MARGIN = 6;
/** Room at the left for the name, and around the two slots. */
const NAME = 28;
const PAD = 4;
/** Of pictures in a row, the first so many are drawn. */
const MONTAGE = { columns: 5, rows: 2 };

export interface Preview {
  readonly root: SVGSVGElement;
  /** Shows the scene as it stands at a position. */
  show(position: number): void;
}

/** A scene's graph in small with its real numbers, to be stepped through. */
export function preview(scene: Scene, layout: Layout): Preview {
  const wires = new Map<string, SVGPathElement>();
  const cards = new Map<number, MiniCard>();
  const wireLayer = svgElement("g", { class: "mini-wires" });
  const cardLayer = svgElement("g");
  for (const node of scene.graph.nodes) {
    for (const port of node.inputs.keys()) {
      const path = svgElement("path", { d: pathOf(wireCurves(layout, node.inputs, node.id, port)) });
      wires.set(wireKey(node.id, port), path);
      wireLayer.append(path);
    }
    const place = layout.places.get(node.id);
    const card = miniCard(node.kind === "constant" ? "" : node.name, miniatureSize(scene), scene.tensors);
    card.root.setAttribute("transform", `translate(${place?.x ?? 0} ${place?.y ?? 0})`);
    cards.set(node.id, card);
    cardLayer.append(card.root);
  }
  const root = svgElement(
    "svg",
    {
      viewBox: `${-MARGIN} ${-MARGIN} ${layout.width + 2 * MARGIN} ${layout.height + 2 * MARGIN}`,
      class: "mini",
    },
    wireLayer,
    cardLayer,
  );
  let shown = 0;

  function show(position: number): void {
    shown = position;
    const view = viewAt(scene, {
      position: atStep(position),
      level: "wire",
      selected: null,
      opened: null,
    });
    for (const [id, card] of cards) {
      const { value, grad, expected } = view.node(id);
      card.show(value, grad, expected > 0 || scene.grads.has(id), id === view.focus);
    }
    const active = new Map(view.wires.map((wire) => [wireKey(wire.node, wire.port), wire.direction]));
    for (const [key, path] of wires) path.setAttribute("class", active.get(key) ?? "");
  }

  onThemeChange(() => show(shown));
  return { root, show };
}

interface MiniCard {
  readonly root: SVGGElement;
  show(value: Value | null, grad: Value | null, hasGrad: boolean, focus: boolean): void;
}

function miniCard(name: string, size: MiniatureSize, tensors: ReadonlyMap<number, Tensor>): MiniCard {
  const title = svgElement("text", { x: NAME / 2, y: PAD + 13, class: "mini-name" }, name);
  const box = svgElement("rect", { ...size, rx: 8, class: "mini-card" });
  const slots = { value: slot("value", size, tensors), grad: slot("grad", size, tensors) };
  const root = svgElement("g", {}, box, title, slots.value.root, slots.grad.root);
  // A constant is only its number, at the height its wire leaves from.
  if (!name) slots.value.root.setAttribute("transform", `translate(0 ${(size.height - PAD) / 4})`);
  return {
    root,
    show(value, grad, hasGrad, focus) {
      const marks = focus ? ` focus ${grad === null ? "value" : "grad"}` : "";
      root.setAttribute("class", (name ? "" : "bare") + marks);
      slots.value.show(value, true);
      slots.grad.show(grad, hasGrad);
    },
  };
}

function slot(role: Role, size: MiniatureSize, tensors: ReadonlyMap<number, Tensor>) {
  const height = (size.height - 3 * PAD) / 2;
  const place = { x: NAME, y: role === "value" ? PAD : 2 * PAD + height, width: size.width - NAME - PAD, height };
  const box = svgElement("rect", { ...place, rx: 4 });
  const text = svgElement("text", { x: NAME + place.width / 2, y: place.y + height / 2 + 4 });
  const image = svgElement("image", { ...place, y: place.y + 1, height: height - 2 });
  const root = svgElement("g", {}, box, text, image);
  return {
    root,
    show(value: Value | null, ever: boolean): void {
      root.setAttribute("class", `mini-slot ${role} ${value !== null ? "known" : ever ? "open" : "never"}`);
      text.textContent = typeof value === "number" ? formatNumber(value) : "";
      const tensor = value !== null && typeof value !== "number" ? tensors.get(value.ref) : undefined;
      if (tensor) image.setAttribute("href", thumbnail(tensor, role));
      else image.removeAttribute("href");
    },
  };
}

function thumbnail(tensor: Tensor, role: Role): string {
  const canvas = document.createElement("canvas");
  drawPicture(canvas, montage(tensor), role, tensor.largest);
  return canvas.toDataURL();
}

/** The first few of a tensor's pictures side by side, or its own picture. */
function montage(tensor: Tensor): Picture {
  const maps = mapsOf(tensor).slice(0, MONTAGE.columns * MONTAGE.rows);
  const [first] = maps;
  if (!first) return pictureOf(tensor);
  const [columns, rows] = [first.columns * MONTAGE.columns, first.rows * MONTAGE.rows];
  const numbers = new Float32Array(columns * rows);
  for (const [i, map] of maps.entries()) {
    const [left, top] = [(i % MONTAGE.columns) * map.columns, Math.floor(i / MONTAGE.columns) * map.rows];
    for (let y = 0; y < map.rows; y++) {
      numbers.set(map.numbers.subarray(y * map.columns, (y + 1) * map.columns), (top + y) * columns + left);
    }
  }
  return { rows, columns, numbers };
}
