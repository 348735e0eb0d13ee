import { expect, test } from "vitest";
import { visitorOf } from "../../static/src/visitor";

const counting = (bytes: Uint8Array) => bytes.set([...bytes.keys()]);
const NAME = "000102030405060708090a0b0c0d0e0f";

function storage(kept: Record<string, string>) {
  return {
    getItem: (key: string) => kept[key] ?? null,
    setItem: (key: string, value: string) => {
      kept[key] = value;
    },
  };
}

test("a name is made up once and kept", () => {
  const kept: Record<string, string> = {};
  expect(visitorOf(storage(kept), counting)).toBe(NAME);
  expect(kept).toEqual({ "gradwalk.visitor": NAME });
  expect(visitorOf(storage(kept), () => expect.unreachable())).toBe(NAME);
});

test("what the server would refuse as a name is not kept", () => {
  expect(visitorOf(storage({ "gradwalk.visitor": "<somebody else>" }), counting)).toBe(NAME);
});

test("where nothing can be kept there is a name all the same", () => {
  const full = {
    getItem: () => null,
    setItem: () => {
      throw new DOMException("full", "QuotaExceededError");
    },
  };
  expect(visitorOf(full, counting)).toBe(NAME);
});
