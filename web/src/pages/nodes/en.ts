export const en = {
  nodes: {
    summary: "The data planes that serve, and how far each is behind.",
    emptyTitle: "No data plane has connected",
    emptyHint:
      "“npm start” runs one. For another machine make a link token with the GraphQL mutation createNode; a data plane's log says why it cannot reach the control plane.",
    version: "Version",
    snapshot: "Snapshot",
    behind: (count: string) => `${count} behind`,
    upToDate: "up to date",
    inFlight: "In flight",
    memory: "Memory",
    eventLoop: "Event loop delay",
    cacheHits: "Prompt cache hits",
    lastSeen: "Last seen",
    started: "Started",
    ready: "Ready",
    notReady: "Not ready",
    away: "Not connected",
    refusal: "Refused the newest snapshot",
  },
} as const
