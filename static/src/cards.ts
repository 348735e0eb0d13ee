// How large the card of a node is and where its parts lie, from what it has to show. Pure; lengths in units of the drawing.

import { asMatrix } from "./heatmap";
import type { GraphNode } from "./protocol";

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The card of one node. `value` and `grad` are the slots of its two numbers, relative to the card's corner. */
export interface Card {
  readonly kind: "constant" | "scalar" | "matrix" | "tensor" | "images";
  readonly width: number;
  readonly height: number;
  readonly value: Rect;
  /** null: no gradient ever flows here. */
  readonly grad: Rect | null;
  /** Rows of the tensor that are pictures are laid out in a grid of so many columns. */
  readonly columns: number;
}

const PAD = 8;
const TITLE = 34;
const SLOT = 23;
const GAP = 4;
/** A line below a picture for the scale it is drawn in. */
export const CAPTION = 13;

const NARROW = 112;
const WIDE = 176;
/** Beside each other, the scales of two pictures need more room than these do. */
const TWO_PICTURES = 148;
const PICTURE = 72;
const LARGEST_CELL = 22;
const THINNEST = 24;
/** A matrix with many more rows than columns may use the height that pictures rarely need. */
const TALLEST = 108;
const MAP = 64;
const GRID = 320;
const GRID_BESIDE = 216;
/** Up to so many maps make a grid of two rows. */
const FEW_MAPS = 10;

/** Tensors of so few numbers are written out, each number in a cell of its own. */
const WRITTEN = { columns: 4, numbers: 12, width: 56, height: 23 };
/** Between value and grad of such a one; the squares that count contributions stand there. */
const MATRIX_GAP = 12;

/** The card of a node; `gradient` tells whether one ever flows to it. */
export function cardOf(node: GraphNode, gradient: boolean): Card {
  if (node.shape.length === 0)
    return node.kind === "constant" && !gradient ? constantCard(node) : scalarCard(node, gradient);
  if (node.images) return imagesCard(node.shape, gradient);
  return isWritten(node.shape) ? matrixCard(node, gradient) : tensorCard(node, gradient);
}

function isWritten(shape: readonly number[]): boolean {
  const { rows, columns } = asMatrix(shape);
  return columns <= WRITTEN.columns && rows * columns <= WRITTEN.numbers && rows * columns > 0;
}

/** Room between two layers for what a wire carries: a number, or a shape and a scale. */
export function gapOf(nodes: readonly GraphNode[]): number {
  return nodes.some((node) => node.shape.length > 0) ? 108 : 84;
}

function constantCard(node: GraphNode): Card {
  const width = Math.max(44, 2 * PAD + 9 * node.name.length);
  return {
    kind: "constant",
    width,
    height: 34,
    columns: 1,
    value: { x: 6, y: 6, width: width - 12, height: 22 },
    grad: null,
  };
}

function scalarCard(node: GraphNode, gradient: boolean): Card {
  const width = titleWidth(node, NARROW);
  const slot = (row: number) => ({ x: PAD, y: TITLE + row * (SLOT + GAP), width: width - 2 * PAD, height: SLOT });
  const height = TITLE + (gradient ? 2 : 1) * (SLOT + GAP) - GAP + PAD;
  return { kind: "scalar", width, height, columns: 1, value: slot(0), grad: gradient ? slot(1) : null };
}

/** Value and grad above each other, so that an element stands in the same column of both; a graph grows sideways anyway. */
function matrixCard(node: GraphNode, gradient: boolean): Card {
  const { rows, columns } = asMatrix(node.shape);
  const [width, height] = [WRITTEN.width * columns, WRITTEN.height * rows];
  const cardWidth = Math.max(titleWidth(node, NARROW), width + 2 * PAD);
  const slot = (i: number) => ({ x: (cardWidth - width) / 2, y: TITLE + i * (height + MATRIX_GAP), width, height });
  const all = {
    kind: "matrix",
    width: cardWidth,
    height: TITLE + (gradient ? 2 * height + MATRIX_GAP : height) + PAD,
    columns: 1,
  } as const;
  return { ...all, value: slot(0), grad: gradient ? slot(1) : null };
}

/** Value and grad side by side, so that an element stands at the same height in both. */
function tensorCard(node: GraphNode, gradient: boolean): Card {
  const { rows, columns } = asMatrix(node.shape);
  const cell = Math.min(LARGEST_CELL, PICTURE / columns, TALLEST / rows);
  // Long thin tensors stay thick enough to be seen; the picture is stretched then, not cut.
  const [width, height] = [Math.max(cell * columns, THINNEST), Math.max(cell * rows, THINNEST)];
  const half = gradient ? 2 : 1;
  const cardWidth = titleWidth(node, Math.max(gradient ? TWO_PICTURES : NARROW, half * (width + PAD) + PAD));
  const area = (cardWidth - PAD * (half + 1)) / half;
  const slot = (i: number) => ({ x: PAD + i * (area + PAD) + (area - width) / 2, y: TITLE, width, height });
  const all = { kind: "tensor", width: cardWidth, height: TITLE + height + CAPTION + GAP, columns: 1 } as const;
  return { ...all, value: slot(0), grad: gradient ? slot(1) : null };
}

/** Rows that are pictures: a grid of them for the value, and one for the grad, below it or, where it is high, beside it. */
function imagesCard(shape: readonly number[], gradient: boolean): Card {
  const count = shape[0] ?? 1;
  const columns = gridColumns(count);
  const beside = gradient && count > FEW_MAPS;
  const map = Math.min(MAP, (beside ? GRID_BESIDE : GRID) / columns);
  const height = map * Math.ceil(count / columns);
  const [across, down] = beside ? [2, 1] : [1, gradient ? 2 : 1];
  const width = Math.max(NARROW, across * (map * columns + PAD) + PAD);
  const left = (width - across * (map * columns + PAD) + PAD) / 2;
  const slot = (i: number): Rect => {
    const [x, y] = beside ? [i * (map * columns + PAD), 0] : [0, i * (height + CAPTION + GAP)];
    return { x: left + x, y: TITLE + y, width: map * columns, height };
  };
  const all = { kind: "images", width, height: TITLE + down * (height + CAPTION + GAP), columns } as const;
  return { ...all, value: slot(0), grad: gradient ? slot(1) : null };
}

/** How many pictures stand beside each other in a grid of so many. */
export function gridColumns(count: number): number {
  return count <= FEW_MAPS ? Math.min(count, 5) : Math.ceil(Math.sqrt(count));
}

/** Wide enough for the name at the left and the formula at the right, within reason. */
function titleWidth(node: GraphNode, least: number): number {
  return Math.min(WIDE, Math.max(least, 36 + 9 * node.name.length + 7 * node.text.length));
}
