/** Applies the migrations of a folder in a process of its own: `DATABASE` and `FOLDER` as arguments, the names on standard output. */
import { migrate } from "../../src/database/migrate.ts"

const [url = "", folder = ""] = process.argv.slice(2)
process.stdout.write(JSON.stringify(await migrate(url, folder)))
