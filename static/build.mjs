// Bundles the front end into static/dist: `node static/build.mjs`.
//
// Every output carries a hash of its content in its name, so that browsers may keep it for ever; manifest.json says
// which source became which file. KaTeX (with its style sheet and fonts) is outside the size budget, because it is
// loaded lazily: `import("katex")` becomes a chunk of its own. So is Swagger UI, which only the page for programs loads.
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const BUDGET_BYTES = 250_000; // JavaScript and CSS, gzipped, without what stands in OUTSIDE
const OUTSIDE = ["katex", "swagger-ui-dist"];
const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const DIST = join(ROOT, "static", "dist");
const MANIFEST = "manifest.json";
const LICENSES = "licenses.txt";

const ENTRY_POINTS = [
  { out: "main", in: "static/src/main.ts" },
  { out: "home", in: "static/src/home.ts" },
  { out: "data", in: "static/src/data.ts" },
  { out: "train", in: "static/src/train.ts" },
  { out: "lab", in: "static/src/lab.ts" },
  { out: "draw", in: "static/src/draw.ts" },
  { out: "api-docs", in: "static/src/api-docs.ts" },
  { out: "theme.early", in: "static/src/theme.early.ts" },
  { out: "layout.worker", in: "static/src/layout.worker.ts" },
  { out: "main", in: "static/css/main.css" },
  { out: "data", in: "static/css/data.css" },
  { out: "train", in: "static/css/train.css" },
  { out: "lab", in: "static/css/lab.css" },
  { out: "draw", in: "static/css/draw.css" },
  { out: "api", in: "static/css/api.css" },
  { out: "icon", in: "static/icon.svg" },
  { out: "katex", in: "node_modules/katex/dist/katex.min.css" },
  { out: "swagger-ui", in: "node_modules/swagger-ui-dist/swagger-ui.css" },
].filter((entry) => existsSync(join(ROOT, entry.in)));

/** KaTeX lists every font three times; each browser this project supports reads the first, WOFF2. */
const onlyWoff2 = {
  name: "only-woff2",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]katex\.min\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(/,url\([^)]*\.(?:woff|ttf)\) format\("\w+"\)/g, ""),
      loader: "css",
    }));
  },
};

const { outputFiles, metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ENTRY_POINTS,
  outdir: DIST,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "fonts/[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: "linked",
  loader: { ".svg": "copy", ".woff2": "file" },
  plugins: [onlyWoff2],
  metafile: true,
  write: false,
  logLevel: "warning",
});

/** @type {Record<string, string>} */
const manifest = {};
const rows = [];
const sources = new Set(ENTRY_POINTS.map((entry) => entry.in)); // not the chunks, which are entry points to esbuild, too
for (const file of outputFiles) {
  const name = relative(DIST, file.path).replaceAll("\\", "/");
  const output = metafile.outputs[relative(ROOT, file.path).replaceAll("\\", "/")];
  if (sources.has(output.entryPoint)) {
    manifest[basename(name).replace(/-[A-Z0-9]{8}(?=\.\w+$)/, "")] = name;
  }
  if (/\.(?:js|css)$/.test(name)) {
    const outside = OUTSIDE.find((folder) => output.entryPoint?.startsWith(`node_modules/${folder}/`));
    rows.push({ name, outside, bytes: gzipSync(file.contents).length });
  }
  await mkdir(dirname(file.path), { recursive: true });
  await writeFile(file.path, file.contents);
}
await writeFile(join(DIST, LICENSES), await licenses(Object.keys(metafile.inputs)));
await writeFile(join(DIST, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);

// Only now, with the new manifest in place, do the files of earlier builds go.
const fresh = new Set([join(DIST, MANIFEST), join(DIST, LICENSES), ...outputFiles.map((file) => file.path)]);
for (const entry of await readdir(DIST, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (entry.isFile() && !fresh.has(path)) await rm(path);
}

for (const { name, outside, bytes } of rows) {
  const note = outside ? `  (${outside}, outside the budget)` : "";
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB gzipped  ${name}${note}`);
}
const total = rows.filter((row) => !row.outside).reduce((sum, row) => sum + row.bytes, 0);
console.log(`${(total / 1000).toFixed(1).padStart(7)} kB of ${BUDGET_BYTES / 1000} kB`);
if (total > BUDGET_BYTES) {
  console.error(`The bundle is ${total} bytes gzipped; at most ${BUDGET_BYTES} are allowed. Load something lazily.`);
  process.exitCode = 1;
}

/** The licences of the packages that went into the bundle: they ask to be passed on with every copy. */
async function licenses(inputs) {
  const packages = new Set(
    inputs.map((input) => input.match(/^node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0]).filter(Boolean),
  );
  const texts = [...packages].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(ROOT, folder, "package.json"), "utf8"));
    const files = (await readdir(join(ROOT, folder))).filter((entry) => isLicense(folder, entry, inputs)).sort();
    const found = await Promise.all(files.map((entry) => readFile(join(ROOT, folder, entry), "utf8")));
    const text = found.length ? found.map((one) => one.trim()).join("\n\n") : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(72)}\n\n`);
}

/** A package's own licence and notice, and those of what had gone into a file of it before. */
function isLicense(folder, entry, inputs) {
  const [before, isOfFile] = entry.split(/(\.LICENSE\.txt)$/);
  return isOfFile ? inputs.includes(`${folder}/${before}`) : /^(?:licen[cs]e|notice)/i.test(entry);
}
