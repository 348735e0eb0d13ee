import { type Palette, parseColour, type Rgb } from "../heatmap";

export type Role = "value" | "grad";

const palettes = new Map<Role, Palette>();
const caches = new Set<() => void>();
const listeners = new Set<() => void>();

/** The colours of heatmaps, as the style sheet has them for the present theme; read once a theme. */
export function paletteOf(role: Role): Palette {
  let palette = palettes.get(role);
  if (!palette) {
    palette = {
      zero: token("--heat-zero"),
      positive: token(role === "value" ? "--heat-value" : "--heat-grad"),
      negative: token("--heat-negative"),
      invalid: token("--heat-invalid"),
    };
    palettes.set(role, palette);
  }
  return palette;
}

/** Calls `redraw` whenever the theme changes: canvases do not follow the style sheet by themselves. */
export function onThemeChange(redraw: () => void): void {
  if (listeners.size + caches.size === 0) watchTheme();
  listeners.add(redraw);
}

/** Calls `forget` when the theme changes, before anything is drawn anew: for what was looked up once a theme. */
export function oncePerTheme(forget: () => void): void {
  if (listeners.size + caches.size === 0) watchTheme();
  caches.add(forget);
}

function watchTheme(): void {
  const changed = () => {
    palettes.clear();
    for (const forget of caches) forget();
    for (const redraw of listeners) redraw();
  };
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

/** A token as numbers. The browser computes it, so it may be written in any way CSS knows. */
function token(name: string): Rgb {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  probe.hidden = true;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return parseColour(color);
}
