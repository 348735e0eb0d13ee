// Places in an expression's source. Pure: no DOM.
//
// The server counts characters as Python does, JavaScript counts UTF-16 units; they differ from the first 𝑥 on.

export type Span = readonly [start: number, end: number];

export interface Caret {
  /** The line the place is in, and a line of spaces and carets that points at it from below. */
  readonly line: string;
  readonly pointer: string;
}

/** A span in the server's characters as one in JavaScript's units, cut to the source. */
export function toUnits(source: string, [start, end]: Span): Span {
  const characters = Array.from(source);
  const unit = (place: number) => characters.slice(0, place).join("").length;
  return [unit(start), unit(end)];
}

/** The line of the source that a span (in units) begins in, with carets below it; at least one, also at the very end. */
export function caretAt(source: string, [start, end]: Span): Caret {
  const from = source.lastIndexOf("\n", start - 1) + 1;
  const newline = source.indexOf("\n", start);
  const to = newline < 0 ? source.length : newline;
  const width = Math.max(1, Math.min(end, to) - start);
  return { line: source.slice(from, to), pointer: " ".repeat(start - from) + "^".repeat(width) };
}

/** The source with a span (in units) replaced. */
export function replaced(source: string, [start, end]: Span, by: string): string {
  return source.slice(0, start) + by + source.slice(end);
}

export interface Mark {
  readonly text: string;
  readonly kind: "plain" | "active" | "wrong";
}

/** The source cut into runs, those within a span marked; where both do, what is wrong wins. */
export function marked(source: string, active: Span | null, wrong: Span | null): Mark[] {
  const edges = [0, source.length, ...(active ?? []), ...(wrong ?? [])].filter((at) => at >= 0 && at <= source.length);
  const sorted = [...new Set(edges)].sort((a, b) => a - b);
  return sorted.slice(1).map((end, i) => {
    const start = sorted[i] ?? 0;
    const inside = (span: Span | null) => span !== null && start >= span[0] && end <= span[1];
    return { text: source.slice(start, end), kind: inside(wrong) ? "wrong" : inside(active) ? "active" : "plain" };
  });
}
