import { fileURLToPath } from "node:url"

/** The folder that holds package.json, without a slash at its end. Every script works from there, wherever it is called. */
export const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/[\\/]$/, "")
