// The length of gradients, layer by layer and altogether. Pure.

import type { BarRow } from "../charts/bars";
import { formatNumber } from "../format";
import type { RunView } from "../run/actions";
import type { Curves, Series } from "../run/curves";
import { lastOf } from "./members";

/** A member's layers, first to last. */
export interface MemberLayers {
  readonly label: string;
  readonly rows: readonly BarRow[];
  /** How much of the last layer's gradient the first one gets, in words; empty where there is one layer, or no number. */
  readonly says: string;
}

/** The length of each layer's gradient, as of the picked training step or now. */
export function layerLengths({ state, curves, picked }: RunView): MemberLayers[] {
  return state.members.map((plan, member) => {
    const found = curves.layers("grad_norm", member);
    const rows = plan.layers.map(({ name }, layer) => {
      const series = found[layer];
      return { label: name, value: series ? lastOf(series, picked ?? state.step) : null };
    });
    return { label: plan.label, rows, says: shareText(rows) };
  });
}

function shareText(rows: readonly BarRow[]): string {
  const [first, last] = [rows[0]?.value, rows.at(-1)?.value];
  if (rows.length < 2 || first == null || !last) return "";
  return `${rows[0]?.label} has ${formatNumber(first / last, 2)} × that of ${rows.at(-1)?.label}`;
}

/** The length of a member's whole gradient at each measured training step. */
export function totalLength(curves: Curves, member: number): Series {
  const layers = curves.layers("grad_norm", member);
  const x = layers[0]?.x ?? new Int32Array(0);
  const count = Math.min(x.length, ...layers.map(({ y }) => y.length));
  const y = new Float32Array(count);
  for (let i = 0; i < count; i++) y[i] = Math.hypot(...layers.map((layer) => layer.y[i] as number));
  return { x: x.subarray(0, count), y };
}
