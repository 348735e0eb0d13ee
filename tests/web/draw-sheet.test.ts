import { beforeEach, describe, expect, it } from "vitest";
import { Refusal } from "../../static/src/data/api";
import { NETWORKS } from "../../static/src/draw/address";
import type { Prediction } from "../../static/src/draw/api";
import { Sheet } from "../../static/src/draw/sheet";
import { EMPTY, type Stroke } from "../../static/src/draw/strokes";

const pen: Stroke = { kind: "pen", width: 0.06, points: [{ x: 0.5, y: 0.5, press: 1 }] };
const [photo, other] = [new Blob(["photo"]), new Blob(["other"])];

type Asked = {
  picture: Blob;
  networks: readonly string[];
  stages: boolean;
  signal: AbortSignal;
  answer(digits?: number): Promise<void>;
  fail(code: string): Promise<void>;
};
let asked: Asked[];
let troubles: { words: string; again: (() => void) | undefined }[];
let sheet: Sheet;

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

function predictionOf(digits: number): Prediction {
  const list = Array.from({ length: digits }, (_, digit) => ({ digit, code: `CODE-${digit}` }));
  return { digits: list, stages: [] } as unknown as Prediction;
}

beforeEach(() => {
  [asked, troubles] = [[], []];
  sheet = new Sheet(
    {
      predict: (picture, networks, { stages, signal }) =>
        new Promise((resolve, reject) => {
          asked.push({
            ...{ picture, networks, stages, signal },
            answer(digits = 1) {
              resolve(predictionOf(digits));
              return settle();
            },
            fail(code) {
              reject(new Refusal(code, `${code}.`));
              return settle();
            },
          });
        }),
      pictureOf: async () => new Blob(["drawing"]),
      later: () => () => {},
      changed() {},
      trouble: (words, again) => troubles.push({ words, again }),
      passed() {},
      over() {
        troubles = [];
      },
    },
    { picture: "", networks: NETWORKS, lessons: [], rate: 0.01 },
    EMPTY,
  );
});

describe("what lies on the page", () => {
  it("is blank, and not asked about, until there is ink", async () => {
    expect(sheet.isBlank).toBe(true);
    sheet.draws({ ...pen, kind: "eraser" });
    await settle();
    expect(asked).toHaveLength(0);
    sheet.draws(pen);
    expect(sheet.isBlank).toBe(false);
    await settle();
    expect(asked).toHaveLength(1);
  });

  it("is asked about in full once the stroke is ended, and shown with what was read", async () => {
    sheet.draws(pen);
    await settle();
    expect([asked[0]?.stages, sheet.view.reading]).toEqual([false, true]);
    await asked[0]?.answer();
    expect(sheet.view.reading).toBe(true); // the stroke goes on
    sheet.act(pen);
    await settle();
    expect(asked[1]?.stages).toBe(true);
    expect(sheet.place).toBeNull();
    await asked[1]?.answer();
    expect(sheet.view.reading).toBe(false);
    expect(sheet.place?.picture).toBe("CODE-0");
  });

  it("forgets what was read when it is cleared, and reads it again when that is undone", async () => {
    sheet.act(pen);
    await settle();
    await asked[0]?.answer();
    sheet.clear();
    expect([sheet.view.prediction, sheet.place?.picture, sheet.isBlank]).toEqual([null, "", true]);
    sheet.undo();
    await settle();
    expect(asked).toHaveLength(2);
    sheet.redo();
    expect(asked[1]?.signal.aborted).toBe(true);
    await asked[1]?.answer();
    expect(sheet.view.prediction).toBeNull();
  });

  it("is not what was read before, until it is read itself, also where that fails", async () => {
    sheet.act(pen);
    await settle();
    expect(sheet.view.outdated).toBe(false); // nothing is shown
    await asked[0]?.answer();
    expect(sheet.view.outdated).toBe(false);
    sheet.draws(pen);
    expect(sheet.view.outdated).toBe(true);
    sheet.act(pen);
    await settle();
    await asked.at(-1)?.fail("unreachable");
    expect([sheet.view.reading, sheet.view.outdated]).toEqual([false, true]);
    troubles[0]?.again?.();
    await settle();
    await asked.at(-1)?.answer();
    expect(sheet.view.outdated).toBe(false);
  });

  it("asks other networks of the same picture, and keeps the digit that is looked at", async () => {
    sheet.upload({ file: photo, name: "photo", bitmap: null });
    await settle();
    await asked[0]?.answer(3);
    sheet.pick(2);
    sheet.ask(["one-layer"]);
    await settle();
    expect([asked[1]?.networks, asked[1]?.picture]).toEqual([["one-layer"], photo]);
    await asked[1]?.answer(3);
    expect(sheet.view.picked).toBe(2);
    expect(sheet.place).toMatchObject({ picture: "CODE-2", networks: ["one-layer"] });
  });
});

describe("a file over the drawing", () => {
  beforeEach(async () => {
    sheet.act(pen);
    await settle();
    await asked[0]?.answer();
    sheet.upload({ file: photo, name: "photo", bitmap: null });
    await settle();
  });

  it("is read at once; until then, what was read is not of it", async () => {
    expect(asked[1]?.picture).toBe(photo);
    expect(sheet.isOfUpload).toBe(false);
    await asked[1]?.answer(2);
    expect(sheet.isOfUpload).toBe(true);
  });

  it("gets its pixels later, unless another one has come meanwhile", async () => {
    const bitmap = {} as ImageBitmap;
    sheet.upload({ file: photo, name: "photo", bitmap });
    await settle();
    expect([sheet.uploaded?.bitmap, asked.length]).toEqual([bitmap, 2]);
    sheet.upload({ file: other, name: "other", bitmap: null });
    sheet.upload({ file: photo, name: "photo", bitmap });
    expect([sheet.uploaded?.name, sheet.uploaded?.bitmap]).toEqual(["other", null]);
    expect(asked[1]?.signal.aborted).toBe(true);
  });

  it("goes with undo, and with clearing; the drawing is as it was", async () => {
    for (const leave of [() => sheet.undo(), () => sheet.clear(), () => sheet.act(pen)]) {
      sheet.upload({ file: other, name: "other", bitmap: null });
      sheet.redo();
      expect(sheet.uploaded?.name).toBe("other");
      leave();
      expect([sheet.uploaded, sheet.drawing.done[0]]).toEqual([null, pen]);
    }
  });

  it.each(["not_a_picture", "bad_picture", "too_large", "bad_request"])(
    "is taken away where it is %s",
    async (code) => {
      await asked[1]?.fail(code);
      expect([sheet.uploaded, sheet.drawing.done]).toEqual([null, [pen]]);
      expect(troubles).toEqual([{ words: `photo: ${code}.`, again: undefined }]);
    },
  );

  it("stays where something else is wrong, and is asked about again", async () => {
    await asked[1]?.fail("unreachable");
    expect(sheet.uploaded?.name).toBe("photo");
    expect(troubles[0]?.words).toBe("unreachable.");
    troubles[0]?.again?.();
    await settle();
    expect(asked[2]?.picture).toBe(photo);
  });
});
