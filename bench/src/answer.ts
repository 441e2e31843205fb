/**
 * What every answer of the bench must say. The prompt carries an `AnswerSpec`; from it the upstream makes the answer and the loader
 * makes the same answer again to compare each byte with, so the two need no other word between them. Everything here is pure and
 * deterministic by seed.
 */

export interface AnswerSpec {
  readonly seed: number
  /** Its own number for every request of a run: two answers that were swapped are noticed. */
  readonly id: number
  readonly chunks: number
  /** UTF-8 bytes of text in each chunk, 24 at least. */
  readonly size: number
  /** Milliseconds between chunks; 0: all at once. */
  readonly intervalMs: number
  /** True: one chunk, then silence until the bench says go if there is an interval, else until the client leaves. */
  readonly isHeld: boolean
  /** Bytes of conversation before the last turn, which the upstream compares too; 0: none. */
  readonly promptBytes: number
}

export interface PromptTurn {
  readonly role: "system" | "user" | "assistant"
  readonly text: string
}

/** How many different chunk texts one seed and size have. */
export const CHUNK_POOL_SIZE = 256
export const SMALLEST_CHUNK = 24

const SPEC = /^bench:seed=(\d+),id=(\d+),chunks=(\d+),size=(\d+),interval=(\d+),hold=([01]),prompt=(\d+);/
const SPEC_START = "bench:seed="
const SPEC_LONGEST = 160

export function encodeSpec(spec: AnswerSpec): string {
  const { seed, id, chunks, size, intervalMs, isHeld, promptBytes } = spec
  const hold = isHeld ? 1 : 0
  return `bench:seed=${seed},id=${id},chunks=${chunks},size=${size},interval=${intervalMs},hold=${hold},prompt=${promptBytes};`
}

/** The last spec in a request body of any dialect, found without parsing the body; undefined when there is none. */
export function findSpec(body: Buffer): AnswerSpec | undefined {
  const start = body.lastIndexOf(SPEC_START)
  if (start < 0) return undefined
  const match = SPEC.exec(body.toString("latin1", start, start + SPEC_LONGEST))
  if (match === null) return undefined
  const [seed = 0, id = 0, chunks = 0, size = 0, intervalMs = 0, hold = 0, promptBytes = 0] = match.slice(1).map(Number)
  if (size < SMALLEST_CHUNK || chunks < 1) return undefined
  return { seed, id, chunks, size, intervalMs, isHeld: hold === 1, promptBytes }
}

/** Which text of the pool stands at `index` of the answer. Chunk 0 is not from the pool: it names the request. */
export function poolIndex(spec: AnswerSpec, index: number): number {
  return (spec.id * 97 + index * 31) % CHUNK_POOL_SIZE
}

/** The first chunk, which is different for every request of a run. */
export function firstChunk(spec: AnswerSpec): string {
  return fill(`#${spec.id}# `, randomOf(spec.seed * 65_599 + spec.id), spec.size)
}

const pools = new Map<string, readonly string[]>()

export function chunkPool(seed: number, size: number): readonly string[] {
  const key = `${seed}/${size}`
  const known = pools.get(key)
  if (known !== undefined) return known
  const random = randomOf(seed)
  const pool = Array.from({ length: CHUNK_POOL_SIZE }, () => fill("", random, size))
  pools.set(key, pool)
  return pool
}

/** The texts of an answer in order; what the client gets is these joined. A held answer without a rhythm has only the first. */
export function answerChunks(spec: AnswerSpec): string[] {
  const pool = chunkPool(spec.seed, spec.size)
  const chunks = [firstChunk(spec)]
  const length = spec.isHeld && spec.intervalMs === 0 ? 1 : spec.chunks
  for (let index = 1; index < length; index += 1) chunks.push(pool[poolIndex(spec, index)] ?? "")
  return chunks
}

const TURN_BYTES = 2_000
const conversations = new Map<string, readonly PromptTurn[]>()

/** A conversation of about `bytes` bytes: a system text, then user and assistant in turn, the assistant last. */
export function promptTurns(seed: number, bytes: number): readonly PromptTurn[] {
  if (bytes === 0) return []
  const key = `${seed}/${bytes}`
  const known = conversations.get(key)
  if (known !== undefined) return known
  const random = randomOf(seed + 1)
  const pairs = Math.max(1, Math.round(bytes / TURN_BYTES / 2))
  const size = Math.max(SMALLEST_CHUNK, Math.floor(bytes / (pairs * 2 + 1)))
  const turns: PromptTurn[] = [{ role: "system", text: fill("", random, size) }]
  for (let pair = 0; pair < pairs; pair += 1) {
    turns.push({ role: "user", text: fill("", random, size) }, { role: "assistant", text: fill("", random, size) })
  }
  conversations.set(key, turns)
  return turns
}

/** Token counts that the upstream reports for a spec; the client must see the same. */
export function answerUsage(spec: AnswerSpec): { readonly promptTokens: number; readonly completionTokens: number } {
  return { promptTokens: 1_000 + (spec.id % 1_000), completionTokens: spec.chunks }
}

const WORDS = (
  "the stream carries each word of an answer from model to reader and nothing may be lost on the way " +
  "while tokens queue in buffers sockets wake and small writes add up to most of what a gateway costs"
).split(" ")
/** What JSON must escape and what UTF-8 spreads over several bytes. */
const AWKWARD = ['"quoted"', "back\\slash", "line\nbreak", "tab\tstop", "naïve", "世界", "😀", "</tag>", "a/b", "“so”"]

/** `prefix` and random words, exactly `bytes` long in UTF-8. */
function fill(prefix: string, random: () => number, bytes: number): string {
  let text = prefix
  let length = Buffer.byteLength(prefix)
  for (;;) {
    const list = random() < 0.07 ? AWKWARD : WORDS
    const word = `${list[Math.floor(random() * list.length)] ?? ""} `
    const next = length + Buffer.byteLength(word)
    if (next > bytes) return text + ".".repeat(bytes - length)
    text += word
    length = next
  }
}

/** Mulberry32: small, quick, the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
