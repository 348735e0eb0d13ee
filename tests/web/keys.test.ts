import { expect, test } from "vitest";
import { commandOf as find, KEYS, mayTake, type Press } from "../../static/src/keys";
import { RUN_KEYS } from "../../static/src/run/keys";

const press = (key: string, held: Partial<Press> = {}): Press => ({
  ...{ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false },
  ...held,
});
const commandOf = (given: Press) => find(given, KEYS);
/** A target that lies in whatever matches `pattern`. */
const inside = (pattern: RegExp) => ({ closest: (selectors: string) => (pattern.test(selectors) ? {} : null) });

test("Shift makes a step a phase", () => {
  expect(commandOf(press("ArrowRight"))).toBe("forward");
  expect(commandOf(press("ArrowRight", { shiftKey: true }))).toBe("phase-forward");
});

test("signs that need Shift on some keyboards work with and without", () => {
  expect([commandOf(press("?", { shiftKey: true })), commandOf(press("?"))]).toEqual(["help", "help"]);
});

test("the browser keeps its own shortcuts", () => {
  for (const held of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    expect(commandOf(press("ArrowLeft", held))).toBe(null);
  }
});

test.each([
  ["stepper", KEYS],
  ["run", RUN_KEYS],
])("in the table of the %s no key stands for two commands, and no command is without a key", (_, table) => {
  const keys = table.flatMap((key) => key.keys);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(table.map((key) => key.command)).size).toBe(table.length);
});

test("keys are never taken from where something is typed, nor from an open dialog", () => {
  for (const key of ["ArrowLeft", " ", "?", "Home"]) {
    expect(mayTake(press(key), inside(/textarea/))).toBe(false);
    expect(mayTake(press(key), inside(/dialog/))).toBe(false);
    expect(mayTake(press(key), inside(/nothing of this/))).toBe(true);
  }
});

test("a button keeps Space, a slider its arrows, and nothing more", () => {
  expect([mayTake(press(" "), inside(/^button/)), mayTake(press("ArrowLeft"), inside(/^button/))]).toEqual([
    false,
    true,
  ]);
  expect([mayTake(press("ArrowLeft"), inside(/slider/)), mayTake(press(" "), inside(/slider/))]).toEqual([false, true]);
});
