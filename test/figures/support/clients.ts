/** Clients of a stage that keep their connections, so that what is measured is not the making of them. */
import { Agent, type ClientRequest } from "node:http"
import { fetchAnswer, open, type Answer, type Call } from "../../../data-plane/test/support/client.ts"
import { API_KEY, MODEL } from "../../../data-plane/test/support/snapshots.ts"
import type { Stage } from "./stage.ts"

export interface Asking {
  readonly key?: string
  readonly model?: string
  readonly stream?: boolean
  /** The system text. */
  readonly system?: string
}

export class Clients {
  readonly #stage: Pick<Stage, "url">
  readonly #agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, maxFreeSockets: 1_024 })

  constructor(stage: Pick<Stage, "url">) {
    this.#stage = stage
  }

  /** One chat, answered whole unless it is to be streamed. */
  ask(prompt: string, asking: Asking = {}): Promise<Answer> {
    return fetchAnswer(...this.#call(prompt, asking))
  }

  /** The same before its answer, for clients that leave. */
  open(prompt: string, asking: Asking = {}): ClientRequest {
    return open(...this.#call(prompt, asking))
  }

  /** Any call of a dialect. */
  send(path: string, call: Call): Promise<Answer> {
    return fetchAnswer(`${this.#stage.url}${path}`, { ...call, agent: this.#agent })
  }

  /** Any call of a dialect, before its answer. */
  begin(path: string, call: Call): ClientRequest {
    return open(`${this.#stage.url}${path}`, { ...call, agent: this.#agent })
  }

  close(): void {
    this.#agent.destroy()
  }

  #call(prompt: string, { key = API_KEY, model = MODEL, stream = false, system }: Asking): [string, Call] {
    const messages = [
      ...(system === undefined ? [] : [{ role: "system", content: system }]),
      { role: "user", content: prompt },
    ]
    const body = { model, messages, ...(stream ? { stream } : {}) }
    const call = { anonymous: true, headers: { authorization: `Bearer ${key}` }, body, agent: this.#agent }
    return [`${this.#stage.url}/v1/chat/completions`, call]
  }
}
