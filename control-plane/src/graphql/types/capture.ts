import type {
  CapturedAnswer as AnswerShape,
  CapturedAttempt as AttemptShape,
  CapturedExchange as ExchangeShape,
  CapturedRequest as RequestShape,
  CapturedText as TextShape,
  TranslationKind as TranslationKindName,
  TranslationNote as NoteShape,
} from "#shared/capture.ts"
import { builder } from "../builder.ts"
import { Account } from "./account.ts"
import { ApiKey } from "./api-key.ts"
import { describedValues } from "./described-values.ts"
import { Dialect } from "./enums.ts"

export const CaptureState = builder.enumType("CaptureState", {
  description: "What became of the bodies of a request.",
  values: describedValues({
    NONE: "Capture was not on for its key.",
    TAKEN: "They were captured.",
    LEFT_OUT: "There was no room for them at the data plane.",
    ERASED: "They were captured, and erased: for their age, for want of room, or by hand.",
  } as const),
})

/** Of a request's row. */
export function readCaptureState(column: string | null): "NONE" | "TAKEN" | "LEFT_OUT" | "ERASED" {
  if (column === "taken") return "TAKEN"
  if (column === "left_out") return "LEFT_OUT"
  return column === null ? "NONE" : "ERASED"
}

const CapturedText = builder.objectRef<TextShape>("CapturedText").implement({
  description: "A text that was captured.",
  fields: (t) => ({
    text: t.exposeString("text", { description: "In base64 where isBase64 says so." }),
    isBase64: t.boolean({
      description: "What was captured is no UTF-8, as a form with a picture is none.",
      resolve: ({ encoding }) => encoding === "base64",
    }),
    bytes: t.exposeInt("bytes", { description: "Of the whole, captured or not." }),
    isTruncated: t.exposeBoolean("truncated", { description: "Only its beginning is here, or nothing of it." }),
  }),
})

const CapturedHeader = builder
  .objectRef<{ readonly name: string; readonly value: string }>("CapturedHeader")
  .implement({
    description: "A header of a captured request. None by which anybody proves who they are is ever captured.",
    fields: (t) => ({
      name: t.exposeString("name", { description: "In lower case." }),
      value: t.exposeString("value", { description: "As it was sent." }),
    }),
  })

const CapturedRequest = builder.objectRef<RequestShape>("CapturedRequest").implement({
  description: "What the client sent.",
  fields: (t) => ({
    path: t.exposeString("path", { description: "Without the leading slash." }),
    query: t.exposeString("query", { description: "Without key; empty: there was none." }),
    headers: t.field({
      type: [CapturedHeader],
      description: "Those that change what is made of a request, or say which program sent it.",
      resolve: ({ headers }) => Object.entries(headers).map(([name, value]) => ({ name, value })),
    }),
    body: t.expose("body", { type: CapturedText, description: "Unpacked, where the client had packed it." }),
  }),
})

const CapturedAnswer = builder.objectRef<AnswerShape>("CapturedAnswer").implement({
  description: "What was answered.",
  fields: (t) => ({
    status: t.exposeInt("status", { description: "The HTTP status; 0: no answer came." }),
    body: t.expose("body", {
      type: CapturedText,
      description: "As it came; of a stream the events one after the other.",
    }),
  }),
})

const CapturedAttempt = builder.objectRef<AttemptShape>("CapturedAttempt").implement({
  description: "A call to an upstream that was captured.",
  fields: (t) => ({
    account: t.field({
      type: Account,
      nullable: true,
      description: "With which it was made; null: it is gone, or was made up for a replay.",
      resolve: ({ accountId }, _args, context) => context.loadAccount(accountId),
    }),
    url: t.string({ description: "Where it went.", resolve: ({ origin, path }) => `${origin}${path}` }),
    body: t.expose("body", { type: CapturedText, description: "What was sent." }),
    answer: t.expose("answer", { type: CapturedAnswer, description: "What came back." }),
    failure: t.string({
      nullable: true,
      description: "What broke the connection, as a code of the system or of the gateway; null: nothing did.",
      resolve: ({ failure }) => failure ?? null,
    }),
  }),
})

const TranslationKind = builder.enumType("TranslationKind", {
  description: "In which way the upstream request differs from the client's (docs/reference/translation-diff.md).",
  values: describedValues({
    ADDED: "The gateway put it in.",
    CHANGED: "It has another value.",
    DROPPED: "The upstream does not get it.",
    IGNORED: "It has no meaning here; nothing is lost.",
    KEPT: "It is for the gateway itself, and no upstream reads it.",
    MERGED: "It was joined with what stands beside it.",
    MOVED: "It stands at another place.",
    RENAMED: "It has another name.",
    UNEXPLAINED: "What was captured does not follow from what this gateway does.",
  } satisfies Record<Uppercase<TranslationKindName>, string>),
})

const TranslationNote = builder.objectRef<NoteShape>("TranslationNote").implement({
  description:
    "One place where the upstream request differs from the client's by more than the spelling of its dialect.",
  fields: (t) => ({
    code: t.exposeString("code", { description: "Which reason, for those who say it in words of their own." }),
    kind: t.field({
      type: TranslationKind,
      description: "What became of it.",
      resolve: ({ kind }) => kind.toUpperCase() as Uppercase<typeof kind>, // what toUpperCase makes of it
    }),
    reason: t.exposeString("reason", { description: "One sentence." }),
    client: t.string({
      nullable: true,
      description: "Where, as a JSON pointer into the client's body; null: nothing there led to it.",
      resolve: ({ client }) => client ?? null,
    }),
    upstream: t.string({
      nullable: true,
      description: "The same of the upstream's body; null: nothing there came of it.",
      resolve: ({ upstream }) => upstream ?? null,
    }),
    rule: t.string({
      nullable: true,
      description: "The routing rule, or the row of the dialect's field table, that decided; null: none did.",
      resolve: ({ rule }) => rule ?? null,
    }),
    times: t.int({ description: "How often the same happened.", resolve: ({ times }) => times ?? 1 }),
  }),
})

const Translation = builder.objectRef<ExchangeShape>("Translation").implement({
  description:
    "The client's request beside that of the last attempt, with what was changed on the way and why (docs/reference/translation-diff.md).",
  fields: (t) => ({
    client: t.field({
      type: CapturedText,
      description: "The client's body.",
      resolve: ({ request }) => request.body,
    }),
    upstream: t.field({
      type: CapturedText,
      nullable: true,
      description: "The upstream's body; null: nothing was sent.",
      resolve: ({ attempts }) => attempts.at(-1)?.body ?? null,
    }),
    changes: t.field({
      type: [TranslationNote],
      description: "Every place where they differ by more than the spelling of a dialect.",
      resolve: ({ notes }) => [...notes],
    }),
  }),
})

export const CapturedExchange = builder.objectRef<ExchangeShape>("CapturedExchange").implement({
  description: "The bodies of one request, while capture was on for its key (docs/reference/capture.md).",
  fields: (t) => ({
    requestId: t.id({ description: "As the client got it in x-request-id.", resolve: ({ exchangeId }) => exchangeId }),
    startedAt: t.field({
      type: "DateTime",
      description: "When its head came.",
      resolve: ({ startedAt }) => new Date(startedAt),
    }),
    dialect: t.expose("dialect", { type: Dialect, description: "The API that it came through." }),
    request: t.expose("request", { type: CapturedRequest, description: "What the client sent." }),
    attempts: t.field({
      type: [CapturedAttempt],
      description: "Calls to upstreams, in the order in which they began.",
      resolve: ({ attempts }) => [...attempts],
    }),
    attemptsLeftOut: t.exposeInt("attemptsLeftOut", { description: "Further ones, of which nothing is here." }),
    answer: t.expose("answer", { type: CapturedAnswer, description: "What the client got." }),
    translation: t.field({
      type: Translation,
      description: "Why what went upstream differs from what the client asked.",
      resolve: (exchange) => exchange,
    }),
  }),
})

/** Who is captured. */
export function addCaptureQueries(): void {
  builder.queryFields((t) => ({
    capturedApiKeys: t.field({
      type: [ApiKey],
      description: "Keys whose requests are captured now, the one that ends first first.",
      authScopes: { scope: "READ" },
      resolve: (_root, _args, { services }) => services.captures.capturedKeys(),
    }),
  }))
}
