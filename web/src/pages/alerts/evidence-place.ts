import type { AlertKind } from "#generated/web/graphql.ts"

/** Where in the panel a thing is that an alert is about; undefined: nowhere. Pure. */
export function evidencePlace(kind: AlertKind, subject: string): string | undefined {
  switch (kind) {
    case "ACCOUNT_ATTENTION":
      return `/accounts/${subject}`
    case "NODE_STALE":
      return "/nodes"
    case "KEY_BUDGET":
      return "/keys"
    case "WEBHOOK_FAILING":
      return "/alerts?tab=webhooks"
    case "ERROR_RATE":
      return "/requests"
    case "POOL_ACCOUNTS":
    case "POOL_PAUSED":
    case "POOL_QUOTA":
      return "/accounts"
    case "BACKUP_FAILING":
      return undefined
  }
}

const WINDOWS: Readonly<Record<string, string>> = { "5h": "FIVE_HOURS", weekly: "WEEKLY", nearest: "NEAREST" }

/** The codes in a label such as `gemini 5h`, each with the list that names it; undefined: the label is somebody's own words. */
export function labelCodes(
  kind: AlertKind,
  label: string,
): readonly (readonly [list: "bucket" | "window" | "errorCode", code: string])[] | undefined {
  if (kind === "ERROR_RATE") return [["errorCode", label]]
  if (kind !== "POOL_QUOTA" && kind !== "POOL_ACCOUNTS") return undefined
  const [bucket = "", window] = label.split(" ")
  return [
    ["bucket", bucket.toUpperCase()],
    ...(window === undefined ? [] : [["window", WINDOWS[window] ?? window] as const]),
  ]
}
