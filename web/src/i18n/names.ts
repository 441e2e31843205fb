/**
 * What people call what the server has as a code: in one place, for every page, in both languages. A code that is not here, such
 * as one of a newer server, is shown as it came. A test holds the lists against the schema and the reference.
 */
import { type Language, useI18n } from "./i18n.tsx"

export type Name = Readonly<Record<Language, string>>
type Names = Readonly<Record<string, Name>>

/** Of a quota: models that use up the same. */
const bucket: Names = {
  GEMINI: { en: "Gemini", zh: "Gemini" },
  THIRD_PARTY: { en: "Claude and GPT-OSS", zh: "Claude 与 GPT-OSS" },
  IMAGE: { en: "Images", zh: "图像" },
}

const window: Names = {
  FIVE_HOURS: { en: "5 hours", zh: "5 小时" },
  WEEKLY: { en: "week", zh: "每周" },
  NEAREST: { en: "tighter window", zh: "较紧的窗口" },
}

const outcome: Names = {
  CANCELLED: { en: "Cancelled", zh: "已取消" },
  COMPLETED: { en: "Completed", zh: "已完成" },
  FAILED: { en: "Failed", zh: "失败" },
  TRUNCATED: { en: "Truncated", zh: "被截断" },
}

const strategy: Names = {
  FILL_FIRST: { en: "Fill first", zh: "逐个用满" },
  LEAST_IN_FLIGHT: { en: "Least in flight", zh: "进行中最少" },
  MOST_QUOTA: { en: "Most quota", zh: "剩余配额最多" },
  ROUND_ROBIN: { en: "Round robin", zh: "轮流" },
  WEIGHTED: { en: "Weighted", zh: "按权重" },
}

/** Why an account was chosen by it: completes "Chosen …". */
const strategyWhy: Names = {
  FILL_FIRST: { en: "as the first in order", zh: "按顺序排在最前" },
  LEAST_IN_FLIGHT: { en: "as the less busy of two that were drawn", zh: "是随机抽取的两个中较空闲的一个" },
  MOST_QUOTA: { en: "for what is left of its quota", zh: "剩余配额合适" },
  ROUND_ROBIN: { en: "as the one not used for longest", zh: "最久未被使用" },
  WEIGHTED: { en: "by its share", zh: "按权重轮到" },
}

const capture: Names = {
  ERASED: { en: "Captured and erased", zh: "已捕获，后被清除" },
  LEFT_OUT: { en: "No room to capture it", zh: "因空间不足未捕获" },
  NONE: { en: "Not captured", zh: "未捕获" },
  TAKEN: { en: "Captured", zh: "已捕获" },
}

const alertKind: Names = {
  ACCOUNT_ATTENTION: { en: "Accounts need a hand", zh: "账号需要处理" },
  BACKUP_FAILING: { en: "Backup fails", zh: "备份失败" },
  ERROR_RATE: { en: "Many errors", zh: "错误过多" },
  KEY_BUDGET: { en: "Key budget nearly used", zh: "密钥额度将用尽" },
  NODE_STALE: { en: "Data plane is silent", zh: "数据面失联" },
  POOL_ACCOUNTS: { en: "Few accounts can serve", zh: "可用账号不足" },
  POOL_PAUSED: { en: "Pool is paused", zh: "账号池已暂停" },
  POOL_QUOTA: { en: "Little quota left", zh: "剩余配额不足" },
  WEBHOOK_FAILING: { en: "Webhook fails", zh: "Webhook 失败" },
}

const quotaUnknown: Names = {
  NOT_READ: { en: "not read yet", zh: "尚未读取" },
  NO_ACCOUNTS: { en: "no account serves it", zh: "没有账号提供" },
  NO_TRAFFIC: { en: "not used lately", zh: "近期没有使用" },
  TOO_FEW_READINGS: { en: "too few readings to tell", zh: "读数太少，无法判断" },
}

/** What a routing rule can ask of a request. */
const trait: Names = {
  BACKGROUND: { en: "Side call", zh: "后台调用" },
  FILE_INPUT: { en: "Files", zh: "文件" },
  IMAGE_INPUT: { en: "Pictures", zh: "图片" },
  IMAGE_OUTPUT: { en: "Wants a picture", zh: "要求绘图" },
  STREAM: { en: "Streamed", zh: "流式应答" },
  STRUCTURED_OUTPUT: { en: "JSON answer", zh: "JSON 格式应答" },
  THINKING: { en: "Thinking", zh: "思考" },
  TOOLS: { en: "Tools", zh: "工具" },
  WEB_SEARCH: { en: "Web search", zh: "联网搜索" },
}

const translation: Names = {
  ADDED: { en: "added", zh: "新增" },
  CHANGED: { en: "changed", zh: "改写" },
  DROPPED: { en: "dropped", zh: "丢弃" },
  IGNORED: { en: "ignored", zh: "忽略" },
  KEPT: { en: "kept here", zh: "留在网关" },
  MERGED: { en: "merged", zh: "合并" },
  MOVED: { en: "moved", zh: "移动" },
  RENAMED: { en: "renamed", zh: "改名" },
  UNEXPLAINED: { en: "unexplained", zh: "无法解释" },
}

/** How an attempt failed (docs/reference/blame.md). */
const failureClass: Names = {
  client_cancel: { en: "Client left", zh: "客户端已离开" },
  egress_block: { en: "This address is blocked", zh: "本机地址被封锁" },
  client_version: { en: "Client version refused", zh: "客户端版本被拒" },
  validation: { en: "Account must be verified", zh: "账号需要验证" },
  tos_disabled: { en: "Account disabled by provider", zh: "账号被提供商停用" },
  project_fault: { en: "Project unusable", zh: "项目不可用" },
  auth: { en: "Token refused", zh: "令牌被拒" },
  forbidden_other: { en: "Account refused", zh: "账号被拒" },
  location: { en: "Not offered here", zh: "所在地区不提供" },
  signature: { en: "Thinking signature refused", zh: "思考签名被拒" },
  bad_request: { en: "Request refused", zh: "请求被拒" },
  model_missing: { en: "Model missing on the account", zh: "账号没有该模型" },
  credits: { en: "Only paid credits", zh: "仅余付费额度" },
  capacity: { en: "No capacity upstream", zh: "上游容量不足" },
  rate_short: { en: "Short rate limit", zh: "短时限速" },
  rate: { en: "Rate limit", zh: "限速" },
  quota: { en: "Quota used up", zh: "配额用尽" },
  bare_429: { en: "Refused without a reason", zh: "无理由拒绝" },
  server: { en: "Upstream failed", zh: "上游故障" },
  empty: { en: "Empty answer", zh: "空应答" },
  malformed_call: { en: "Unreadable tool call", zh: "工具调用无法解析" },
  truncated: { en: "Answer broke off", zh: "应答中断" },
}

/** What a failed attempt is about, and what rests because of it. */
const failureScope: Names = {
  request: { en: "this request alone", zh: "仅此请求" },
  account: { en: "the account", zh: "该账号" },
  "account-model": { en: "this model on the account", zh: "该账号上的此模型" },
  "account-bucket": { en: "this quota on the account", zh: "该账号的此类配额" },
  model: { en: "the model on all accounts", zh: "所有账号上的该模型" },
  egress: { en: "this machine's address", zh: "本机地址" },
  configuration: { en: "the configuration", zh: "配置" },
}

/** What a client was told (docs/reference/errors.md). */
const errorCode: Names = {
  invalid_json: { en: "Not JSON", zh: "不是 JSON" },
  invalid_request: { en: "Wrong field", zh: "字段有误" },
  missing_parameter: { en: "Field missing", zh: "缺少字段" },
  unsupported_parameter: { en: "Field not supported", zh: "不支持的字段" },
  unsupported_tool: { en: "Tool not supported", zh: "不支持的工具" },
  context_length_exceeded: { en: "Prompt too long", zh: "提示过长" },
  upstream_rejected_request: { en: "Refused by the upstream", zh: "上游拒绝该请求" },
  image_generation_failed: { en: "No image came", zh: "未生成图像" },
  content_policy_violation: { en: "Refused by safety rules", zh: "违反安全规则" },
  invalid_api_key: { en: "Key not valid", zh: "密钥无效" },
  permission_denied: { en: "Not allowed for the key", zh: "密钥无权限" },
  model_not_found: { en: "No such model", zh: "没有该模型" },
  not_stored: { en: "Not stored here", zh: "此处未保存" },
  unknown_path: { en: "No such path", zh: "路径不存在" },
  method_not_allowed: { en: "Wrong method", zh: "方法不允许" },
  request_too_large: { en: "Body too large", zh: "请求体过大" },
  unsupported_encoding: { en: "Unknown encoding", zh: "编码不支持" },
  upgrade_refused: { en: "No WebSocket here", zh: "不支持 WebSocket" },
  headers_too_many: { en: "Headers too large", zh: "请求头过多" },
  key_guesses_limited: { en: "Too many wrong keys", zh: "错误密钥过多" },
  key_quota_used: { en: "Key's budget used up", zh: "密钥额度已用尽" },
  key_requests_limited: { en: "Key's request limit", zh: "密钥请求数受限" },
  key_tokens_limited: { en: "Key's token limit", zh: "密钥 token 受限" },
  pool_busy: { en: "Pool is busy", zh: "账号池繁忙" },
  pool_cooling: { en: "Pool is cooling", zh: "账号池冷却中" },
  pool_exhausted: { en: "Pool's quota used up", zh: "账号池配额用尽" },
  upstream_rate_limited: { en: "Rate limit upstream", zh: "上游限速" },
  upstream_refused_request: { en: "Refused without a reason", zh: "上游无理由拒绝" },
  no_upstream_account: { en: "No account can serve", zh: "没有可用账号" },
  upstream_overloaded: { en: "No capacity upstream", zh: "上游容量不足" },
  egress_blocked: { en: "This address is blocked", zh: "本机地址被封锁" },
  not_ready: { en: "Not ready yet", zh: "尚未就绪" },
  shutting_down: { en: "Shutting down", zh: "正在关闭" },
  upstream_failed: { en: "Upstream failed", zh: "上游故障" },
  upstream_interrupted: { en: "Answer broke off", zh: "应答中断" },
  upstream_empty_answer: { en: "Empty answer", zh: "空应答" },
  upstream_malformed_call: { en: "Unreadable tool call", zh: "工具调用无法解析" },
  client_version_unsupported: { en: "Client version refused", zh: "客户端版本被拒" },
  upstream_timeout: { en: "No answer in time", zh: "上游超时" },
  client_cancelled: { en: "Client left", zh: "客户端已离开" },
  internal: { en: "Our own failure", zh: "网关内部错误" },
}

/** Why a data plane is not ready. */
const nodeReason: Names = {
  no_snapshot: { en: "it has no snapshot yet", zh: "尚无快照" },
  no_usable_account: { en: "no account can be used", zh: "没有可用账号" },
  told_to_drain: { en: "it was told to drain", zh: "已被要求排空" },
  draining: { en: "it is ending", zh: "正在关闭" },
}

export const names = {
  alertKind,
  bucket,
  capture,
  errorCode,
  failureClass,
  failureScope,
  nodeReason,
  outcome,
  quotaUnknown,
  strategy,
  strategyWhy,
  trait,
  translation,
  window,
} satisfies Record<string, Names>

export type NameKind = keyof typeof names

/** The name of a code in one language; the code itself where it has none. */
export function nameIn(language: Language, kind: NameKind, code: string): string {
  const all: Names = names[kind]
  return Object.hasOwn(all, code) ? (all[code]?.[language] ?? code) : code
}

/** The names in the reader's language. */
export function useNames() {
  const { language } = useI18n()
  return (kind: NameKind, code: string): string => nameIn(language(), kind, code)
}
