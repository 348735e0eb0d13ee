// Typeset formulas. KaTeX is large and not needed for the first picture, so it is a chunk of its own that is fetched with
// the first formula; until it is there, a formula shows as its source.
import type { KatexOptions } from "katex";

type Katex = typeof import("katex")["default"];

const OPTIONS: KatexOptions = {
  throwOnError: false,
  strict: (code) => (code === "htmlExtension" ? "ignore" : "warn"),
  // The classes that tell values from gradients, and nothing else that could reach outside the formula.
  trust: (context) => context.command === "\\htmlClass" && /^[vg]$/.test(context.class),
};

let katex: Katex | null = null;
let loading: Promise<void> | null = null;
const waiting = new Map<HTMLElement, string>();

/** Shows `latex` in `host`: at once when KaTeX is there, else as soon as it is. */
export function typeset(host: HTMLElement, latex: string): void {
  if (host.dataset.latex === latex) return;
  host.dataset.latex = latex;
  if (katex) {
    render(katex, latex, host);
    return;
  }
  host.textContent = plainLatex(latex);
  waiting.set(host, latex);
  if (!loading) loading = load();
}

/** On a line of its own, but at the left and as large: fractions stay readable. */
function render(katex: Katex, latex: string, host: HTMLElement): void {
  katex.render(`\\displaystyle ${latex}`, host, OPTIONS);
}

/** Fetches KaTeX before the first formula asks for it. */
export function preloadMath(): void {
  if (!loading) loading = load();
}

/** Waits until formulas show as they will stay, for those who measure them. */
export async function mathReady(): Promise<void> {
  preloadMath();
  await loading;
  await document.fonts?.ready;
}

async function load(): Promise<void> {
  const styled = addStyleSheet();
  katex = (await import("katex")).default;
  for (const [host, latex] of waiting) {
    // Only what still stands there: the host may show another formula by now, or plain text.
    if (host.dataset.latex === latex) render(katex, latex, host);
  }
  waiting.clear();
  await styled;
}

/** KaTeX's style sheet has a hashed name, which the page knows: `<meta name="katex-css" content="/static/...">`. */
function addStyleSheet(): Promise<void> {
  const address = document.querySelector<HTMLMetaElement>('meta[name="katex-css"]')?.content;
  if (!address) return Promise.resolve();
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address;
  const settled = new Promise<void>((resolve) => {
    link.onload = link.onerror = () => resolve();
  });
  document.head.append(link);
  return settled;
}

/** A readable stand-in for a formula: no classes, spacing or fractions; good enough for a moment. */
export function plainLatex(latex: string): string {
  return latex
    .replace(/\\htmlClass\{[vg]\}/g, "")
    .replace(/_\{([^{}]*)\}/g, "_$1")
    .replace(/\\frac\{([^{}]*)\}\{([^{}]*)\}/g, "$1/$2")
    .replace(/\\partial\s*/g, "∂")
    .replace(/\\sum/g, "Σ")
    .replace(/\\alpha/g, "α")
    .replace(/\\cdot|\\times/g, "·")
    .replace(/\\(?:[,!;: ]|left|right|[a-zA-Z]+)/g, " ")
    .replace(/[{}]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
