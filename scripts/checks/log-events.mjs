import { lineAt, readText, treeFiles } from "../lib/files.mjs"

export const name = "events of the log"

const PAGE = "docs/reference/logs.md"

/** The events that a source writes: name (undefined where it is no literal), level and place. */
export function eventsOf(file, source) {
  const calls = source.matchAll(/\blog(?:ger)?\.(debug|info|warn|error)\(\s*(?:"([^"]+)")?/g)
  return [...calls].map((match) => ({
    level: match[1],
    event: match[2],
    place: `${file}:${lineAt(source, match.index)}`,
  }))
}

/** The rows of the page: an event in backticks, then its levels. */
export function rowsOf(page) {
  const rows = page.matchAll(/^\| *`([a-z0-9.-]+)` *\| *([a-z, ]+?) *\|/gm)
  return [...rows].map((match) => ({ event: match[1], levels: match[2].split(", ") }))
}

/** Events without a row or at another level, rows without an event. Both planes may write one of the same name. */
export function problems(events, page) {
  const rows = rowsOf(page)
  const has = (event, level) => rows.some((row) => row.event === event && row.levels.includes(level))
  const writes = (event, level) => events.some((one) => one.event === event && one.level === level)
  const unlisted = events.flatMap(({ event, level, place }) => {
    if (event === undefined) return [`${place}: an event's name is a literal, so that ${PAGE} can list it`]
    return has(event, level) ? [] : [`${place}: ${PAGE} has no row for \`${event}\` at ${level}`]
  })
  const gone = rows.flatMap(({ event, levels }) =>
    levels.filter((level) => !writes(event, level)).map((level) => `${PAGE}: nothing writes \`${event}\` at ${level}`),
  )
  return [...new Set([...unlisted, ...gone])]
}

export function run() {
  const isSource = (file) => /^(?:shared|data-plane|control-plane|supervisor)\/src\/.*(?<!\.test)\.ts$/.test(file)
  const files = treeFiles().filter((file) => isSource(file) && !file.includes("/testing/"))
  const events = files.flatMap((file) => eventsOf(file, readText(file)))
  return events.length === 0 ? ["no event found in the sources"] : problems(events, readText(PAGE))
}
