/**
 * The page on which a browser ends after a sign-in. It has no script, nothing of it comes from elsewhere, and all that the provider
 * or the address said is escaped. It says what happened and what to do next.
 */
import { createHash } from "node:crypto"
import { OAUTH_FAILURES, type Language, type OAuthFailureCode } from "./words.ts"
import type { SignInResult } from "./sign-in.ts"

export interface CallbackPage {
  readonly status: number
  readonly html: string
}

const STYLE =
  ":root{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:34rem;margin:14vh auto;padding:0 1.25rem}h1{font-size:1.25rem;line-height:1.3;margin:0 0 .75rem}p{margin:.5rem 0;overflow-wrap:anywhere}blockquote{margin:.75rem 0;padding:.25rem 0 .25rem .9rem;border-left:3px solid #8886;overflow-wrap:anywhere}.name{opacity:.65;font-size:.875rem;margin-top:2rem}"

/** Of this page: no script, no image, no form, no frame; its one style is named by its hash. */
export const CALLBACK_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

const WORDS = {
  en: {
    tag: "en",
    added: "The account is signed in",
    addedHint: "It is being set up now; you see how far it is in the panel.",
    renewedHint: "It was here before: it has the new sign-in and keeps its settings.",
    signedInAs: "Signed in to:",
    notAdded: "The sign-in did not work",
    declined: "No account was added",
    said: "The provider said:",
    back: "You can close this page and go back to the panel.",
  },
  zh: {
    tag: "zh-CN",
    added: "账号登录成功",
    addedHint: "正在完成设置，可在面板中查看进度。",
    renewedHint: "该账号之前已添加：已换用新的登录，其设置保持不变。",
    signedInAs: "登录的账号：",
    notAdded: "登录没有成功",
    declined: "没有添加账号",
    said: "提供商的原文：",
    back: "您可以关闭此页并返回面板。",
  },
} as const

/** The first of the browser's languages that the panel has, else English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  for (const tag of (acceptLanguage ?? "").slice(0, 500).split(",")) {
    const language = tag.trim().slice(0, 2).toLowerCase()
    if (language === "zh" || language === "en") return language
  }
  return "en"
}

/** Where it is not the request's own fault. */
const STATUS: Partial<Record<OAuthFailureCode, number>> = {
  access_denied: 200,
  provider_unreachable: 502,
  internal: 500,
}

/** Pure. */
export function callbackPage(result: SignInResult, language: Language): CallbackPage {
  const words = WORDS[language]
  if ("account" in result) {
    const { email, label } = result.account
    const known = result.isKnown ? [paragraph(words.renewedHint)] : []
    const body = [paragraph(email ?? label), ...known, paragraph(words.addedHint)]
    return { status: 200, html: page(language, words.added, body) }
  }
  const { what, hint } = OAUTH_FAILURES[result.code][language]
  const isOwnChoice = result.code === "access_denied"
  // Nothing went wrong: the page was opened once more.
  const isOver = result.code === "state_used" || result.code === "in_progress"
  const said =
    result.message === undefined ? [] : [paragraph(words.said), `<blockquote>${escape(result.message)}</blockquote>`]
  const who = result.otherEmail === undefined ? [] : [paragraph(`${words.signedInAs} ${result.otherEmail}`)]
  return {
    status: STATUS[result.code] ?? 400,
    html: isOver
      ? page(language, what, [paragraph(hint)])
      : page(language, isOwnChoice ? words.declined : words.notAdded, [
          paragraph(what),
          ...who,
          ...said,
          paragraph(hint),
        ]),
  }
}

function page(language: Language, title: string, body: readonly string[]): string {
  const { tag, back } = WORDS[language]
  return `<!doctype html><html lang="${tag}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${escape(title)} · Lagrange</title><style>${STYLE}</style></head><body><main><h1>${escape(title)}</h1>${body.join("")}${paragraph(back)}<p class="name">Lagrange</p></main></body></html>`
}

const paragraph = (text: string): string => `<p>${escape(text)}</p>`

function escape(text: string): string {
  return text.replaceAll(/[&<>"'`]/g, (letter) => `&#${letter.codePointAt(0) ?? 32};`)
}
