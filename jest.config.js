const shared = {
  transform: { "^.+\\.ts$": ["@swc/jest", {}] },
  modulePathIgnorePatterns: ["<rootDir>/.build/", "<rootDir>/dist/", "<rootDir>/.local/", "<rootDir>/.e2e/"],
  setupFiles: ["<rootDir>/__tests__/support/silence-token-traces.ts"],
};

/**
 * Layers of proof, each a project: `npx jest --selectProjects unit`.
 * @type {import("jest").Config}
 */
module.exports = {
  // For a machine that is stuck: no test waits for a time, and a slow machine must not fail one.
  testTimeout: 600_000,
  testSequencer: "<rootDir>/__tests__/support/long-files-first.js",
  globalSetup: "<rootDir>/__tests__/support/temporary-folder.ts",
  globalTeardown: "<rootDir>/__tests__/support/temporary-folder-away.ts",
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: [
        "/node_modules/",
        "<rootDir>/__tests__/(terraform|policy|e2e|package|permissions|fixtures)/",
      ],
    },
    {
      ...shared,
      displayName: "terraform",
      testMatch: ["<rootDir>/__tests__/terraform/**/*.test.ts"],
      globalSetup: "<rootDir>/__tests__/support/compile.ts",
    },
    {
      ...shared,
      displayName: "policy",
      testMatch: ["<rootDir>/__tests__/policy/**/*.test.ts"],
      globalSetup: "<rootDir>/__tests__/support/compile-and-install-policy.ts",
    },
    {
      ...shared,
      displayName: "package",
      testMatch: ["<rootDir>/__tests__/package/**/*.test.ts"],
      globalSetup: "<rootDir>/__tests__/support/pack.ts",
    },
    {
      ...shared,
      displayName: "e2e",
      testMatch: ["<rootDir>/__tests__/e2e/!(examples).test.ts"],
      globalSetup: "<rootDir>/__tests__/support/compile-and-install.ts",
    },
    {
      ...shared,
      displayName: "e2e:rest",
      testMatch: ["<rootDir>/__tests__/e2e/examples.test.ts"],
      globalSetup: "<rootDir>/__tests__/support/compile-and-install.ts",
    },
    {
      ...shared,
      // One pattern of each chapter.
      displayName: "permissions",
      testMatch: ["<rootDir>/__tests__/permissions/orders.test.ts"],
      globalSetup: "<rootDir>/__tests__/support/compile-and-install.ts",
    },
    {
      ...shared,
      displayName: "permissions:rest",
      testMatch: ["<rootDir>/__tests__/permissions/!(orders).test.ts"],
      globalSetup: "<rootDir>/__tests__/support/compile-and-install.ts",
    },
  ],
};
