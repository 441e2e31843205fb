/** What the servers say and the panel never shows, for `server-words.mjs`. Whatever is not named here needs its Chinese. */

/** Failures that end in a log, a terminal or an exit. */
export const HIDDEN_ERRORS = new Set([
  "StartError",
  "DatabaseError",
  "BackupError",
  "CommandError",
  "UsageError",
  "EnvironmentError",
  "SealError",
  "FrameError",
  "TypeError",
  "Error",
])

/** What these are called with: a row of a dialect's table that the decoder answers with an error of its own words. */
export const HIDDEN_CALLS = new Set(["refused", "fingerprint"])

/** Words of the schema and its descriptions, lines of HTTP. */
export const HIDDEN_PROPERTIES = new Set(["description", "meaning", "line", "accept"])

/** States of a program's own, which it tells nobody. */
export const HIDDEN_TEXTS = new Set(["put off"])

/** Files as a whole, by what they are for. */
export const HIDDEN_FILES = [
  [/^control-plane\/src\/(?:admin|backup|data-keys|metrics)\b/, "commands, backups, metrics"],
  [/^control-plane\/src\/database\/(?!full)/, "statements, migrations"],
  [/^control-plane\/src\/usage\/(?:roll-up|sum-up)\.ts$/, "statements"],
  [/^control-plane\/src\/graphql\/event-stream/, "the wire of subscriptions"],
  [/^control-plane\/src\/(?:main|application)\.ts$/, "the terminal, and what a probe is told"],
  [/^control-plane\/src\/http\/(?!csrf|read-body)/, "headers, pages of its own and the log"],
  [/^control-plane\/src\/link\/(?:routes|pipes)\.ts$/, "what data planes are told"],
  [/^control-plane\/src\/accounts\/oauth\/callback-page\.ts$/, "a page of its own"],
  [/^control-plane\/src\/auth\/admin\.ts$/, "the terminal"],
  [/^control-plane\/src\/accounts\/doctor\/model-request\.ts$/, "what a model is asked"],
  [/^control-plane\/src\/alerts\/message\.ts$/, "what webhooks are sent"],
  [/^data-plane\/src\/(?:main|data-plane)\.ts$/, "the terminal"],
  [/^data-plane\/src\/report\//, "metrics, and the log"],
  [/^data-plane\/src\/canonical\/(?:gateway-text|well-formed)\.ts$/, "what models are told, and assertions"],
  [
    /^data-plane\/src\/dialects\/.*\/(?:client-tools|typed-tools|encode-stream|framing)\.ts$/,
    "what models are told, frames",
  ],
  [/^data-plane\/src\/dialects\/(?:.*\/encode-error|openai-error)\.ts$/, "errors as clients of a vendor know them"],
  [/^data-plane\/src\/schema\/keywords\.ts$/, "the reference"],
  [/^data-plane\/src\/schema\/(?:placeholder|union)\.ts$/, "what models are told"],
  [/^data-plane\/src\/snapshot\/last-good\.ts$/, "names of keys"],
  [/^data-plane\/src\/translation\/upstream-places\.ts$/, "what models are told"],
  [/^data-plane\/src\/server\/(?:answer|choice-text|cors)\.ts$/, "headers of answers"],
  [/^control-plane\/src\/routing\/explained-step\.ts$/, "a step has a code, by which the panel tells it"],
  [
    /^data-plane\/src\/pool\/(?:lease-giver|strategies\/.*)\.ts$/,
    "read by requests/choice.ts of the panel, whose test holds it",
  ],
  [/^data-plane\/src\/snapshot\/link-state\.ts$/, "the log, and what a probe is told"],
  [/^data-plane\/src\/signatures\//, "names of keys"],
  [/^data-plane\/src\/sharing\/(?!connection|sharing)/, "the log"],
  [/^shared\/src\/environment\/(?:render|table)\.ts$/, "the reference; settings have words of their own"],
  [
    /^shared\/src\/(?:log|metrics\/.*|client-address|capture-wire|report-batch|sealing|shape)\.ts$/,
    "logs, metrics, frames",
  ],
  [
    /^shared\/src\/upstream-failure\/(?:failure|first-sentence|version-text)\.ts$/,
    "the reference; words of the upstream's",
  ],
]

/** Beside descriptions of the schema, or sentences that the panel tells by their code: only failures are shown of these. */
export const ONLY_FAILURES = /^control-plane\/src\/(?:graphql\/(?:mutations|types)\/|routing\/explain\.ts)/

/** Constants and functions, by file. */
export const HIDDEN_NAMES = {
  "control-plane/src/accounts/doctor/test-step.ts": ["TEST_STEPS", "TEST_OUTCOMES"],
  "control-plane/src/accounts/export/passphrase.ts": ["contextOf"],
  "control-plane/src/accounts/import/import-accounts.ts": ["IMPORT_OUTCOMES"],
  "control-plane/src/accounts/import/imported-row.ts": ["IMPORT_FORMATS"],
  "control-plane/src/accounts/import/read-entry.ts": ["KNOWN", "MADE_ANEW", "TEXTS"],
  "control-plane/src/audit/audit.ts": ["message"],
  "control-plane/src/routing/warnings.ts": ["WARNING_CODES"],
  "shared/src/pool-strategy.ts": ["POOL_STRATEGIES"],
}
