/** Prints the GraphQL schema into `control-plane/schema.graphql`; with `--check` it ends with 1 when the file says something else. */
import { readFile, writeFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { tsImport } from "tsx/esm/api"

const file = fileURLToPath(new URL("../control-plane/schema.graphql", import.meta.url))

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { printedSchema } = await tsImport("../control-plane/src/graphql/schema.ts", import.meta.url)
  const printed = printedSchema()
  const written = await readFile(file, "utf8").catch(() => "")
  if (written === printed) {
    console.log("control-plane/schema.graphql is the printed schema")
  } else if (process.argv.includes("--check")) {
    console.error("control-plane/schema.graphql is not the printed schema: run `node scripts/schema.mjs`")
    process.exitCode = 1
  } else {
    await writeFile(file, printed)
    console.log("wrote control-plane/schema.graphql")
  }
}
