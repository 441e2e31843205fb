/** Every fault as a client meets it on the wire. */
import { connect as connectHttp2 } from "node:http2"
import { request } from "node:http"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { byteFaults, eventFaults, httpFaults, wireFaults } from "#simulator/faults.ts"
import { startSimulator } from "#simulator/simulator.ts"
import type { Simulator } from "#simulator/simulator.ts"
import { bearer, email, eventsIn, onSession, overHttp1, overHttp2, prompt, textIn, until } from "./client.ts"

let simulator: Simulator

beforeAll(async () => {
  simulator = await startSimulator({ seed: "faults", tlsPort: 0 })
})
afterAll(() => simulator.close())
beforeEach(() => {
  simulator.reset()
  simulator.addAccount({ email, projectId: "example-project" })
})

const path = "/v1internal:streamGenerateContent?alt=sse"
const words = "Go. [[sim:words=30]][[sim:chunks=4]]"
const ask = (text = words) => overHttp1(simulator.url, { path, headers: bearer(simulator), body: prompt(text) })
const askHttp2 = (text = words) => overHttp2(simulator.url, { path, headers: bearer(simulator), body: prompt(text) })
const withFault = (fault: string) => `${words}[[sim:fault=${fault}]]`

interface Event {
  error?: { code: number }
  response?: {
    candidates?: {
      finishReason?: string
      content?: { parts?: { text?: string; thought?: boolean; thoughtSignature?: string }[] }
    }[]
    promptFeedback?: object
    usageMetadata?: object
    error?: object
  }
}
const events = (body: string): Event[] => eventsIn(body) as Event[] // the simulator's own shape
const finish = (event: Event | undefined) => event?.response?.candidates?.[0]?.finishReason

describe("faults instead of an answer", () => {
  it.each(Object.keys(httpFaults).filter((kind) => !kind.startsWith("invalid-")))(
    "%s by prompt and by script gives the same",
    async (kind) => {
      const prompted = await ask(withFault(kind))
      simulator.script({ fault: { kind }, times: 1 })
      const scripted = await ask()
      expect(scripted.status).toBe(prompted.status)
      expect(prompted.status === 200 || prompted.status >= 400).toBe(true)
      if (prompted.status === 200) expect(prompted.body).toMatch(/no longer/)
      expect((await ask()).status).toBe(200)
    },
  )

  it("an error can come labelled as a stream, wrapped, in other order, with Retry-After", async () => {
    const labelled = await ask(withFault('capacity {"contentType":"text/event-stream"}'))
    expect(labelled.headers["content-type"]).toBe("text/event-stream")
    expect(JSON.parse(labelled.body)).toMatchObject({ error: { code: 503 } })
    const wrapped = JSON.parse((await ask(withFault('quota-model {"wrapped":true}'))).body) as {
      error: { message: string }
    } // checked by the next line
    expect(JSON.parse(wrapped.error.message)).toMatchObject({ error: { code: 429, status: "RESOURCE_EXHAUSTED" } })
    const reversed = JSON.parse(
      (await ask(withFault('rate-limit-long {"reversed":true,"delayMs":7000,"retryAfter":7}'))).body,
    ) as { error: { details: object[] } } // checked by the next line
    expect(reversed.error.details[0]).toMatchObject({ retryDelay: "7s" })
    expect((await ask(withFault('bare-429 {"retryAfter":3}'))).headers["retry-after"]).toBe("3")
  })
})

describe("scripted faults", () => {
  it("strike by account, model, method and count only", async () => {
    simulator.script({ fault: { kind: "internal" }, match: { account: "other@simulator.example" } })
    simulator.script({ fault: { kind: "internal" }, match: { model: "claude-sonnet-4-6" } })
    simulator.script({ fault: { kind: "internal" }, match: { method: "loadCodeAssist" } })
    expect((await ask()).status).toBe(200)
    simulator.clearFaults()
    simulator.script({
      fault: { kind: "capacity" },
      match: { account: email, model: "gemini-3-flash" },
      skip: 1,
      times: 2,
    })
    const statuses = []
    for (let index = 0; index < 5; index += 1) statuses.push((await ask()).status)
    expect(statuses).toEqual([200, 503, 503, 200, 200])
  })

  it("are posted, listed and cleared at the control endpoint, and unknown kinds are refused", async () => {
    const control = (name: string, body: object) => overHttp1(simulator.url, { path: `/simulator/${name}`, body })
    expect((await control("faults", { fault: { kind: "no-such" } })).status).toBe(400)
    const made = JSON.parse(
      (await control("faults", { fault: { kind: "internal" }, times: 1, match: { method: "loadCodeAssist" } })).body,
    ) as { id: string } // checked by use
    const load = () =>
      overHttp1(simulator.url, { path: "/v1internal:loadCodeAssist", headers: bearer(simulator), body: {} })
    expect((await load()).status).toBe(500)
    expect((await load()).status).toBe(200)
    const listed = await overHttp1(simulator.url, { method: "GET", path: "/simulator/state" })
    expect(JSON.parse(listed.body)).toMatchObject({ faults: [{ id: made.id, struck: 1 }] })
    await control("faults/clear", { id: made.id })
    expect(simulator.state()).toMatchObject({ faults: [] })
  })

  it("strike a share of the attempts, drawn by the request and its attempt", async () => {
    const control = (body: object) => overHttp1(simulator.url, { path: "/simulator/faults", body })
    for (const share of [-0.1, 1.1, "half"])
      expect((await control({ fault: { kind: "internal" }, share })).status).toBe(400)
    const turns = async (): Promise<number[]> => {
      simulator.clearFaults()
      expect((await control({ fault: { kind: "internal" }, share: 0.5 })).status).toBe(200)
      const answers: number[] = []
      for (let turn = 0; turn < 32; turn += 1) answers.push((await ask("the same")).status)
      return answers
    }
    const first = await turns()
    expect(new Set(first)).toEqual(new Set([200, 500]))
    // Another fault draws for itself.
    expect(await turns()).not.toEqual(first)
  })

  it("strike the token endpoint too", async () => {
    const refresh = () =>
      fetch(`${simulator.url}/token`, {
        method: "POST",
        body: new URLSearchParams({
          grant_type: "refresh_token",
          refresh_token: `sim-refresh-${email}`,
          client_id: "simulator-client",
          client_secret: "simulator-secret",
        }),
      })
    for (const kind of ["invalid-grant", "invalid-rapt", "invalid-client", "internal"]) {
      simulator.script({ fault: { kind }, match: { method: "token", account: email }, times: 1 })
      const answer = await refresh()
      expect(answer.status).toBe(kind === "internal" ? 500 : kind === "invalid-client" ? 401 : 400)
      await answer.body?.cancel()
    }
    const answer = await refresh()
    expect(answer.status).toBe(200)
    await answer.body?.cancel()
  })

  it("expire-token voids the account's tokens", async () => {
    const headers = bearer(simulator)
    simulator.script({ fault: { kind: "expire-token" }, times: 1 })
    const once = () => overHttp1(simulator.url, { path, headers, body: prompt("Hi") })
    expect((await once()).status).toBe(401)
    expect((await once()).status).toBe(401)
    expect((await ask("Hi")).status).toBe(200)
  })
})

describe("faults of the connection", () => {
  it.each([
    ["reset-before-headers", 0, /ECONNRESET/, /RST 2|ERR_HTTP2_STREAM_ERROR/],
    ["reset-after-headers", 200, /ECONNRESET/, /ERR_HTTP2_STREAM_ERROR/],
    ['reset-mid-stream {"after":2}', 200, /ECONNRESET/, /ERR_HTTP2_STREAM_ERROR/],
  ])("%s", async (fault, status, http1, http2) => {
    const one = await ask(withFault(fault))
    expect([one.status, one.broken]).toEqual([status, expect.stringMatching(http1)])
    const two = await askHttp2(withFault(fault))
    expect([two.status, two.broken]).toEqual([status, expect.stringMatching(http2)])
    if (fault.includes("mid")) {
      expect(events(one.body)).toHaveLength(2)
      expect(events(two.body)).toHaveLength(2)
    }
  })

  it.each([
    ["HTTP/1.1", overHttp1],
    ["HTTP/2", overHttp2],
  ] as const)("resets break %s over TLS too", async (_name, send) => {
    const over = (fault: string) =>
      send(simulator.httpsUrl ?? "", { path, headers: bearer(simulator), body: prompt(withFault(fault)) }, simulator.ca)
    expect((await over('reset-before-headers {"connection":true}')).broken).toBeDefined()
    const middle = await over('reset-mid-stream {"after":2}')
    expect([middle.status, events(middle.body).length, middle.broken]).toEqual([200, 2, expect.any(String)])
  })

  it("reset of the whole HTTP/2 connection takes its other streams along", async () => {
    const session = connectHttp2(simulator.url)
    const send = (text: string) => onSession(session, { path, headers: bearer(simulator), body: prompt(text) })
    const other = send("[[sim:fault=hang-mid-stream]]")
    await until(() => (simulator.concurrency()[email]?.current === 1 ? true : undefined))
    const broken = await send('[[sim:fault=reset-before-headers {"connection":true}]]')
    expect(broken.broken).toBeDefined()
    expect((await other).broken).toBeDefined()
    session.destroy()
  })

  it("goaway ends the session after its answer", async () => {
    const session = connectHttp2(simulator.url)
    const gone = new Promise<void>((resolve) => session.once("goaway", () => resolve()))
    const answer = await onSession(session, {
      path,
      headers: bearer(simulator),
      body: prompt("[[sim:fault=goaway]]Hi"),
    })
    await gone
    expect(textIn(answer.body)).toContain("Hi")
    session.destroy()
  })

  it.each(["hang-before-headers", "hang-after-headers", 'hang-mid-stream {"after":2}'])(
    "%s sends nothing more until the client goes",
    async (fault) => {
      const abort = new AbortController()
      const answer = overHttp1(simulator.url, {
        path,
        headers: bearer(simulator),
        body: prompt(withFault(fault)),
        signal: abort.signal,
      })
      const sent = fault.includes("mid") ? 200 : 0
      await until(() => {
        const [seen] = simulator.seen()
        return seen?.outcome && simulator.concurrency()[email]?.current === 1 && sent <= 200 ? seen : undefined
      })
      abort.abort()
      await answer
      const seen = await until(() => simulator.seen().find(({ aborted }) => aborted))
      expect(seen.bytesSent > 0).toBe(fault.includes("mid"))
    },
  )

  it("delay and stall only take time", async () => {
    const text = textIn((await ask()).body)
    for (const fault of ['delay {"ms":20}', 'stall {"ms":20,"after":2}']) {
      const started = performance.now()
      expect(textIn((await ask(withFault(fault))).body)).toBe(text)
      expect(performance.now() - started).toBeGreaterThan(18)
    }
  })
})

describe("faults of the bytes", () => {
  it.each([
    ["crlf", /^data: [^\n]*\r\n\r\n/],
    ["cr", /^data: [^\n\r]*\r\rdata/],
    ["multi-line-data", /^data: \{\ndata: /],
    ["comments", /^: keep-alive\ndata: /],
    ["no-space", /^data:\{/],
    ["unterminated", /[^\n]$/],
    ['cut {"bytes":1}', /^data: \{/],
    ['cut {"bytes":7}', /^data: \{/],
    ['slow-drip {"bytes":200,"ms":1}', /^data: \{/],
  ])("%s leaves the events as they are", async (fault, mark) => {
    const plain = await ask()
    const changed = await ask(withFault(fault))
    expect(changed.body).toMatch(mark)
    expect(textIn(changed.body)).toBe(textIn(plain.body))
    expect(events(changed.body)).toHaveLength(events(plain.body).length)
  })

  it("cut really cuts inside characters", async () => {
    const pieces = await new Promise<Buffer[]>((resolve, reject) => {
      const chunks: Buffer[] = []
      const req = request(new URL(path, simulator.url), { method: "POST", headers: bearer(simulator) }, (response) => {
        response.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => resolve(chunks))
      })
      req.on("error", reject)
      req.end(JSON.stringify(prompt('[[sim:text=λόγος🙂]][[sim:fault=slow-drip {"bytes":1,"ms":1}]]')))
    })
    const whole = Buffer.concat(pieces).toString()
    expect(textIn(whole)).toBe("λόγος🙂")
    // At least one piece ends inside a character: decoded alone it is not what it was.
    expect(pieces.map(String).join("")).not.toBe(whole)
  })
})

describe("faults of the events", () => {
  it("huge-event has as many bytes as asked", async () => {
    const answer = await ask(withFault('huge-event {"bytes":3000000}'))
    expect(answer.body.length).toBeGreaterThan(3_000_000)
    expect(textIn(answer.body).startsWith("x".repeat(3_000_000))).toBe(true)
  })

  it("error-in-200 at the root and inside the response", async () => {
    const root = events((await ask(withFault('error-in-200 {"after":2}'))).body)
    expect([root.length, root.at(-1)?.error?.code]).toEqual([3, 503])
    const inner = events((await ask(withFault('error-in-200 {"after":0,"where":"response"}'))).body)
    expect([inner.length, inner[0]?.response?.error]).toEqual([1, expect.objectContaining({ code: 503 })])
  })

  it("non-json-event stands where it is asked for", async () => {
    const answer = await ask(withFault('non-json-event {"after":1}'))
    expect(answer.body.split("\n\n")[1]).toBe("data: {not json")
  })

  it("empty-answer, no-events, thought-only and signature-only have no text", async () => {
    const empty = events((await ask(withFault("empty-answer"))).body)
    expect([empty.length, finish(empty[0]), empty[0]?.response?.candidates?.[0]?.content?.parts]).toEqual([
      1,
      "STOP",
      [],
    ])
    expect((await ask(withFault("no-events"))).body).toBe("")
    const thought = events((await ask(withFault("thought-only"))).body)
    expect(
      thought.flatMap((event) => event.response?.candidates?.[0]?.content?.parts ?? []).every((part) => part.thought),
    ).toBe(true)
    expect(finish(thought.at(-1))).toBe("STOP")
    const signature = await ask(withFault("signature-only"))
    expect([textIn(signature.body), events(signature.body).length]).toEqual(["", 1])
  })

  it("truncated ends in order without a finish reason; cut-mid-event inside an event", async () => {
    const truncated = await ask(withFault("truncated"))
    expect(truncated.broken).toBeUndefined()
    expect(events(truncated.body).some((event) => finish(event))).toBe(false)
    expect(events(truncated.body).length).toBe(3)
    const cut = await ask(withFault('cut-mid-event {"after":1}'))
    expect(cut.body).toMatch(/\n\ndata: \{"response":[^\n]*$/)
    expect(cut.broken).toBeUndefined()
  })

  it.each([
    "SAFETY",
    "RECITATION",
    "LANGUAGE",
    "OTHER",
    "BLOCKLIST",
    "PROHIBITED_CONTENT",
    "SPII",
    "MALFORMED_FUNCTION_CALL",
    "IMAGE_SAFETY",
    "UNEXPECTED_TOOL_CALL",
    "TOO_MANY_TOOL_CALLS",
    "NO_IMAGE",
    "MAX_TOKENS",
  ])("finish reason %s after content, without content, and beside the last part", async (reason) => {
    const after = events((await ask(withFault(`finish {"reason":"${reason}"}`))).body)
    expect([after.length, finish(after.at(-1))]).toEqual([4, reason])
    const bare = events((await ask(withFault(`finish {"reason":"${reason}","after":0}`))).body)
    expect([bare.length, finish(bare[0])]).toEqual([1, reason])
    const steered = events((await ask(`${words}[[sim:finish=${reason}]]`)).body)
    expect(finish(steered.at(-1))).toBe(reason)
  })

  it("prompt-block has feedback and no candidate", async () => {
    const [event] = events((await ask(withFault('prompt-block {"reason":"PROHIBITED_CONTENT"}'))).body)
    expect(event?.response).toMatchObject({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } })
    expect(event?.response?.candidates).toBeUndefined()
  })

  it("usage can come after the finish, done-marker and bare-response are what they say", async () => {
    const late = events((await ask(withFault("usage-after-finish"))).body)
    expect(late.map((event) => event.response?.usageMetadata !== undefined)).toEqual([false, false, false, false, true])
    expect(finish(late[3])).toBe("STOP")
    expect((await ask(withFault("done-marker"))).body.endsWith("data: [DONE]\n\n")).toBe(true)
    expect(eventsIn((await ask(withFault("bare-response"))).body)[0]).toHaveProperty("candidates")
  })
})

it("every fault has a name of its own", () => {
  const all = [...Object.keys(httpFaults), ...wireFaults, ...byteFaults, ...eventFaults]
  expect(new Set(all).size).toBe(all.length)
})
