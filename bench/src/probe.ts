/** Preloaded into measured processes where there is no /proc: tells CPU time and memory to the bench over IPC. */
process.on("message", (message: unknown) => {
  if (typeof message !== "object" || message === null || !("ask" in message) || message.ask !== "usage") return
  const { userCPUTime, systemCPUTime } = process.resourceUsage()
  process.send?.({ usage: { cpuMs: (userCPUTime + systemCPUTime) / 1_000, rssBytes: process.memoryUsage.rss() } })
})
process.channel?.unref()
