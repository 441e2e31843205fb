/** Answers `streamGenerateContent` and `generateContent`: check, meter, plan, and play the answer with its faults. */
import type { SimulatedAccount } from "./accounts.ts"
import { directivesOf, planAnswer } from "./answer.ts"
import type { Answer } from "./answer.ts"
import { modelOf } from "./catalogue.ts"
import type { CatalogueModel } from "./catalogue.ts"
import { check } from "./checker/index.ts"
import { documentOf, eventsOf, frame } from "./events.ts"
import type { StreamStep } from "./events.ts"
import { refusalOf } from "./faults.ts"
import type { JsonObject } from "./json.ts"
import type { Directives, Fault } from "./prompt-language.ts"
import { hexOf, lettersOf } from "./random.ts"
import { locationNotSupported } from "./refusals.ts"
import type { Refusal } from "./refusals.ts"
import { readGeneration } from "./request.ts"
import type { GenerationRequest } from "./request.ts"
import { sendRefusal } from "./reply.ts"
import type { SeenRequest } from "./seen.ts"
import { applyEventFaults, byteStyleOf, frameStyleOf } from "./stream-faults.ts"
import { usageMetadata } from "./usage.ts"
import type { Exchange } from "./wire.ts"
import type { World } from "./world.ts"

/** The generation methods. */
export type GenerationMethod = "generateContent" | "streamGenerateContent"

interface Call {
  readonly world: World
  readonly exchange: Exchange
  readonly seen: SeenRequest
  readonly method: GenerationMethod
  readonly account: SimulatedAccount
  readonly request: GenerationRequest
}

/** Answers one call whose token was found in order; `scripted` are the faults that strike it. */
export async function generate(base: Omit<Call, "request">, body: unknown, scripted: readonly Fault[]): Promise<void> {
  const { world, exchange, method, account, seen } = base
  const request = readGeneration(body)
  const call = { ...base, request }
  const model = modelOf(request.model)
  if (account.state === "location" && (model?.family ?? "gemini-3").startsWith("gemini")) {
    return refuse(call, locationNotSupported())
  }
  const refused = check(
    {
      method,
      headers: exchange.headers,
      account,
      body,
      request,
      model,
      signatures: world.signatures,
      newerModelsVersion: world.options.newerModelsVersion,
      supportedVersion: world.options.supportedVersion,
    },
    world.disabledRules,
  )
  if (refused) {
    world.seen.refuse(seen, refused.rule, refused.refusal)
    return refuse(call, refused.refusal)
  }
  // A switched-off `model-unknown` lets any id through: it then answers like a Gemini model.
  const answering = model ?? modelOf("gemini-3-flash")
  if (!answering) throw new Error("the catalogue lost its default model")
  const empty = world.quota.refuse(account, answering.bucket, request.model, world.now())
  if (empty) return refuse(call, empty)
  const directives = directivesOf(request)
  await answerWith(call, { ...answering, id: request.model }, directives, [...scripted, ...directives.faults])
}

async function answerWith(
  call: Call,
  model: CatalogueModel,
  directives: Directives,
  faults: readonly Fault[],
): Promise<void> {
  const { world, exchange, seen, account, request } = call
  if (faults.length > 0) seen.outcome = { status: 200, faults: faults.map(({ kind }) => kind) }
  await exchange.pause(directives.delay ?? world.options.firstByteDelay)
  if (await strikeEarly(call, directives.faults)) return
  const cached = world.promptCache.hit(account.email, request)
  const context = {
    request,
    model,
    seed: world.options.seed,
    signatures: world.signatures,
    cached,
    serial: world.next(),
  }
  const answer = planAnswer(context, directives)
  const { prompt, candidates, thoughts } = answer.counts
  world.quota.charge(account, model.bucket, prompt - answer.counts.cached + candidates + thoughts, world.now())
  seen.outcome = { ...seen.outcome, status: 200, usage: usageMetadata(answer.counts) }
  if (call.method === "generateContent" && faults.length === 0) {
    return sendRefusal(exchange, { status: 200, body: envelope(call, documentOf(answer)) }, traceHeaders(call))
  }
  await play(call, answer, directives, faults)
}

/** Faults of the prompt that come before the head; true when the exchange is answered or broken off. */
async function strikeEarly(call: Call, faults: readonly Fault[]): Promise<boolean> {
  const { exchange, request, world, account } = call
  for (const fault of faults) {
    const done = await strike(exchange, fault, {
      model: request.model,
      project: request.project ?? account.projectId ?? "",
      now: world.now(),
      refuse: (refusal) => refuse(call, refusal),
    })
    if (done) return true
  }
  return false
}

/** What a fault before the head needs. */
export interface StrikeContext {
  readonly model: string
  readonly project: string
  readonly now: number
  readonly refuse: (refusal: Refusal) => Promise<void>
}

/** Plays one fault that comes before the head; true when it ended the exchange. */
export async function strike(exchange: Exchange, fault: Fault, context: StrikeContext): Promise<boolean> {
  const refusal = refusalOf(fault, context)
  if (refusal) {
    await context.refuse(refusal)
    return true
  }
  switch (fault.kind) {
    case "delay":
      await exchange.pause(typeof fault["ms"] === "number" ? fault["ms"] : 1000)
      return false
    case "reset-before-headers":
      exchange.reset(fault["connection"] === true)
      return true
    case "hang-before-headers":
      await exchange.hang()
      return true
    case "goaway":
      exchange.goAway()
      return false
    default:
      return false
  }
}

/** Sends a refusal; one with a text is a complete answer whose only part says it. */
async function refuse(call: Call, refusal: Refusal): Promise<void> {
  const { exchange, seen, request } = call
  seen.outcome ??= { status: refusal.status }
  if (refusal.text === undefined) return sendRefusal(exchange, refusal, traceHeaders(call))
  const inner = {
    candidates: [{ content: { role: "model", parts: [{ text: refusal.text }] }, finishReason: "STOP" }],
    modelVersion: request.model,
    responseId: lettersOf(24, call.world.options.seed, "refusal", call.world.next()),
  }
  if (call.method === "generateContent") return sendRefusal(exchange, { status: 200, body: envelope(call, inner) })
  exchange.head(200, streamHeaders(call))
  await exchange.end(frame(JSON.stringify(envelope(call, inner)), frameStyleOf([]), true))
}

async function play(call: Call, answer: Answer, directives: Directives, faults: readonly Fault[]): Promise<void> {
  const { exchange, world, method } = call
  const sse = method === "streamGenerateContent" && exchange.query.get("alt") === "sse"
  const events =
    method === "generateContent"
      ? [documentOf(answer)]
      : eventsOf(answer, { chunks: directives.chunks, usage: directives.usage ?? "every" })
  const plan = applyEventFaults(events, faults)
  const style = frameStyleOf(faults)
  const write = async (event: JsonObject, index: number): Promise<void> => {
    const data = JSON.stringify(plan.bare ? event : envelope(call, event))
    const last = index === plan.steps.length - 1
    if (sse) await exchange.write(frame(data, style, last))
    else if (method === "generateContent") await exchange.write(data)
    else await exchange.write(`${index === 0 ? "[" : ",\r\n"}${data}${last ? "]" : ""}`)
  }
  exchange.head(
    200,
    sse ? streamHeaders(call) : { ...traceHeaders(call), "content-type": "application/json; charset=UTF-8" },
    byteStyleOf(faults),
  )
  for (const [index, step] of plan.steps.entries()) {
    if (index > 0) await exchange.pause(directives.pause ?? world.options.eventPause)
    if (step.kind === "event") await write(step.event, index)
    else if (!(await playStep(exchange, step))) return
  }
  await exchange.end()
}

async function playStep(exchange: Exchange, step: Exclude<StreamStep, { kind: "event" }>): Promise<boolean> {
  switch (step.kind) {
    case "raw":
      await exchange.write(step.bytes)
      return true
    case "wait":
      await exchange.pause(step.milliseconds)
      return true
    case "hang":
      await exchange.hang()
      return false
    case "reset":
      // What was written before must reach the client first, or the reset could overtake it.
      await exchange.pause(20)
      exchange.reset(step.connection)
      return false
  }
}

function envelope(call: Call, response: JsonObject): JsonObject {
  return { response, traceId: traceId(call) }
}

function traceId({ world, seen }: Call): string {
  return hexOf(16, world.options.seed, "trace", seen.id)
}

function traceHeaders(call: Call): Record<string, string> {
  return { "x-cloudaicompanion-trace-id": traceId(call), server: "ESF" }
}

function streamHeaders(call: Call): Record<string, string> {
  return { ...traceHeaders(call), "content-type": "text/event-stream" }
}
