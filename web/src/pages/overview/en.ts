export const en = {
  traffic: {
    now: "This second",
    requestsPerSecond: "Requests/s",
    tokensPerSecond: "Tokens/s",
    tokensSplit: (input: string, output: string) => `${input} in, ${output} out`,
    failuresPerSecond: "Failures/s",
    inFlight: "In flight",
    waiting: "Waiting for the first sample…",
    lastMinutes: "the last minute and a half",
    peak: (value: string) => `peak ${value}`,
  },
} as const
