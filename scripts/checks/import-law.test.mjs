import { describe, expect, it } from "vitest"
import { parseSync } from "vite"
import { breaks } from "./import-law.mjs"

const manifest = { dependencies: { graphql: "16.0.0" }, devDependencies: { "solid-js": "1.0.0", esbuild: "0.28.0" } }
const lawOf = (file, text) => breaks(file, text, { parse: parseSync, manifest })

describe("import law", () => {
  it.each([
    ["shared/src/a.ts", 'import { x } from "#data-plane/main.ts"'],
    ["shared/src/a.ts", 'import type { X } from "../../control-plane/src/a.ts"'],
    ["data-plane/src/a.ts", 'export * from "#control-plane/a.ts"'],
    ["data-plane/src/a.ts", 'let x: import("#control-plane/a.ts").X'],
    ["data-plane/src/a.ts", 'import { graphql } from "graphql"'],
    ["data-plane/src/a.ts", 'import { PrismaClient } from "#generated/sqlite/client.ts"'],
    ["data-plane/src/a.ts", 'import { b } from "#data-plane/b.ts"'],
    ["data-plane/src/pool/a.ts", 'import { request } from "node:http"'],
    ["control-plane/src/a.ts", 'const x = await import("#data-plane/a.ts")'],
    ["control-plane/src/a.ts", 'import { build } from "esbuild"'],
    ["control-plane/src/accounts/a.ts", 'import tls from "node:tls"'],
    ["data-plane/src/a.ts", 'import { x } from "./testing/../../../test/support/a.ts"'],
    ["shared/src/a.ts", 'import { x } from "./testing/b.ts"'],
    ["simulator/src/a.ts", 'import { x } from "#data-plane/a.ts"'],
    ["supervisor/src/a.ts", 'import { x } from "#simulator/a.ts"'],
    ["supervisor/src/a.test.ts", 'import { x } from "#data-plane/a.ts"'],
    ["web/src/a.tsx", 'import { x } from "#shared/a.ts"'],
    ["web/test/a.test.tsx", 'import { x } from "../../shared/src/a.ts"'],
    ["data-plane/src/canonical/a.ts", 'import { createHash } from "node:crypto"'],
    ["data-plane/src/dialects/x/a.ts", "const now = Date.now()"],
    ["data-plane/src/dialects/x/a.ts", "const now = new Date()"],
    ["data-plane/src/dialects/x/a.ts", "const id = crypto.randomUUID()"],
    ["data-plane/src/dialects/x/a.ts", "const roll = Math.random()"],
    ["data-plane/src/pool/a.ts", "const port = process.env.PORT"],
    ["scripts/lib/a.mjs", 'import { build } from "esbuild"'],
  ])("breaks in %s: %s", (file, text) => {
    expect(lawOf(file, `// first line\n${text}\n`)).toEqual([expect.stringMatching(`^${file}:2: `)])
  })

  it.each([
    ["shared/src/a.ts", 'import { b } from "./b.ts"; import { createHash } from "node:crypto"'],
    ["shared/src/outbound/a.ts", 'import { connect } from "node:net"'],
    ["data-plane/src/a.ts", 'import { x } from "#shared/a.ts"'],
    ["data-plane/src/server/a.ts", 'import http2 from "node:http2"'],
    ["data-plane/src/remote-media/a.ts", 'import { request } from "node:http"'],
    ["data-plane/src/a.test.ts", 'import { waitFor } from "../../test/support/wait-for.ts"'],
    ["shared/src/testing/a.ts", 'import fc from "fast-check"; import { connect } from "node:net"'],
    ["data-plane/src/a.test.ts", 'import { it } from "vitest"; import { createServer } from "node:http"'],
    ["data-plane/test/a.test.ts", 'import { x } from "#simulator/a.ts"'],
    ["data-plane/src/config.ts", "const port = process.env.PORT"],
    ["data-plane/src/dialects/x/a.ts", "const x = { performance: 1, crypto: event.crypto }; new Date(input.at)"],
    ["data-plane/src/pool/a.ts", '// import { x } from "#control-plane/a.ts"\nconst text = "process.env"'],
    ["control-plane/src/a.ts", 'import { graphql } from "graphql"; import { P } from "#generated/sqlite/client.ts"'],
    ["web/src/a.tsx", 'import { createSignal } from "solid-js"; import { q } from "#generated/web/graphql.ts"'],
    ["test/system/a.test.ts", 'import { a } from "#control-plane/a.ts"; import { b } from "#data-plane/b.ts"'],
    ["scripts/lib/a.mjs", 'import { join } from "node:path"; const { build } = await import("esbuild")'],
    ["scripts/checks/a.mjs", 'import { parseSync } from "vite"'],
  ])("holds in %s: %s", (file, text) => {
    expect(lawOf(file, text)).toEqual([])
  })

  it("says when a file cannot be parsed", () => {
    expect(lawOf("shared/src/a.ts", "const = 1")).toEqual([expect.stringMatching(/cannot be parsed/)])
  })
})
