import type { Widened } from "../../i18n/i18n.tsx"
import type { en } from "./en.ts"

export const zh: Widened<typeof en> = {
  nodes: {
    summary: "提供服务的数据面，以及各自落后多少。",
    emptyTitle: "还没有数据面接入",
    emptyHint:
      "“npm start” 会运行一个。若在其他机器上运行，请用 GraphQL 变更 createNode 生成链接令牌；数据面的日志会说明为何连不上控制面。",
    version: "版本",
    snapshot: "快照",
    behind: (count) => `落后 ${count}`,
    upToDate: "已是最新",
    inFlight: "进行中",
    memory: "内存",
    eventLoop: "事件循环延迟",
    cacheHits: "提示缓存命中率",
    lastSeen: "上次联系",
    started: "启动于",
    ready: "就绪",
    notReady: "未就绪",
    away: "未连接",
    refusal: "拒绝了最新快照",
  },
}
