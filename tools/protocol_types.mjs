// Writes static/src/protocol.ts from static/src/protocol.schema.json: `node tools/protocol_types.mjs`.
//
// JSON has no NaN and no infinities, so they travel as words. Pages want numbers: the types say `number`, and the
// table SCALARS, made here from the schema too, tells the decoder where in an answer the words stand for numbers.
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "json-schema-to-typescript";

const SOURCES = join(resolve(dirname(fileURLToPath(import.meta.url)), ".."), "static", "src");
const BANNER = `// Made from app/protocol by \`make protocol\`; do not edit.\n`;

/** The text of protocol.ts for a schema. */
export async function protocolTypes(schema) {
  const scalars = JSON.stringify(scalarPaths(schema), null, 2);
  const types = await compile(typed(schema), "Protocol", { bannerComment: "", additionalProperties: false });
  return `${BANNER}
export const PROTOCOL_VERSION = ${schema.version};

/** Where numbers stand in each kind of answer; "*" is every item of a list or every entry of a map. */
export const SCALARS: Readonly<Record<ServerMessage["type"], readonly string[]>> = ${scalars};

export type ClientMessage = Protocol["ClientMessage"];
export type ServerMessage = Protocol["ServerMessage"];
export type BinaryFrame = Protocol["BinaryFrame"];

${types}`;
}

/** The same schema in the words of json-schema-to-typescript: one name a definition, tuples, short lists as lists. */
function typed(schema) {
  const named = structuredClone(schema);
  for (const [name, part] of Object.entries(named.$defs))
    part.title = name.replace("-Output", "").replace("-Input", "Given");
  return JSON.parse(JSON.stringify(named), (_key, part) => {
    if (part?.title === "Scalar") return { tsType: "number" };
    if (part?.contentEncoding === "binary") return { tsType: "Uint8Array" };
    if (part?.$ref) return { $ref: part.$ref };
    if (part?.type !== "array") return part;
    const { prefixItems, minItems, maxItems, ...rest } = part;
    return prefixItems ? { ...rest, minItems, maxItems, items: prefixItems } : rest;
  });
}

/** For every answer, the sorted paths of its numbers. */
function scalarPaths(schema) {
  const answers = Object.entries(schema.properties.ServerMessage.discriminator.mapping);
  return Object.fromEntries(
    answers.map(([type, $ref]) => [
      type,
      [...new Set(walk(schema, { $ref }, []))].map((path) => path.join(".")).sort(),
    ]),
  );
}

function* walk(schema, part, path) {
  if (part.$ref) yield* walk(schema, schema.$defs[part.$ref.split("/").at(-1)], path);
  else if (part.title === "Scalar") yield path;
  else {
    for (const either of part.anyOf ?? []) yield* walk(schema, either, path);
    for (const [name, field] of Object.entries(part.properties ?? {})) yield* walk(schema, field, [...path, name]);
    for (const items of [part.items, part.additionalProperties, ...(part.prefixItems ?? [])]) {
      if (typeof items === "object") yield* walk(schema, items, [...path, "*"]);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const schema = JSON.parse(await readFile(join(SOURCES, "protocol.schema.json"), "utf8"));
  await writeFile(join(SOURCES, "protocol.ts"), await protocolTypes(schema));
}
