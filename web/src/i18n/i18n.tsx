/**
 * The panel's two languages. Law: every sentence a person reads is a key of an `en.ts`, and the `zh.ts` beside it has the same keys
 * with the same parameters (its type and a test hold that). Each page has its own pair, loaded with the page; both languages
 * of a page together are about two kilobytes, less than a second way of loading would cost. What the servers say is shown
 * as it came, in Chinese by the tables of `sentences/`, which a check holds against all that they can say.
 */
import { flatten, translator } from "@solid-primitives/i18n"
import { type Accessor, batch, createContext, createSignal, type ParentProps, useContext } from "solid-js"
import { createNow } from "../lib/create-now.ts"
import { formatBytes, formatClock, formatCompact, formatDuration, formatExact, formatNumber } from "../lib/format.ts"
import { type Count, formatCountdown, formatMicroseconds, formatRelative, formatShare } from "../lib/format.ts"
import { en } from "./en.ts"
import { createSaid, withTimes } from "./sentences.ts"
import { zh } from "./zh.ts"

export type Language = "en" | "zh"

/** An English dictionary with its texts widened: what every language must have. */
export type Widened<T> = {
  readonly [Key in keyof T]: T[Key] extends string
    ? string
    : T[Key] extends (...parameters: infer Parameters) => string
      ? (...parameters: Parameters) => string
      : Widened<T[Key]>
}

type Sections = Record<string, Record<string, unknown>>

/** What gives a page's texts: its own and those of every page, by `section.name`. */
export function defineWords<Own extends Sections>(own: Own, ownZh: Widened<Own>) {
  type Words = Widened<typeof en & Own>
  // Made when the page is opened, and once: a table has thousands of rows that ask for it.
  const flat = {
    en: flatten<Words>({ ...en, ...own } as unknown as Words), // a spread of two constants, which the compiler does not see to be their intersection
    zh: flatten<Words>({ ...zh, ...ownZh } as unknown as Words), // the same
  }
  return () => {
    const { language } = useI18n()
    return translator(() => flat[language()])
  }
}

const flatCore = { en: flatten<Widened<typeof en>>(en), zh: flatten(zh) }

const key = "lagrange.language"

/** The language kept in this browser, else the first one of the browser's that we have, else English. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(key)
  if (kept === "en" || kept === "zh") return kept
  return navigator.languages.find((tag) => /^(en|zh)\b/.test(tag))?.startsWith("zh") === true ? "zh" : "en"
}

/** How a language tells what the servers say: sentences by themselves, settings by their names. */
interface ServerWords {
  readonly tell: (text: string) => string
  readonly settings: Readonly<Record<string, string>>
}

const asItCame: ServerWords = { tell: (text) => text, settings: {} }

async function loadServerWords(language: Language): Promise<ServerWords> {
  if (language === "en") return asItCame
  return Promise.all([import("./zh-sentences.ts"), import("./zh-settings.ts")]).then(
    ([{ zhSentences }, { zhSettings }]) => ({ tell: createSaid(zhSentences), settings: zhSettings }),
    () => asItCame,
  )
}

function createI18n(initial: Language) {
  const [language, showLanguage] = createSignal(initial)
  const [serverWords, setServerWords] = createSignal(asItCame)
  let asked = initial
  /** Shows a language together with its words for the server's, so that nothing is told in another one in between. */
  const show = async (next: Language) => {
    asked = next
    const words = await loadServerWords(next)
    if (asked !== next) return
    document.documentElement.lang = next === "zh" ? "zh-CN" : "en"
    batch(() => {
      setServerWords(words)
      showLanguage(next)
    })
  }
  void show(initial)
  /** Words of the configuration reference in the reader's language; `name` says which, such as `setting.MAX_ATTEMPTS`. */
  const server = (name: string, text: string): string => serverWords().settings[name] ?? text
  const locale = () => (language() === "zh" ? "zh-CN" : "en")
  /** A sentence of a server's in the reader's language, its times as they read them; what is not ours stays as it came. */
  const said = (text: string): string => withTimes(serverWords().tell(text), (time) => formatExact(time, locale()))
  const setLanguage = (next: Language) => {
    localStorage.setItem(key, next)
    void show(next)
  }
  return { t: translator(() => flatCore[language()]), server, said, language, locale, setLanguage }
}

export type I18n = ReturnType<typeof createI18n>

const I18nContext = createContext<I18n>()

export function I18nProvider(props: ParentProps<{ language: Language }>) {
  const i18n = createI18n(props.language)
  return <I18nContext.Provider value={i18n}>{props.children}</I18nContext.Provider>
}

/** The texts and the language of the surrounding provider. */
export function useI18n(): I18n {
  const i18n = useContext(I18nContext)
  if (i18n === undefined) throw new Error("useI18n is used outside of I18nProvider")
  return i18n
}

/** The format functions bound to the language, and relative times to the page's clock. */
export function createFormat() {
  const { locale } = useI18n()
  const now: Accessor<number> = createNow()
  return {
    number: (count: Count) => formatNumber(count, locale()),
    compact: (count: Count) => formatCompact(count, locale()),
    duration: (ms: number | null | undefined) => formatDuration(ms, locale()),
    microseconds: (us: number | null | undefined) => formatMicroseconds(us, locale()),
    share: (share: number | null | undefined) => formatShare(share, locale()),
    bytes: (bytes: Count) => formatBytes(bytes, locale()),
    relative: (at: string | null | undefined) => formatRelative(at, now(), locale()),
    exact: (at: string | null | undefined) => formatExact(at, locale()),
    clock: (at: string) => formatClock(at, locale()),
    countdown: (ms: number) => formatCountdown(ms, locale()),
  }
}
