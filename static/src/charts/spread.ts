// Labels that stand beside each other without overlapping. Pure: no DOM.

/**
 * Middles for labels `height` tall within [from, to], in the order of the places they want, as near to these as can be:
 * of all such places those with the smallest sum of squared distances. null: there is no room for all of them.
 */
export function spread(wanted: readonly number[], height: number, from: number, to: number): number[] | null {
  if (wanted.length * height > to - from) return null;
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  // With the labels' own heights taken out, "no overlap" reads "not before the previous one": isotonic regression, by
  // pooling neighbours that violate it into groups at their mean.
  const groups: { sum: number; count: number }[] = [];
  for (const [rank, label] of order.entries()) {
    groups.push({ sum: (wanted[label] ?? 0) - rank * height, count: 1 });
    for (let last = groups.length - 1; last > 0; last--) {
      const [before, after] = [groups[last - 1], groups[last]];
      if (!before || !after || before.sum / before.count <= after.sum / after.count) break;
      groups.splice(last - 1, 2, { sum: before.sum + after.sum, count: before.count + after.count });
    }
  }
  const [lowest, highest] = [from + height / 2, to - height / 2 - (wanted.length - 1) * height];
  const middles = new Array<number>(wanted.length);
  let rank = 0;
  for (const { sum, count } of groups) {
    const first = Math.min(highest, Math.max(lowest, sum / count));
    for (let i = 0; i < count; i++, rank++) middles[order[rank] as number] = first + rank * height;
  }
  return middles;
}
