/** A whole agent loop: what the simulator said is accepted when it comes back unaltered, and refused when altered. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startSimulator } from "#simulator/simulator.ts"
import type { Simulator } from "#simulator/simulator.ts"
import { bearer, email, eventsIn, overHttp1, prompt } from "./client.ts"

interface Part {
  text?: string
  thought?: boolean
  thoughtSignature?: string
  functionCall?: { id?: string; name: string; args?: object }
  functionResponse?: object
}
interface Turn {
  role: "user" | "model"
  parts: Part[]
}

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator({ seed: "loop", accounts: [{ email, projectId: "example-project" }] })
})
afterAll(() => simulator.close())

const declare = (name: string): object => ({
  name,
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
})
const more = {
  tools: [{ functionDeclarations: [declare("read"), declare("list")] }],
  toolConfig: { functionCallingConfig: { mode: "VALIDATED" } },
  generationConfig: { maxOutputTokens: 8000, thinkingConfig: { includeThoughts: true, thinkingBudget: 2048 } },
  sessionId: "-1",
}
const begin: Turn = {
  role: "user",
  parts: [
    {
      text: "[[sim:think=First.]][[sim:text=Looking.]][[sim:call=read]][[sim:call=list]][[sim:then]][[sim:think=Again.]][[sim:call=read]][[sim:then]][[sim:text=Finished.]]",
    },
  ],
}

async function send(model: string, contents: readonly Turn[]) {
  const answer = await overHttp1(simulator.url, {
    path: "/v1internal:streamGenerateContent?alt=sse",
    headers: bearer(simulator),
    body: prompt("", { ...more, contents }, model),
  })
  return { status: answer.status, turn: answer.status === 200 ? turnOf(answer.body) : undefined, body: answer.body }
}

/** The model's turn as a client would keep it: neighbouring texts of a kind joined, the signature on its thought. */
function turnOf(body: string): Turn {
  const parts: Part[] = []
  for (const event of eventsIn(body) as { response: { candidates: { content: Turn }[] } }[]) {
    // the simulator's own shape
    for (const part of event.response.candidates[0]?.content.parts ?? []) {
      const last = parts.at(-1)
      if (last?.text !== undefined && part.text !== undefined && (last.thought ?? false) === (part.thought ?? false)) {
        last.text += part.text
        if (part.thoughtSignature) last.thoughtSignature = part.thoughtSignature
      } else parts.push({ ...part })
    }
  }
  return { role: "model", parts }
}

const resultsFor = (turn: Turn): Turn => ({
  role: "user",
  parts: turn.parts.flatMap(({ functionCall: call }) =>
    call ? [{ functionResponse: { id: call.id, name: call.name, response: { output: "ok" } } }] : [],
  ),
})

describe.each(["gemini-3-flash", "gemini-pro-agent", "claude-sonnet-4-6"])("a loop with %s", (model) => {
  it("goes on when everything comes back unaltered", async () => {
    const contents = [begin]
    const rounds = []
    for (let round = 0; round < 3; round += 1) {
      const { turn, body } = await send(model, contents)
      if (!turn) throw new Error(body)
      rounds.push(turn.parts.filter(({ functionCall }) => functionCall).length)
      contents.push(turn, resultsFor(turn))
      if (contents.at(-1)?.parts.length === 0) contents.pop()
    }
    expect(rounds).toEqual([2, 1, 0])
    expect(contents.at(-1)?.parts.find(({ text, thought }) => text && !thought)?.text).toBe("Finished.")
    const cached = simulator.seen().at(-1)?.outcome?.usage
    expect(cached).toHaveProperty("cachedContentTokenCount")
  })

  it("is refused when a signature is altered, dropped or moved", async () => {
    const first = (await send(model, [begin])).turn
    if (!first) throw new Error("the first turn was refused")
    const alter = (change: (part: Part) => Part): Promise<{ status: number; body: string }> => {
      const turn: Turn = { role: "model", parts: first.parts.map((part) => change({ ...part })) }
      return send(model, [begin, turn, resultsFor(turn)])
    }
    const altered = await alter((part) =>
      part.thoughtSignature ? { ...part, thoughtSignature: `${part.thoughtSignature.slice(0, -8)}AAAAAAA=` } : part,
    )
    expect(altered.body).toMatch(/Corrupted thought signature\.|Invalid `signature` in `thinking` block/)
    const dropped = await alter(({ thoughtSignature: _gone, ...part }) => part)
    expect(dropped.body).toMatch(/missing a thought_signature|thinking\.signature: Field required/)
    if (model.startsWith("claude")) {
      expect((await alter((part) => (part.thought ? { ...part, text: `${part.text} ` } : part))).body).toMatch(
        /Invalid `signature`/,
      )
    } else {
      const [signature] = first.parts.flatMap(({ thoughtSignature }) => thoughtSignature ?? [])
      const moved = await alter((part) =>
        part.functionCall?.name === "list" && signature
          ? { ...part, thoughtSignature: signature }
          : { ...part, thoughtSignature: undefined },
      )
      expect(moved.body).toMatch(/missing a thought_signature/)
    }
  })
})

it("a turn of one family is refused by the other", async () => {
  const gemini = (await send("gemini-3-flash", [begin])).turn
  const claude = (await send("claude-sonnet-4-6", [begin])).turn
  if (!gemini || !claude) throw new Error("a first turn was refused")
  expect((await send("gemini-3-flash", [begin, claude, resultsFor(claude)])).body).toMatch(
    /Corrupted thought signature/,
  )
  expect((await send("claude-sonnet-4-6", [begin, gemini, resultsFor(gemini)])).body).toMatch(
    /Field required|Invalid `signature`/,
  )
})
