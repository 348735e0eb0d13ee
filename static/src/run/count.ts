// Parameters counted as a student would: 784 × 128 + 128 = 100,480, layer by layer, and their sum. Pure.

import { formatCount } from "../charts/labels";

export interface LayerSum {
  /** 784 × 128 + 128 */
  readonly sum: string;
  readonly parameters: number;
}

/** Weights and biases of every layer between widths that follow each other. */
export function layerSums(widths: readonly number[]): LayerSum[] {
  return widths.slice(1).map((outputs, i) => {
    const inputs = widths[i] ?? 0;
    return { sum: `${inputs} × ${outputs} + ${outputs}`, parameters: inputs * outputs + outputs };
  });
}

export function parametersOf(layers: readonly Pick<LayerSum, "parameters">[]): number {
  return layers.reduce((sum, { parameters }) => sum + parameters, 0);
}

/** Who counted how many, in words that say whether they agree; null: not counted (yet). */
export function countersText(student: number, engine: number | null, pytorch: number | null): string {
  const others = [
    ["the engine", engine],
    ["PyTorch", pytorch],
  ] as const;
  const counted = others.filter(([, count]) => count !== null);
  if (counted.length === 0) return "";
  const wrong = counted.filter(([, count]) => count !== student);
  const names = (some: typeof counted) => some.map(([name]) => name).join(" and ");
  if (wrong.length > 0) return wrong.map(([name, count]) => `${name} counts ${formatCount(count ?? 0)}`).join(", ");
  return counted.length === 1 ? `${names(counted)} counts the same` : `${names(counted)} count the same`;
}
