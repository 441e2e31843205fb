/** What each setting does, as the configuration reference says it. */
const setting: Readonly<Record<string, string>> = {
  ALERT_WEBHOOK_HOSTS:
    "告警可以发往的主机，以逗号分隔：主机名、`*.域名`、地址或网段；只允许某个端口时写作 `:端口`，允许明文传输时在前面加 `http://`。主机名只会解析到公网地址；非公网地址必须单独列出。",
  ANTIGRAVITY_BASE_URLS: "上游地址，按顺序以逗号分隔；`daily` 和 `prod` 代表 Google 的两个地址。",
  ANTIGRAVITY_USER_AGENT: "调用上游时使用的 `User-Agent`。上游会据此决定显示哪些模型。",
  ATTEMPT_BUDGET_MS:
    "首次调用之后，请求可以在多少毫秒内再次尝试（包括等待账号的时间）。因 `FIRST_BYTE_TIMEOUT_MS` 结束的调用，即使超过此时限也可以换一个账号再试一次。",
  ATTRIBUTION_BLOCK:
    "当模型不属于 Anthropic 时，如何处理 Claude Code 的系统块 `x-anthropic-billing-header:`：丢弃（会记录在请求中）或保留。",
  AUDIT_RETENTION_DAYS: "审计事件保留多少天。至少 30 天，以免有人闯入后立即抹去痕迹。",
  CAPTURE_MAX_MIB: "捕获的请求内容在数据库中（压缩并加密后）最多占用多少 MiB；超出后先清除最旧的。",
  CAPTURE_RETENTION_HOURS: "捕获的请求内容保留多少小时。",
  DEFAULT_MODEL: "Responses 请求未指明模型时使用的模型，某些智能体的后续请求会这样。未设置时返回 400。",
  FETCH_REMOTE_MEDIA: "数据面是否获取请求中以 http(s) 地址给出的图片和文件。只会访问公网地址；关闭后一律拒绝。",
  FIRST_BYTE_TIMEOUT_MS: "每次尝试等待上游首字节的毫秒数。",
  MAX_ATTEMPTS: "一个请求在得到应答前最多调用上游多少次（含首次）；1 表示不重试。",
  MAX_CONCURRENT_PER_ACCOUNT: "每个账号同时进行的请求数；0 表示不限。",
  MAX_CONCURRENT_PER_MODEL: "整个账号池中每个模型同时进行的请求数；0 表示不限。",
  POOL_COOLING_WAIT_MS: "某个模型的所有账号都在冷却时：如果最早恢复的账号在这么多毫秒之内，请求会等待，否则立即拒绝。",
  POOL_PAUSE_ON_WALLS:
    "如果十分钟内有两个账号需要验证或被提供商停用，账号池是否自动暂停，以免波及其余账号，直到您查看。恢复账号池（GraphQL 中的 `resumePool`）或关闭此项即可结束暂停。",
  POOL_STRATEGY:
    "如何选择账号：`round-robin`、`weighted`、`least-in-flight`、`most-quota` 或 `fill-first`。可用逗号分隔的 `组=策略` 按模型组分别设置，组为 `gemini`、`third_party`（Claude、GPT-OSS）和 `image`；单独写出的策略用于其余所有组。",
  POOL_WAIT_MS: "请求等待空闲名额的毫秒数，超时即拒绝。",
  QUOTA_HISTORY_DAYS: "剩余配额的历史保留多少天：最近两天保留每次读数，之后两周每小时一个，再往后每天一个。",
  REQUEST_RETENTION_COUNT: "最多保留多少条请求记录；先删除最旧的。一百万条约占 1.2 GB；一千万条时页面依然流畅。",
  REQUEST_RETENTION_DAYS: "请求记录保留多少天。其用量仍会计入统计。",
  STREAM_IDLE_TIMEOUT_MS: "每次尝试在上游两个事件之间等待的毫秒数。",
  THINKING_BUDGETS:
    "客户端可请求的各个思考强度对应的 token 数，以逗号分隔的 `强度=TOKENS` 表示；未写出的强度沿用默认值。`maximum` 表示模型的思考上限；`auto` 用于不能自行决定的模型。",
  USAGE_DAY_DAYS: "按天统计的用量保留多少天；按小时统计的不会保留更久。",
  USAGE_HOUR_DAYS: "按小时统计的用量保留多少天；按分钟统计的不会保留更久。",
  USAGE_MINUTE_DAYS: "按分钟统计的用量保留多少天。",
}

const settingGroup: Readonly<Record<string, string>> = {
  "Who may enter": "访问权限",
  Pool: "账号池",
  Translation: "转换",
  Storage: "存储",
  Upstream: "上游",
  "Metrics, traces and alerts": "指标、追踪与告警",
}

const named = (prefix: string, texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${prefix}.${key}`, text]))

/** Chinese for what the control plane says of settings and their groups, by their names; what is not here is shown as it came. */
export const zhSettings: Readonly<Record<string, string>> = {
  ...named("setting", setting),
  ...named("settingGroup", settingGroup),
}
