// Which key does what: a table that the keyboard and its help are made of; here the stepper's. Pure.

export type Command =
  | "back"
  | "forward"
  | "phase-back"
  | "phase-forward"
  | "out"
  | "into"
  | "first"
  | "last"
  | "play"
  | "zoom-in"
  | "zoom-out"
  | "fit"
  | "help";

export interface Key<C extends string = Command> {
  /** What `KeyboardEvent.key` may say, with "Shift+" in front where Shift is meant. */
  readonly keys: readonly string[];
  readonly shown: string;
  readonly command: C;
  readonly says: string;
}

export const KEYS: readonly Key[] = [
  { keys: ["ArrowRight"], shown: "→", command: "forward", says: "step on, by what the button names" },
  { keys: ["ArrowLeft"], shown: "←", command: "back", says: "step back" },
  { keys: ["Shift+ArrowRight"], shown: "Shift →", command: "phase-forward", says: "to the end of the phase" },
  { keys: ["Shift+ArrowLeft"], shown: "Shift ←", command: "phase-back", says: "to the start of the phase" },
  { keys: ["ArrowDown"], shown: "↓", command: "into", says: "into: smaller steps, down to single products" },
  {
    keys: ["ArrowUp"],
    shown: "↑",
    command: "out",
    says: "out: larger steps, up to whole training steps and their run",
  },
  { keys: ["Home"], shown: "Home", command: "first", says: "to the beginning" },
  { keys: ["End"], shown: "End", command: "last", says: "to the end" },
  { keys: [" "], shown: "Space", command: "play", says: "play or pause" },
  { keys: ["+", "="], shown: "+", command: "zoom-in", says: "larger" },
  { keys: ["-"], shown: "−", command: "zoom-out", says: "smaller" },
  { keys: ["0"], shown: "0", command: "fit", says: "everything in sight" },
  { keys: ["?"], shown: "?", command: "help", says: "this list" },
];

/** What a press asks for; null: nothing of ours. */
export interface Press {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The command of a key press in a table. Shift counts only with the keys that type nothing by themselves. */
export function commandOf<C extends string>(press: Press, table: readonly Key<C>[]): C | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const named = press.key.length > 1;
  const key = named && press.shiftKey ? `Shift+${press.key}` : press.key;
  return table.find(({ keys }) => keys.includes(key))?.command ?? null;
}

/** Elements that use keys themselves, by their roles as selectors: what is typed there is never taken away. */
const TYPING = "input:not([type=checkbox], [type=button], [type=radio]), textarea, select, [contenteditable]";
const OWN_ARROWS = "input[type=radio], [role=slider], [role=grid], [role=listbox], [role=tablist]";
const PRESSED = "button, a[href], summary, [role=button], input[type=checkbox]";

/** What keeps its own keys: an element, or one that it lies in. */
export interface KeyTarget {
  closest(selectors: string): unknown;
}

/** Whether a command may be taken from a key pressed at a target. */
export function mayTake(press: Press, target: KeyTarget): boolean {
  if (target.closest(TYPING) || target.closest("dialog[open]")) return false;
  if (/^(Arrow|Home|End)/.test(press.key) && target.closest(OWN_ARROWS)) return false;
  return !(press.key === " " && target.closest(PRESSED));
}
