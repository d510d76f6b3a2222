/** The import laws of docs/architecture.md, enforced: arrows one way, no cycles, no provider barrel. */
module.exports = {
  forbidden: [
    {
      name: "no-provider-barrel",
      comment:
        "The barrel costs seconds and half a gigabyte per process: import @cdktf/provider-aws/lib/<resource>.",
      severity: "error",
      from: {},
      to: { path: "node_modules/@cdktf/provider-aws/lib/index\\.(js|d\\.ts)$|^@cdktf/provider-aws$" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "core-stands-alone",
      comment: "modules/core is below everything.",
      severity: "error",
      from: { path: "^modules/core/" },
      to: {
        path: "^(main\\.ts|stacks|modules|functions|scripts|testing|__tests__)",
        pathNot: "^modules/core/",
      },
    },
    {
      name: "shared-rooms-use-core-and-each-other-only",
      comment: "network, compute, storage, api and edge lie below the chapters.",
      severity: "error",
      from: { path: "^modules/(network|compute|storage|api|edge)/" },
      to: {
        path: "^(main\\.ts|stacks|functions|scripts|testing|__tests__|modules/)",
        pathNot: "^modules/(core|network|compute|storage|api|edge)/",
      },
    },
    {
      name: "no-chapter-inside-another",
      comment: "A chapter never imports another chapter.",
      severity: "error",
      from: { path: "^modules/([^/]+)/", pathNot: "^modules/(core|network|compute|storage|api|edge)/" },
      to: { path: "^modules/", pathNot: "^modules/($1|core|network|compute|storage|api|edge)/" },
    },
    {
      name: "rooms-are-entered-by-their-door",
      comment: "Another room is imported through an index.ts: its own, or that of one module.",
      severity: "error",
      from: { path: "^modules/([^/]+)/" },
      to: {
        path: "^modules/[^/]+/",
        pathNot: ["^modules/$1/", "^modules/[^/]+/index\\.ts$", "^modules/[^/]+/[^/]+/index\\.ts$"],
      },
    },
    {
      name: "modules-do-not-know-stacks",
      severity: "error",
      from: { path: "^modules/" },
      to: { path: "^(main\\.ts|stacks/|scripts/|testing/|__tests__/|functions/)" },
    },
    {
      name: "stacks-know-modules-only",
      severity: "error",
      from: { path: "^stacks/" },
      to: { path: "^(main\\.ts|scripts/|testing/|__tests__/)" },
    },
    {
      name: "stacks-enter-by-the-door",
      comment: "A stack imports a module through an index.ts.",
      severity: "error",
      from: { path: "^(main\\.ts|stacks/)" },
      to: { path: "^modules/", pathNot: ["^modules/[^/]+/index\\.ts$", "^modules/[^/]+/[^/]+/index\\.ts$"] },
    },
    {
      name: "testing-knows-modules-and-the-driver-only",
      comment: "What drives Terraform stands below both the kit and what an operator runs.",
      severity: "error",
      from: { path: "^testing/" },
      to: {
        path: "^(main\\.ts|stacks/|functions/|scripts/|__tests__/)",
        pathNot: "^scripts/(terraform|support)/",
      },
    },
    {
      name: "the-driver-stands-below",
      comment: "scripts/terraform and scripts/support ship with the testing kit.",
      severity: "error",
      from: { path: "^scripts/(terraform|support)/" },
      to: {
        path: "^(main\\.ts|stacks/|functions/|scripts/|testing/|__tests__/)",
        pathNot: "^scripts/(terraform|support)/",
      },
    },
    {
      name: "stacks-know-functions-as-types-only",
      comment: "Only functions/*/env.ts, and only its types.",
      severity: "error",
      from: { path: "^(main\\.ts|stacks/|modules/)" },
      to: { path: "^functions/", pathNot: "^functions/[^/]+/env\\.ts$" },
    },
    {
      name: "stacks-import-function-types-only",
      severity: "error",
      from: { path: "^(main\\.ts|stacks/|modules/)" },
      to: { path: "^functions/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "functions-import-no-infrastructure",
      severity: "error",
      from: { path: "^functions/" },
      to: {
        path: "^(main\\.ts|stacks/|modules/|scripts/|testing/|__tests__/)|node_modules/(cdktf|constructs|@cdktf)/",
      },
    },
    {
      name: "shipped-code-needs-no-development-dependency",
      severity: "error",
      from: {
        path: "^(modules/|testing/|scripts/(terraform|replay)/|scripts/replay\\.ts$|scripts/support/(command|is-on|print|process)\\.ts$)",
      },
      to: {
        dependencyTypes: ["npm-dev"],
        pathNot: "node_modules/(cdktf|constructs|@cdktf/provider-aws|@aws-sdk/client-eventbridge)/",
      },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // A project of its own, which finds its packages where it is installed.
    exclude: { path: "^__tests__/fixtures/another-team/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["require", "node", "import", "default"],
    },
  },
};
