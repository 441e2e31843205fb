import { lineAt, readText, treeFiles } from "../lib/files.mjs"

export const name = "type assertions"

function walk(node, visit) {
  if (Array.isArray(node)) for (const one of node) walk(one, visit)
  else if (node !== null && typeof node === "object") {
    visit(node)
    for (const value of Object.values(node)) walk(value, visit)
  }
}

/** Assertions (`x as T`, `x!`) of one file that have no comment on a line of theirs; `as const` asserts nothing. */
export function unreasoned(file, text, parse) {
  const { program, comments } = parse(file, text)
  const commented = new Set(comments.map((comment) => lineAt(text, comment.start)))
  const found = []
  walk(program, (node) => {
    const isAssertion =
      node.type === "TSAsExpression" || node.type === "TSTypeAssertion" || node.type === "TSNonNullExpression"
    if (!isAssertion || node.typeAnnotation?.typeName?.name === "const") return
    const [first, last] = [lineAt(text, node.start), lineAt(text, node.end)]
    if (!commented.has(first) && !commented.has(last)) found.push(`${file}:${last}: an assertion without its reason`)
  })
  return [...new Set(found)]
}

export async function run() {
  const { parseSync } = await import("vite")
  const files = treeFiles().filter((file) => /\/src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
  return files.flatMap((file) => unreasoned(file, readText(file), parseSync))
}
