// The page allows what the server takes: the same limits stand in both.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MOST_NETWORKS } from "../../static/src/draw/address";
import { MOST_LESSONS, MOST_STEPS } from "../../static/src/draw/lessons";

/** A number that a module of the server assigns. */
function served(file: string, name: string): number {
  const text = readFileSync(new URL(`../../app/${file}`, import.meta.url), "utf8");
  return Number(new RegExp(`^${name} = (\\d+)$`, "m").exec(text)?.[1]);
}

test("limits are the server's", () => {
  expect(MOST_NETWORKS).toBe(served("predict_api.py", "MOST_NETWORKS"));
  expect(MOST_LESSONS).toBe(served("taught.py", "ITEMS"));
  expect(MOST_STEPS).toBe(served("taught.py", "STEPS"));
});
