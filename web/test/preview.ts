/**
 * Serves the built panel over a lively fake, for the eye: `npx tsx web/test/preview.ts [port]`, password `open sesame`.
 * The browser is told the same policy as in production.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { fillWorld } from "./fake-traffic.ts"
import { startFakeControlPlane } from "./fake-control-plane.ts"

const panelFolder = fileURLToPath(new URL("../../dist/web", import.meta.url))
const documents = JSON.parse(readFileSync(`${panelFolder}/documents.json`, "utf8")) as Record<string, string> // our build
const fake = await startFakeControlPlane({ port: Number(process.argv[2] ?? 8090), panelFolder, documents })
fillWorld(fake.world)
process.stdout.write(`${fake.url}\n`)
