import { expect, test } from "vitest";
import schema from "../../static/src/protocol.schema.json";
// @ts-expect-error: the text of the file, not its types
import text from "../../static/src/protocol.ts?raw";
// @ts-expect-error: a script without types
import { protocolTypes } from "../../tools/protocol_types.mjs";

test("protocol.ts is made from the schema as it is now (else: make protocol)", async () => {
  expect(text).toBe(await protocolTypes(schema));
});
