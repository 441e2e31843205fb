import { ENVIRONMENT, READ_ELSEWHERE, WITHOUT_EFFECT, type Process, type Variable } from "./table.ts"

/** The text of `.env.example`. */
export function renderEnvExample(): string {
  const lines = [
    "# All settings of Lagrange. Nothing here is needed: copy the lines you want to change to a file named .env and take the",
    "# `#` away. Where two processes read a name it is the same for both. docs/reference/configuration.md says more.",
  ]
  for (const [group, rows] of groups()) {
    lines.push("", `## ${group}`)
    for (const [name, variable] of rows) {
      lines.push("", ...wrap(plain(variable.meaning)).map((line) => `# ${line}`))
      const isShown = variable.default !== undefined && variable.defaultShown === undefined
      if (!isShown) lines.push(`# Default: ${plain(variable.defaultShown ?? "not set")}.`)
      lines.push(`#${name}=${isShown ? variable.default : ""}`)
    }
  }
  return `${lines.join("\n")}\n`
}

/** The tables of `docs/reference/configuration.md`, in Markdown. */
export function renderConfigurationTable(): string {
  const lines: string[] = []
  for (const [group, rows] of groups()) {
    lines.push(`### ${group}`, "", "| Name | Default | Read by | Meaning |", "|---|---|---|---|")
    for (const [name, variable] of rows) {
      const shown = variable.defaultShown ?? (variable.default === undefined ? "–" : `\`${variable.default}\``)
      lines.push(`| \`${name}\` | ${shown} | ${readers(variable.readBy)} | ${variable.meaning} |`)
    }
    lines.push("")
  }
  lines.push("### Read by one command", "", "| Name | Read by |", "|---|---|")
  for (const [name, command] of Object.entries(READ_ELSEWHERE)) lines.push(`| \`${name}\` | \`${command}\` |`)
  lines.push(
    "",
    "### Without effect in this version",
    "",
    "These names are known and warned about when set, never refused:",
    "",
    WITHOUT_EFFECT.map((name) => `\`${name}\``).join(", "),
    "",
  )
  return lines.join("\n")
}

function groups(): Map<string, [string, Variable][]> {
  const found = new Map<string, [string, Variable][]>()
  for (const row of Object.entries<Variable>(ENVIRONMENT)) {
    found.set(row[1].group, [...(found.get(row[1].group) ?? []), row])
  }
  return found
}

function readers(readBy: readonly Process[]): string {
  return readBy.length === 3 ? "all" : readBy.join(", ")
}

function plain(markdown: string): string {
  return markdown.replaceAll("`", "")
}

function wrap(text: string, width = 110): string[] {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + word.length + 1 > width) {
      lines.push(line)
      line = word
    } else {
      line = line === "" ? word : `${line} ${word}`
    }
  }
  lines.push(line)
  return lines
}
