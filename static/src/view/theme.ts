import { oncePerTheme } from "./palette";

const KEY = "theme";
const colours = new Map<string, string>();
let listening = false;

/** A button that changes between light and dark; the choice is remembered and wins over the system's. */
export function themeToggle(button: HTMLButtonElement): void {
  const label = () => button.setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem(KEY, next);
    label();
  });
  label();
}

/** A colour token as what a canvas understands; looked up once a theme. */
export function colourOf(token: string): string {
  if (!listening) oncePerTheme(() => colours.clear());
  listening = true;
  const known = colours.get(token);
  if (known) return known;
  const probe = document.createElement("span");
  probe.hidden = true;
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  colours.set(token, color);
  return color;
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
}
