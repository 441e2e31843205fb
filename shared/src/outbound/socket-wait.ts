import { isIP, type Socket } from "node:net"
import { ConnectError } from "./connect-error.ts"

/** Until when a step may take, and who may call it off. */
export interface Bound {
  readonly signal?: AbortSignal | undefined
  readonly timeoutMs: number
}

/**
 * Waits for one step of a socket. `begin` gets the two ways to end it and returns how to undo its listeners. On failure,
 * time-out or abort the socket is destroyed, so that no caller can leak it.
 */
export function socketStep<T>(
  socket: Socket,
  { signal, timeoutMs }: Bound,
  what: string,
  begin: (resolve: (value: T) => void, reject: (error: ConnectError) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolvePromise, rejectPromise) => {
    let undo = (): void => undefined
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", onAbort)
      undo()
    }
    const resolve = (value: T): void => {
      finish()
      resolvePromise(value)
    }
    const reject = (error: ConnectError): void => {
      finish()
      // The rest of the socket's life is nobody's: a late error must not end the process.
      socket.on("error", () => undefined)
      socket.destroy()
      rejectPromise(error)
    }
    const onAbort = (): void => reject(new ConnectError("ABORT", `${what} was called off.`, { cause: signal?.reason }))
    const timer = setTimeout(
      () => reject(new ConnectError("CONNECT_TIMEOUT", `${what} took longer than ${timeoutMs} ms.`)),
      timeoutMs,
    )
    if (signal?.aborted === true) {
      onAbort()
      return
    }
    signal?.addEventListener("abort", onAbort, { once: true })
    undo = begin(resolve, reject)
  })
}

/** A server name is sent for host names only: an address is none. */
export function serverName(host: string): string | undefined {
  return isIP(host) === 0 ? host : undefined
}

/** `[::1]` of a URL is `::1` for a socket. */
export function socketHost(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname
}
