import { defaultExclude, defineConfig } from "vitest/config"
import { NOT_ON_POSTGRESQL } from "./test/support/postgresql-files.ts"

/** Of a test that hangs. They promise nothing: what takes a second may take ten where others work on the same machine. */
const LIMITS = { testTimeout: 90_000, hookTimeout: 180_000 }

/**
 * One project per kind of test, so that each can be run alone (`npm run test:unit`, `npm run test:conformance`, …).
 * Unit tests stand beside the code; everything that starts whole processes is under a `test/` folder.
 */
const node = { environment: "node" as const, ...LIMITS }

const INTEGRATION = ["{data-plane,control-plane,simulator}/test/**/*.test.ts", "test/integration/**/*.test.ts"]

/** Vite would load graphql's module build for our code beside the one that libraries load; two of it refuse each other. */
const oneGraphql = { resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] } }

export default defineConfig({
  test: {
    projects: [
      {
        ...oneGraphql,
        test: {
          ...node,
          name: "unit",
          // A process for each of hundreds of files costs more than what they test, most of all to import the same again.
          isolate: false,
          // What a failed test still spies on is not left to the next file.
          restoreMocks: true,
          include: [
            "{shared,data-plane,control-plane,simulator,supervisor,demo,bench}/src/**/*.test.ts",
            // What of the panel is plain TypeScript; a browser's window and Solid's compiler cost more than it.
            "web/src/**/*.test.ts",
            "scripts/**/*.test.mjs",
          ],
        },
      },
      {
        ...oneGraphql,
        test: {
          ...node,
          name: "integration",
          globalSetup: "./test/support/build-servers.mjs",
          include: INTEGRATION,
        },
      },
      // The same, with the knob dead that DEAD_KNOB names: scripts/knobs.mjs runs what is named as its proof.
      {
        ...oneGraphql,
        test: {
          ...node,
          name: "knobs",
          setupFiles: "./test/support/knobs/dead-knob.ts",
          include: INTEGRATION,
        },
      },
      {
        extends: "./web/vite.config.ts",
        test: {
          name: "web",
          include: ["web/**/*.test.tsx"],
          environment: "jsdom",
          ...LIMITS,
          testTimeout: 180_000,
        },
      },
      {
        test: {
          ...node,
          name: "conformance",
          globalSetup: "./test/support/build-servers.mjs",
          include: ["test/conformance/**/*.test.ts"],
          testTimeout: 180_000,
        },
      },
      // Clients that need Node 22 or newer. Asked for by name under a Node that is new enough; .ci/run does.
      {
        test: {
          ...node,
          name: "conformance-next",
          globalSetup: "./test/support/build-servers.mjs",
          include: ["test/conformance-next/**/*.test.ts"],
          testTimeout: 180_000,
        },
      },
      {
        test: {
          ...node,
          name: "system",
          globalSetup: "./test/support/build-servers.mjs",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 180_000,
        },
      },
      // The tests of control planes once more, on PostgreSQL. A test of "integration" and "system" is in it unless it is named there.
      {
        ...oneGraphql,
        test: {
          ...node,
          name: "postgresql",
          globalSetup: ["./test/support/build-servers.mjs", "./test/support/postgresql-setup.ts"],
          setupFiles: "./test/support/postgresql-worker.ts",
          include: ["control-plane/test/**/*.test.ts", "test/{integration,system}/**/*.test.ts"],
          exclude: [...defaultExclude, ...Object.keys(NOT_ON_POSTGRESQL)],
          testTimeout: 180_000,
        },
      },
      {
        test: {
          ...node,
          name: "browser",
          globalSetup: "./test/support/build-servers.mjs",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 180_000,
        },
      },
      // From nothing: a clone, a package, an image in a clean root. They install and build, and so take minutes.
      {
        test: {
          ...node,
          name: "newcomer",
          include: ["test/newcomer/**/*.test.ts"],
          testTimeout: 600_000,
        },
      },
      {
        test: {
          ...node,
          name: "image",
          include: ["test/image/**/*.test.ts"],
          testTimeout: 1_800_000,
        },
      },
      {
        test: {
          ...node,
          name: "faults",
          globalSetup: "./test/support/build-servers.mjs",
          include: ["test/faults/**/*.test.ts"],
          testTimeout: 600_000,
        },
      },
      {
        test: {
          ...node,
          name: "figures",
          globalSetup: "./test/support/build-servers.mjs",
          include: ["test/figures/**/*.test.ts"],
          testTimeout: 1_800_000,
        },
      },
    ],
  },
})
