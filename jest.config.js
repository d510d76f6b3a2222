const shared = {
  transform: { "^.+\\.ts$": ["@swc/jest", {}] },
  setupFiles: ["<rootDir>/__tests__/support/silence-token-traces.ts"],
};

/**
 * Layers of proof, each a project: `npx jest --selectProjects unit`.
 * @type {import("jest").Config}
 */
module.exports = {
  projects: [
    {
      ...shared,
      displayName: "unit",
      testMatch: ["<rootDir>/__tests__/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "<rootDir>/__tests__/(terraform|e2e)/"],
    },
    { ...shared, displayName: "terraform", testMatch: ["<rootDir>/__tests__/terraform/**/*.test.ts"] },
    { ...shared, displayName: "e2e", testMatch: ["<rootDir>/__tests__/e2e/**/*.test.ts"] },
  ],
};
