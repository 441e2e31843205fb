/**
 * The conversation of the playground and what it is set to: kept in this tab over a reload, and nowhere else. There is no secret in it:
 * requests go out under the session.
 */
import { createEffect, createSignal, onCleanup } from "solid-js"
import { createStore, produce, unwrap } from "solid-js/store"
import { speakers } from "./dialects/index.ts"
import { type RawPiece, send, type Trouble } from "./send.ts"
import { type PlaygroundSettings, type Problems, readAsk, startSettings } from "./settings.ts"
import { partsOf, type Draft, type Part, type Turn, type Written } from "./talk.ts"

/** What is known of an answer besides what it says. */
export interface AnswerFacts {
  status?: number
  requestId?: string
  firstMs?: number
  totalMs?: number
  finish?: string
  inputTokens?: number
  outputTokens?: number
  trouble?: Trouble
  isStopped?: boolean
}

export interface SaidTurn extends Turn {
  facts?: AnswerFacts
}

/** The last exchange as it went over the wire; of this page alone. */
export interface RawExchange {
  readonly written: Written
  readonly dialect: PlaygroundSettings["dialect"]
  readonly pieces: readonly RawPiece[]
  /** More came than is kept. */
  readonly left: number
}

interface Kept {
  /** Whose it is: who signs in after somebody else in the same tab sees nothing of it. */
  owner: string
  settings: PlaygroundSettings
  turns: SaidTurn[]
}

const key = "lagrange.playground"
/** An answer of a hundred thousand tokens has more; nobody reads them. */
const mostPieces = 5_000

function readKept(owner: string): Kept {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "{}") as Partial<Kept> // written by `keep`, in this tab
    if (kept.owner === owner)
      return { owner, settings: { ...startSettings, ...kept.settings }, turns: kept.turns ?? [] }
  } catch {
    // Not ours, or of another version: begin anew.
  }
  return { owner, settings: startSettings, turns: [] }
}

function keep(kept: Kept): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // A browser keeps some megabytes: pictures are what does not fit.
    const turns = kept.turns.map((turn) => ({ ...turn, parts: turn.parts.filter(({ type }) => type !== "image") }))
    try {
      sessionStorage.setItem(key, JSON.stringify({ ...kept, turns }))
    } catch {
      // Not even the words fit: then a reload loses them, and nothing else is wrong.
      sessionStorage.removeItem(key)
    }
  }
}

export function createTalk(owner: string) {
  const kept = readKept(owner)
  const [settings, setSettings] = createStore<PlaygroundSettings>({ ...kept.settings })
  const [turns, setTurns] = createStore<SaidTurn[]>(kept.turns)
  const [problems, setProblems] = createSignal<Problems>({})
  const [raw, setRaw] = createSignal<RawExchange>()
  const [running, setRunning] = createSignal<AbortController>()
  onCleanup(() => running()?.abort())

  const save = () => keep({ owner, settings: unwrap(settings), turns: unwrap(turns) })
  // What grows is written down when it has ended, not with every word.
  createEffect(() => {
    JSON.stringify(settings)
    if (running() === undefined) save()
  })
  createEffect(() => {
    if (turns.length >= 0 && running() === undefined) save()
  })

  /** Asks for an answer to what was said so far. */
  const answer = async (): Promise<void> => {
    const read = readAsk(settings, unwrap(turns))
    setProblems("problems" in read ? read.problems : {})
    if ("problems" in read || running() !== undefined) return
    const { dialect, nodeId } = settings
    const speaker = speakers[dialect]
    const written = speaker.write(read.ask)
    const abort = new AbortController()
    const at = turns.length
    let hasBegun = false
    const draft: Draft = { parts: [] }
    const since = performance.now()
    setTurns(at, { role: "assistant", dialect, parts: [], facts: {} })
    setRaw({ written, dialect, pieces: [], left: 0 })
    setRunning(abort)
    const tell = (change: Partial<AnswerFacts>): void => setTurns(at, "facts", (before) => ({ ...before, ...change }))
    const outcome = await send({
      written,
      speaker,
      stream: read.ask.stream,
      nodeId: nodeId === "" ? undefined : nodeId,
      signal: abort.signal,
      hearer: {
        head: ({ status, requestId }) => tell({ status, ...(requestId === undefined ? {} : { requestId }) }),
        raw: (piece) =>
          setRaw((now) => {
            if (now === undefined) return now
            return now.pieces.length < mostPieces
              ? { ...now, pieces: [...now.pieces, piece] }
              : { ...now, left: now.left + 1 }
          }),
        change: (by) => {
          by(draft)
          if (draft.parts.length > 0 && !hasBegun) {
            hasBegun = true
            tell({ firstMs: performance.now() - since })
          }
          setTurns(
            at,
            "parts",
            produce((parts: Part[]) => copyInto(parts, draft.parts)),
          )
        },
      },
    }).catch((): "stopped" => "stopped")
    const { finish, inputTokens, outputTokens, error } = draft
    const told: Trouble | undefined = error === undefined ? undefined : { from: "gateway", message: error }
    const trouble = outcome === "stopped" ? undefined : (outcome ?? told)
    tell({
      totalMs: performance.now() - since,
      ...(finish === undefined || finish === "" ? {} : { finish }),
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      ...(trouble === undefined ? {} : { trouble }),
      ...(outcome === "stopped" ? { isStopped: true } : {}),
    })
    setRunning(undefined)
  }

  const cutTo = (length: number): void => {
    running()?.abort()
    setTurns((all) => all.slice(0, length))
  }

  return {
    settings,
    turns,
    problems,
    raw,
    isRunning: () => running() !== undefined,
    change: (change: Partial<PlaygroundSettings>) => setSettings(change),
    /** Says something and asks for an answer. What cannot be sent is not said. */
    say: async (parts: readonly Part[]): Promise<boolean> => {
      const { dialect } = settings
      const read = readAsk(settings, [])
      setProblems("problems" in read ? read.problems : {})
      if ("problems" in read || running() !== undefined) return false
      // An answer that never came is no part of the conversation.
      const last = turns.at(-1)
      if (last?.role === "assistant" && last.parts.length === 0) cutTo(turns.length - 1)
      const before = turns.at(-1)
      if (before?.role === "user") setTurns(turns.length - 1, "parts", (said) => [...said, ...parts])
      else setTurns(turns.length, { role: "user", dialect, parts: [...parts] })
      await answer()
      return true
    },
    /** Asks again for the answer at this place, which is forgotten with all that followed. */
    again: async (at: number): Promise<void> => {
      cutTo(at)
      await answer()
    },
    cutTo,
    stop: () => running()?.abort(),
  }
}

export type Talk = ReturnType<typeof createTalk>

/** Parts only grow and follow each other: what stands is left alone, so that nothing that is shown is made anew. */
function copyInto(shown: Part[], parts: readonly Part[]): void {
  for (const [index, part] of parts.entries()) {
    const before = shown[index]
    if (before === undefined || before.type !== part.type) shown[index] = { ...part }
    else Object.assign(before, part)
  }
}

/** Calls of the last answer that wait for their results. */
export function openCalls(turns: readonly SaidTurn[]) {
  const last = turns.at(-1)
  return last?.role === "assistant" ? partsOf(last.parts, "call") : []
}
