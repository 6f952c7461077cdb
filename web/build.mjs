// Bundles the scripts of the form pages into the package. Old Chromium-based browsers run them: ES2019.
// `node build.mjs IN OUT` bundles one file of the tests in the same way, so that they judge what users get.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
const out = `${here}../build_tools/site/assets/form/`;

/** Parts of packages that nothing here reaches: what writes YAML, the types of YAML 1.1, the formats and reports of JSON Schema. */
const UNUSED =
  /\/yaml\/browser\/dist\/(?:stringify\/|schema\/(?:core|json|yaml-1\.1)\/|parse\/cst-|visit\.|log\.|doc\/(?:createNode|anchors|applyReviver)\.|nodes\/(?:addPairToJSMap|toJS)\.)|\/@cfworker\/json-schema\/dist\/esm\/(?:format|types|validator)\.js$/;
const leaner = {
  name: "leaner",
  setup(building) {
    building.onResolve({ filter: /^\./ }, ({ path, resolveDir }) =>
      UNUSED.test(resolve(resolveDir, path)) ? { path: "nothing", namespace: "unused" } : undefined,
    );
    building.onLoad({ filter: /./, namespace: "unused" }, () => ({
      contents: "module.exports = {}",
      loader: "js",
    }));
  },
};

const [from, to] = process.argv.slice(2);
const pages = ["item", "start", "item-intake", "start-intake"].map((name) => ({
  in: `${here}src/${name}.ts`,
  out: `${out}${name}.js`,
}));
/** Of the service's own pages. */
const leaving = { in: `${here}src/leaving.ts`, out: `${here}../intake/static/leaving.js` };
const entries = from ? [{ in: from, out: to }] : [...pages, leaving];
for (const entry of entries) {
  await build({
    entryPoints: [entry.in],
    outfile: entry.out,
    bundle: true,
    minify: true,
    format: from ? "esm" : "iife",
    external: ["node:*"],
    target: from ? ["esnext"] : ["es2019", "chrome78"],
    charset: "utf8",
    legalComments: "none",
    plugins: [leaner],
    logLevel: "warning",
  });
}

if (!from) writeFileSync(`${out}licences.txt`, licences());

/** The licences of the packages in the bundle, as those ask for. */
function licences() {
  const { dependencies } = JSON.parse(readFileSync(`${here}package.json`, "utf8"));
  return Object.keys(dependencies)
    .map((name) => {
      const folder = `${here}node_modules/${name}/`;
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      return `${name}\n\n${file ? readFileSync(folder + file, "utf8") : "MIT"}`;
    })
    .join("\n\n");
}
