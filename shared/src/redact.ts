/**
 * Takes secrets and private names out of free text before it is logged, stored or shown. Patterns are linear; text is cut
 * by the caller where its length matters.
 */
const SECRET_PATTERNS: readonly (readonly [RegExp, string])[] = [
  // A word after it ("Bearer token", "Basic usage") is none: a token has a digit, a capital letter or padding.
  [/\b([Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,8}(?=\S{0,200}[A-Z\d=])[\w.~+/=-]{4,}/g, "$1 [redacted]"],
  [/\b(?:lag|laglink|lagadm)_[\w-]{4,}/g, "[redacted]"],
  [/\bya29\.?[\w.-]{4,}/g, "[redacted]"],
  [/\bAIza[\w-]{8,}/g, "[redacted]"],
  [/\bGOCSPX-[\w-]{4,}/g, "[redacted]"],
  [/\b1\/\/[\w-]{4,}/g, "[redacted]"],
  [/\bsim[-_]?[\w-]{0,40}(?:access|refresh|token|code)[\w.@+-]{2,}/gi, "[redacted]"],
  [/\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?/g, "[redacted]"],
  [/\bs1\.[\w-]{24,}/g, "[redacted]"],
  [/\bsk-[\w-]{8,}/g, "[redacted]"],
  [
    /([?&](?:key|plt|token|access_token|refresh_token|code|client_secret|id_token|password)=)[^&\s"'<>]+/gi,
    "$1[redacted]",
  ],
  [/(:\/\/)[^/\s:@"'<>]{1,200}:[^/\s@"'<>]{1,200}@/g, "$1[redacted]@"],
]

/** What every secret above holds somewhere. Nearly every text is without it, and one search for all costs less than one for each. */
const SECRET_SIGN = /bearer|basic|lag(?:link|adm)?_|ya29|AIza|GOCSPX-|1\/\/|sim|eyJ|s1\.|sk-|[?&][a-z_]+=|:\/\//i

/** Secrets out, everything else as it was. For logs. */
export function redactSecrets(text: string): string {
  if (!SECRET_SIGN.test(text)) return text
  let result = text
  for (const [pattern, replacement] of SECRET_PATTERNS) result = result.replace(pattern, replacement)
  return result
}

const PRIVATE_PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/g, "[e-mail]"],
  [/\bprojects?\/[\w.:-]+/g, "[project]"],
  [/([?&]project=)[^&\s"'<>]+/g, "$1[project]"],
  [/\bproject ((?=[a-z0-9-]*[-0-9])[a-z0-9][a-z0-9-]{3,62})\b/gi, "project [project]"],
]

/** Secrets, e-mail addresses and project ids out; `projectId` is taken out wherever it stands. For operators. */
export function redactPrivate(text: string, projectId?: string): string {
  let result = redactSecrets(text)
  // A short id could be an ordinary word of the sentence.
  if (projectId !== undefined && projectId.length >= 6) result = result.replaceAll(projectId, "[project]")
  for (const [pattern, replacement] of PRIVATE_PATTERNS) result = result.replace(pattern, replacement)
  return result
}

/** As `redactPrivate`, and no address of any kind is left. For clients. */
export function redactForClient(text: string, projectId?: string): string {
  return redactPrivate(text.replace(/\bhttps?:\/\/[^\s"'<>)\]]+/gi, "[link]"), projectId)
}
