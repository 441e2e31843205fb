/**
 * The built panel. Hashed assets may be kept for ever, the page itself is asked for each time. A path that a browser opens and that is
 * no file gets the page: the panel has routes of its own.
 */
import { createReadStream } from "node:fs"
import { stat } from "node:fs/promises"
import type { IncomingMessage, ServerResponse } from "node:http"
import { extname, join, normalize, sep } from "node:path"
import { pipeline } from "node:stream/promises"

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
}

export interface StaticFiles {
  /** True when there was a file to answer with. */
  handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean>
}

/** The file of a path inside `directory`; undefined for a path that leaves it, is hidden, or is of no kind we serve. */
function fileOf(directory: string, pathname: string): string | undefined {
  let decoded: string
  try {
    decoded = decodeURIComponent(pathname)
  } catch {
    // Not a path at all: `%` without its two digits.
    return undefined
  }
  if (decoded.includes("\0") || decoded.includes("\\") || /\/\./.test(decoded)) return undefined
  const path = normalize(join(directory, decoded))
  return path.startsWith(directory + sep) && Object.hasOwn(CONTENT_TYPES, extname(path)) ? path : undefined
}

function opensPage(request: IncomingMessage, pathname: string): boolean {
  return /^[\w/-]*$/.test(pathname) && /text\/html/.test(request.headers.accept ?? "")
}

export function createStaticFiles(directory: string): StaticFiles {
  async function send(request: IncomingMessage, response: ServerResponse, path: string): Promise<boolean> {
    const file = await stat(path).catch(() => undefined)
    if (file?.isFile() !== true) return false
    // Vite puts a hash into the names under assets/.
    const isHashed = /[/\\]assets[/\\][^/\\]+-[\w-]{8,}\.\w+$/.test(path)
    const tag = `"${file.size.toString(36)}-${Math.trunc(file.mtimeMs).toString(36)}"`
    response.setHeader("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache")
    response.setHeader("etag", tag)
    if (request.headers["if-none-match"] === tag) {
      response.writeHead(304).end()
      return true
    }
    response.writeHead(200, { "content-type": CONTENT_TYPES[extname(path)] ?? "", "content-length": file.size })
    if (request.method === "HEAD") response.end()
    // A browser that leaves in the middle is no failure of ours.
    else await pipeline(createReadStream(path), response).catch(() => response.destroy())
    return true
  }

  return {
    handle: async (request, response, url) => {
      if (request.method !== "GET" && request.method !== "HEAD") return false
      const path = url.pathname === "/" ? undefined : fileOf(directory, url.pathname)
      if (path !== undefined) return send(request, response, path)
      return url.pathname === "/" || opensPage(request, url.pathname)
        ? send(request, response, join(directory, "index.html"))
        : false
    },
  }
}
