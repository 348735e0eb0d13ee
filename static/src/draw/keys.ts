// Which key does what on the drawing page. Pure.

import { commandOf, type Key, type Press } from "../keys";

export type DrawCommand =
  | "undo"
  | "redo"
  | "clear"
  | "thin"
  | "medium"
  | "thick"
  | "eraser"
  | "upload"
  | "help"
  | `sample-${number}`;

/** In front of a key that is pressed with Ctrl, or with the command key of a Mac. */
const MOD = "Mod+";

export const DRAW_KEYS: readonly Key<DrawCommand>[] = [
  { keys: ["Mod+z"], shown: "Ctrl Z", command: "undo", says: "take the last stroke back" },
  { keys: ["Mod+Shift+z", "Mod+y"], shown: "Ctrl Y", command: "redo", says: "do it again" },
  { keys: ["Delete", "Backspace"], shown: "Delete", command: "clear", says: "clear the pad; can be undone" },
  { keys: ["["], shown: "[", command: "thin", says: "thin pen" },
  { keys: ["p"], shown: "P", command: "medium", says: "medium pen" },
  { keys: ["]"], shown: "]", command: "thick", says: "thick pen" },
  { keys: ["e"], shown: "E", command: "eraser", says: "eraser" },
  { keys: ["u"], shown: "U", command: "upload", says: "upload a picture; Ctrl V pastes one" },
  ...Array.from(
    { length: 10 },
    (_, digit): Key<DrawCommand> => ({
      keys: [String(digit)],
      shown: String(digit),
      command: `sample-${digit}`,
      says: `a sample of a ${digit}; again: another one`,
    }),
  ),
  { keys: ["?"], shown: "?", command: "help", says: "this list" },
];

/** The same for the help: the ten samples in one line. */
export const HELP_KEYS: readonly Key<DrawCommand>[] = DRAW_KEYS.flatMap((key) => {
  if (!key.command.startsWith("sample-")) return [key];
  return key.shown === "0" ? [{ ...key, shown: "0 to 9", says: "a sample of that digit; again: another one" }] : [];
});

/** The command of a key press. */
export function drawCommandOf(press: Press): DrawCommand | null {
  const mod = press.ctrlKey !== press.metaKey && !press.altKey;
  if (!mod) return commandOf({ ...press, key: lower(press.key) }, DRAW_KEYS);
  const key = `${MOD}${press.shiftKey ? "Shift+" : ""}${lower(press.key)}`;
  return DRAW_KEYS.find(({ keys }) => keys.includes(key))?.command ?? null;
}

/** Letters mean the same with Shift or with Caps Lock. */
function lower(key: string): string {
  return key.length === 1 ? key.toLowerCase() : key;
}
