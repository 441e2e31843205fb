import type { Widened } from "../../i18n/i18n.tsx"
import type { en } from "./en.ts"

export const zh: Widened<typeof en> = {
  traffic: {
    now: "此刻",
    requestsPerSecond: "每秒请求",
    tokensPerSecond: "每秒 token",
    tokensSplit: (input, output) => `输入 ${input}，输出 ${output}`,
    failuresPerSecond: "每秒失败",
    inFlight: "进行中",
    waiting: "正在等待第一个采样…",
    lastMinutes: "最近一分半钟",
    peak: (value) => `峰值 ${value}`,
  },
}
