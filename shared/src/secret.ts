import { inspect } from "node:util"

/**
 * A value that must not be printed. Every way a value usually reaches a log or a document (`String`, template, `JSON.stringify`,
 * `util.inspect`) gives `[redacted]`; only `reveal` gives the value.
 */
export class Secret<T> {
  readonly #value: T

  constructor(value: T) {
    this.#value = value
  }

  /** The value itself. Call it where the value is used, never where it is kept. */
  reveal(): T {
    return this.#value
  }

  toString(): string {
    return "[redacted]"
  }

  toJSON(): string {
    return "[redacted]"
  }

  [inspect.custom](): string {
    return "[redacted]"
  }
}
