import { existsSync } from "node:fs"
import { join, posix } from "node:path"
import { lineAt, readText, treeFiles } from "../lib/files.mjs"
import { root } from "../lib/root.mjs"

export const name = "links in documents"

/** The anchor that a heading gets on the usual forges: lower case, no punctuation, spaces as hyphens. */
export function anchorOf(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-")
}

/** Code in a document is no link: its characters are replaced by spaces, so that offsets stay. */
const withoutCode = (text) => text.replace(/^(```|~~~)[^]*?^\1|`[^`\n]*`/gm, (code) => code.replace(/[^\n]/g, " "))

/** The targets of the links and images of a document, with their offsets. */
export function linksOf(text) {
  const inline = [...withoutCode(text).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const references = [...withoutCode(text).matchAll(/^\[[^\]]+\]:\s*(\S+)/gm)]
  return [...inline, ...references].map((match) => ({ target: match[1], at: match.index }))
}

/** Problems of one document. `read` gives a file's text, "" for a folder, undefined for what does not exist. */
export function brokenLinks(file, text, read) {
  return linksOf(text).flatMap(({ target, at }) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
    const [path, anchor] = decodeURI(target).split("#")
    const place = path === "" ? file : posix.join(posix.dirname(file), path)
    const content = place.startsWith("..") ? undefined : read(place)
    const say = (what) => [`${file}:${lineAt(text, at)}: ${what}`]
    if (content === undefined) return say(`"${target}" leads nowhere`)
    if (anchor === undefined || !place.endsWith(".md")) return []
    const anchors = [...content.matchAll(/^#{1,6}\s+(.*)$/gm)].map((match) => anchorOf(match[1]))
    return anchors.includes(anchor) ? [] : say(`"${target}": no such heading`)
  })
}

export function run() {
  const files = treeFiles()
  const read = (place) => {
    const path = place.replace(/\/$/, "")
    if (files.includes(path)) return readText(path)
    return files.some((file) => file.startsWith(`${path}/`)) && existsSync(join(root, path)) ? "" : undefined
  }
  return files.filter((file) => file.endsWith(".md")).flatMap((file) => brokenLinks(file, readText(file), read))
}
