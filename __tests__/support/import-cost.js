/**
 * What importing a subpath costs beside the engine, which the importer has anyway: as JSON, for the test of the budgets.
 * Run by `node --expose-gc` in the importer's folder.
 */
const { createRequire } = require("node:module");
const [, , name] = process.argv;
const load = createRequire(`${process.cwd()}/`);

for (const engine of ["cdktf", "constructs"]) load(engine);
const before = new Set(Object.keys(require.cache));
globalThis.gc();
const { heapUsed } = process.memoryUsage();
const started = performance.now();
load(name);
const milliseconds = performance.now() - started;
globalThis.gc();
const files = Object.keys(require.cache).filter((file) => !before.has(file));
const { heapUsed: after, rss } = process.memoryUsage();
process.stdout.write(
  JSON.stringify({ files, heapMb: (after - heapUsed) / 1e6, rssMb: rss / 1e6, milliseconds }),
);
