import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import tailwindcss from "@tailwindcss/vite"
import { defineConfig, type Plugin } from "vite"
import solid from "vite-plugin-solid"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Puts Solid's one use of `innerHTML` (the templates that the compiler wrote) behind a Trusted Types policy that
 * nothing else can reach, so that the panel runs under `require-trusted-types-for 'script'; trusted-types
 * lagrange-templates` and every other `innerHTML` is refused by the browser. The build ends when Solid's text is not
 * the one that is expected here.
 */
function trustedTemplates(): Plugin {
  const sink = "t.innerHTML = html;"
  const policy =
    'const templatePolicy = globalThis.trustedTypes?.createPolicy("lagrange-templates", { createHTML: (html) => html });'
  return {
    name: "lagrange:trusted-templates",
    apply: "build",
    transform(code, id) {
      if (!id.endsWith("/solid-js/web/dist/web.js")) return undefined
      if (code.split(sink).length !== 2) this.error("solid-js/web sets innerHTML in a way this plugin does not know")
      const guarded = "t.innerHTML = templatePolicy === undefined ? html : templatePolicy.createHTML(html);"
      return { code: `${policy}\n${code.replace(sink, guarded)}`, map: null }
    },
  }
}

/** Copies the map of persisted documents, which `scripts/web-types.mjs` wrote, beside the built panel. */
function persistedDocuments(): Plugin {
  return {
    name: "lagrange:persisted-documents",
    apply: "build",
    async generateBundle() {
      const source = await readFile(here("../generated/web/documents.json"), "utf8")
      this.emitFile({ type: "asset", fileName: "documents.json", source })
    },
  }
}

export default defineConfig({
  root: here("."),
  plugins: [solid(), tailwindcss(), trustedTemplates(), persistedDocuments()],
  build: {
    outDir: here("../dist/web"),
    emptyOutDir: true,
    target: ["es2022", "chrome123", "firefox128", "safari17.5"],
    // No data: scripts, fonts or styles: everything is a file of this origin.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: {
    host: "127.0.0.1",
    port: 5173,
    proxy: {
      "/graphql": "http://127.0.0.1:8089",
      "/oauth": "http://127.0.0.1:8089",
      "/playground/": "http://127.0.0.1:8089",
    },
  },
})
