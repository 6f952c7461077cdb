// Bundles the script of the form pages into the package. Old Chromium-based browsers run it: ES2019.
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;

await build({
  entryPoints: [`${here}src/main.ts`],
  outfile: `${here}../build_tools/site/assets/form/form.js`,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2019", "chrome78"],
  charset: "utf8",
  legalComments: "eof",
  logLevel: "warning",
});
