/** What is asked again and again of every account goes out few at a time, whoever asks for it. */
import type { AntigravityCalls } from "../accounts/antigravity/calls.ts"

/** At most `limit` of these calls are under way; the others go in the order in which they came. */
export function paceCalls({ call }: Pick<AntigravityCalls, "call">, limit: number): Pick<AntigravityCalls, "call"> {
  const waiting: (() => void)[] = []
  let free = limit
  return {
    call: async (...parameters) => {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await call(...parameters)
      } finally {
        const next = waiting.shift()
        if (next === undefined) free += 1
        else next()
      }
    },
  }
}
