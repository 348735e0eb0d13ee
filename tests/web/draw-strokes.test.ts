import { describe, expect, it } from "vitest";
import { keep, kept } from "../../static/src/draw/kept";
import { Pointers, pressOf } from "../../static/src/draw/pointers";
import {
  type Act,
  acted,
  type Drawing,
  EMPTY,
  extended,
  isInked,
  onlyPicture,
  redone,
  type Stroke,
  undone,
  visible,
} from "../../static/src/draw/strokes";
import { fromText, toText } from "../../static/src/draw/strokes-text";

const pen: Stroke = { kind: "pen", width: 0.06, points: [{ x: 0.25, y: 0.5, press: 1 }] };
const eraser: Stroke = { ...pen, kind: "eraser", width: 0.14 };
const picture: Act = { kind: "picture", pixels: Uint8Array.from({ length: 784 }, (_, i) => i % 256) };
const clear: Act = { kind: "clear" };
const drawn = (...acts: Act[]): Drawing => acts.reduce(acted, EMPTY);

describe("a drawing", () => {
  it("is undone and redone act by act, clearing as well as strokes", () => {
    const all = drawn(pen, eraser, clear);
    expect(visible(all)).toEqual([]);
    expect(visible(undone(all))).toEqual([pen, eraser]);
    expect(visible(undone(undone(all)))).toEqual([pen]);
    expect(redone(redone(undone(undone(all))))).toEqual(all);
  });

  it("has nothing to undo before the first act, and nothing to redo after a new one", () => {
    expect(undone(EMPTY)).toEqual(EMPTY);
    const other = acted(undone(drawn(pen, pen)), eraser);
    expect(redone(other)).toEqual(other);
    expect(visible(other)).toEqual([pen, eraser]);
  });

  it("is not cleared twice", () => {
    expect(drawn(clear)).toBe(EMPTY);
    expect(drawn(pen, clear, clear).done).toHaveLength(2);
  });

  it("is replaced by a picture, which can be drawn on and undone", () => {
    expect(visible(drawn(pen, picture))).toEqual([picture]);
    expect(onlyPicture(drawn(pen, picture))).toBe(picture.kind === "picture" ? picture.pixels : null);
    expect(onlyPicture(drawn(picture, pen))).toBeNull();
    expect(visible(undone(drawn(pen, picture)))).toEqual([pen]);
  });

  it("has ink once a pen was on it, not from an eraser alone", () => {
    expect([EMPTY, drawn(eraser), drawn(pen, clear)].map(isInked)).toEqual([false, false, false]);
    expect([drawn(pen, eraser), drawn(picture)].map(isInked)).toEqual([true, true]);
  });
});

describe("a stroke", () => {
  it("grows by the points that lead on, and is the same one where none does", () => {
    const near = { x: 0.2501, y: 0.5, press: 1 };
    const far = { x: 0.3, y: 0.5, press: 1 };
    expect(extended(pen, [near, far, far]).points).toEqual([...pen.points, far]);
    expect(extended(pen, [near])).toBe(pen);
  });
});

describe("the text of a drawing", () => {
  it("leads back to it, with what was undone", () => {
    const drawing = undone(drawn(pen, clear, picture, eraser));
    expect(fromText(toText(drawing))).toEqual(drawing);
  });

  it.each([
    null,
    "",
    "null",
    "[]",
    '{"done":[],"undone":3}',
    '{"done":[{"kind":"brush","width":1,"points":[0,0,1]}],"undone":[]}',
    '{"done":[{"kind":"pen","width":1,"points":[0,0]}],"undone":[]}',
    '{"done":[{"kind":"pen","width":1,"points":[]}],"undone":[]}',
    '{"done":[{"kind":"pen","width":null,"points":[0,0,1]}],"undone":[]}',
    '{"done":[{"picture":"AAAA"}],"undone":[]}',
    '{"done":[{"picture":"!"}],"undone":[]}',
  ])("%o is none", (text) => {
    expect(fromText(text)).toBeNull();
  });
});

describe("what is kept over a reload", () => {
  function shelf() {
    const kept = new Map<string, string>();
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => kept.set(key, text),
    };
  }

  it("is the drawing beside the picture that the address names", () => {
    const there = shelf();
    keep(there, drawn(pen), "CODE");
    expect(kept(there, "CODE")).toEqual({ drawing: drawn(pen), isNamed: true });
    expect(kept(there, "")).toEqual({ drawing: drawn(pen), isNamed: true });
    expect(kept(there, "OTHER")).toEqual({ drawing: drawn(pen), isNamed: false });
  });

  it("is nothing at first, and where it cannot be read", () => {
    expect(kept(shelf(), "")).toEqual({ drawing: EMPTY, isNamed: true });
    expect(kept(shelf(), "CODE")).toEqual({ drawing: EMPTY, isNamed: false });
    for (const text of ["null", "{", '{"drawing":7,"picture":"CODE"}', '"text"'])
      expect(kept({ ...shelf(), getItem: () => text }, "CODE")).toEqual({ drawing: EMPTY, isNamed: false });
  });

  it("may find no room", () => {
    const full = {
      getItem: () => null,
      setItem() {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    expect(() => keep(full, drawn(pen), "")).not.toThrow();
  });
});

describe("pointers on the pad", () => {
  const mouse = { id: 1, type: "mouse", button: 0, buttons: 1, at: 0 };
  const finger = { id: 2, type: "touch", button: 0, buttons: 1, at: 5000 };
  const stylus = { id: 3, type: "pen", button: 0, buttons: 1, at: 5100 };

  it("draw one at a time", () => {
    const pointers = new Pointers();
    expect(pointers.down(finger)).toBe("begins");
    expect(pointers.down({ ...finger, id: 9 })).toBe("ignored");
    expect(pointers.moves({ ...finger, id: 9 })).toBe(false);
    expect(pointers.ends({ id: 9 })).toBe(false);
    expect(pointers.moves(finger)).toBe(true);
    expect(pointers.ends(finger)).toBe(true);
    expect(pointers.ends(finger)).toBe(false);
    expect(pointers.down({ ...finger, id: 9 })).toBe("begins");
  });

  it("draw with the first button only, or with a pen's eraser", () => {
    expect(new Pointers().down({ ...mouse, button: 2, buttons: 2 })).toBe("ignored");
    expect(new Pointers().down({ ...stylus, button: 5, buttons: 32 })).toBe("begins");
  });

  it("ignore the hand that holds a pen, for as long as the pen is near", () => {
    const pointers = new Pointers();
    pointers.moves({ ...stylus, buttons: 0 }); // hovers
    expect(pointers.down({ ...finger, at: stylus.at + 700 })).toBe("ignored");
    expect(pointers.down({ ...finger, at: stylus.at + 900 })).toBe("begins");
  });

  it("leave off a touch for the pen that comes after it", () => {
    const pointers = new Pointers();
    pointers.down(finger);
    expect(pointers.down(stylus)).toBe("replaces");
    expect(pointers.ends(finger)).toBe(false);
    expect(pointers.moves(stylus)).toBe(true);
  });

  it("press only where they are pens, and gently", () => {
    expect([pressOf("mouse", 0.5), pressOf("touch", 1), pressOf("pen", 0), pressOf("pen", 0.5)]).toEqual([1, 1, 1, 1]);
    expect(pressOf("pen", 1)).toBeCloseTo(1.3);
    expect(pressOf("pen", 0.1)).toBeCloseTo(0.76);
  });
});
