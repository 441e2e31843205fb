/** How a sign-in at the provider can end without an account: what happened, and what to do. The page of the callback says the same. */
const signIn: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  unknown_state: ["这里没有这次登录的记录。", "它可能是在别处开始的，或者早已结束。请在面板中重新开始登录。"],
  other_session: [
    "这次登录是在面板的另一个会话中开始的。",
    "只有开始它的会话或管理令牌才能完成它。请在当前会话中重新开始。",
  ],
  session_ended: ["开始这次登录的面板会话已经结束。", "请先登录面板。请在面板中重新开始登录。"],
  forbidden: [
    "开始这次登录的人已无权添加账号，因此没有添加任何账号。",
    "其角色已被降低，或者此部署仅供展示（READ_ONLY）。请联系所有者或操作员。",
  ],
  state_used: ["这次登录已经结束。", "每次登录只能使用一次。结果请在面板中查看；如有需要，请在那里重新开始。"],
  state_expired: ["这次登录开始得太久，已经过期。", "请在面板中重新开始登录。"],
  in_progress: ["这次登录正在完成中。", "请在面板中查看进度。"],
  access_denied: ["您选择了不授权，因此没有添加任何账号。", "没有任何改动。如果是误操作，请在面板中重新开始登录。"],
  provider_error: [
    "提供商没有让登录继续。",
    "原因见其原文；最常见的是它不认识该 OAuth 客户端。请在面板中重新开始登录。",
  ],
  other_account: [
    "登录的不是这次要登录的账号，因此没有保存任何内容。",
    "请重新开始，并在提供商页面上选择正确的账号。如果也要添加另一个账号，请把它作为新账号添加。",
  ],
  account_not_told: [
    "提供商没有说明登录的是哪个账号，因此没有保存任何内容。",
    "为某个账号开始的登录，只有确认是该账号时才会保存。请在面板中重新开始登录。",
  ],
  no_code: [
    "其中没有授权码。",
    "同意授权后，浏览器会被带到以 http://127.0.0.1 开头、含有 code=… 的地址；需要的是这个完整地址，即使页面没有打开也一样。",
  ],
  code_refused: ["提供商不接受这个授权码。", "授权码只能使用一次，且几分钟内有效。请在面板中重新开始登录。"],
  oauth_client: ["OAuth 客户端不可用。", "请设置提供商认可的客户端 ID 和密钥，然后重新开始登录。"],
  no_refresh_token: [
    "提供商没有给出刷新令牌，该账号一小时后就无法再使用。",
    "该客户端以前获得过授权时会出现这种情况。请在提供商的账号设置（第三方访问权限）中撤销该授权。请在面板中重新开始登录。",
  ],
  scope_missing: ["缺少账号提供服务所必需的一项权限。", "请在面板中重新开始登录，并保留提供商页面上的所有勾选。"],
  provider_unreachable: [
    "提供商暂时没有给出有效答复。",
    "请在这次登录的十分钟内刷新此页，或再次粘贴地址。如果提供商其实已经收下授权码，届时会提示：请重新开始登录。",
  ],
  internal: ["本系统内部出错，因此没有添加任何账号。", "原因见控制平面的日志。请在面板中重新开始登录。"],
  account_removed: ["该账号已被移除。", "请在面板中重新开始登录。"],
}

const signInWords = Object.fromEntries(
  Object.entries(signIn).flatMap(([code, [what, hint]]) => [
    [`oauth.${code}`, what],
    [`oauthHint.${code}`, hint],
    [`failure.${code}`, `${what}${hint}`],
  ]),
)

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

/** What to do about an alert, by the kind of its rule. */
const alertWayOut: Readonly<Record<string, string>> = {
  ACCOUNT_ATTENTION: "打开各个账号：页面会说明如何让它恢复。",
  BACKUP_FAILING: "原因中说明了遇到的问题：请为备份文件夹腾出空间，或把 BACKUP_FOLDER 设为其他文件夹。",
  ERROR_RATE: "打开一个失败的请求：其各次尝试会说明每个账号遇到了什么。",
  KEY_BUDGET: "提高该密钥的额度，或等到当天或当月结束。",
  NODE_STALE: "重新启动该数据面，或修复它到控制面的连接；如果它已永久下线，请移除该节点。",
  POOL_ACCOUNTS: "查看未就绪的账号和已用尽的配额；如果都正常，请添加账号。",
  POOL_PAUSED: "先在提供商处弄清所列账号发生了什么，再恢复账号池。",
  POOL_QUOTA: "等待窗口结束、添加账号，或降低用量最大的密钥的限额。",
  WEBHOOK_FAILING: "Webhook 的最近一次错误说明了遇到的问题；修复后请测试一次。",
}

/** The names of the rules that are there from the first start on, as long as nobody renamed them. */
const alertName: Readonly<Record<string, string>> = {
  "Accounts need attention": "账号需要处理",
  "Backup fails": "备份失败",
  "Data plane away": "数据面失联",
  "Few accounts can serve": "可用账号不足",
  "Key budgets nearly used": "密钥额度将用尽",
  "Many requests fail": "大量请求失败",
  "Pool paused": "账号池已暂停",
  "Quota runs out": "配额将用尽",
  "Webhook fails": "Webhook 发送失败",
}

const named = (prefix: string, texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [`${prefix}.${key}`, text]))

/**
 * Chinese for what the control plane says in English: by the code of a failure, the state of an account, the kind of a
 * notice. A sentence that is not here is shown as it came; so are the provider's own words.
 */
export const zhServer: Readonly<Record<string, string>> = {
  ...signInWords,
  ...named("setting", setting),
  ...named("settingGroup", settingGroup),
  ...named("alertWayOut", alertWayOut),
  ...named("alertName", alertName),
  "failure.wrong_password": "密码不正确。",
  "failure.too_many_attempts": "登录失败次数过多，请稍后再试。",
  "failure.busy": "同时登录的请求过多，请稍后再试。",
  "failure.invalid_grant": "提供商拒绝了该刷新令牌：它已被撤销或已过期。请重新登录该账号并粘贴新的令牌。",
  "failure.oauth_client":
    "提供商不认可当前的 OAuth 客户端：请检查 GOOGLE_OAUTH_CLIENT_ID 和 GOOGLE_OAUTH_CLIENT_SECRET，并确认令牌由该客户端签发。",
  "failure.oauth_client_missing":
    "尚未配置 OAuth 客户端：请设置 GOOGLE_OAUTH_CLIENT_ID 和 GOOGLE_OAUTH_CLIENT_SECRET，或在此处填写。",
  "failure.state_mismatch": "这个地址属于另一次登录。",
  "failure.malformed": "格式不正确：请检查是否有多余的空格或换行，或缺少了一部分。",
  "failure.too_long": "内容过长。",
  "failure.control_character": "名称不能包含控制字符。",
  "failure.empty": "请填写此项。",
  "failure.empty_list": "请至少填写一项。",
  "failure.too_many": "数量过多。",
  "failure.out_of_range": "数值超出允许的范围。",
  "failure.malformed_pattern": "一个模型名中最多只能有一个 *。",
  "failure.malformed_address": "这不是地址或网段：请写成 192.0.2.7、10.0.0.0/8 或 2001:db8::/32。",
  "failure.expired": "该密钥已过期：请先修改到期时间，或创建新的密钥。",
  "failure.changed_meanwhile": "刚刚有其他人修改了它，请刷新后重试。",
  "failure.in_the_past": "该时间已过，密钥会立即过期。",
  "failure.not_found": "找不到该对象，可能已被移除。",
  "failure.set_by_environment": "它由环境变量（API_KEY、ADMIN_PASSWORD 等）设定；请修改环境变量后重新启动。",
  "failure.twice": "同一项出现了两次。",
  "failure.cycle": "这些名称互相指向，形成了循环。",
  "failure.blank": "首尾不能有空格。",
  "failure.not_used": "后备中的模型名不能带括号说明。",
  "failure.never_matches": "没有请求能既带有又没有同一特征：该规则永远不会匹配。",
  "failure.contradiction": "拒绝请求的规则不能再指定其他去处。",
  "failure.not_allowed": "该值不被接受。",
  "failure.weak_password": "密码太弱：请使用至少 12 个不常见的字符。",
  "failure.unchanged": "这就是您现在的密码。",
  "failure.name_taken": "已有同名的管理员。",
  "failure.last_owner": "这是最后一位可以登录的所有者；请先让另一位成为所有者。",
  "failure.session_only": "只有登录面板的人可以这样做；管理令牌没有密码。",
  "failure.outlives_its_maker": "由会到期的令牌创建的内容，不能比该令牌更晚到期。",
  "failure.reauthentication_required": "此操作需要再次输入密码。",
  "failure.not_of_kind": "这种规则没有该字段。",
  "failure.unknown": "没有这个值。",
  "failure.host_not_allowed": "该地址的主机不在允许之列。请在设置 ALERT_WEBHOOK_HOSTS（允许接收告警的主机）中添加它。",
  "failure.built_in": "这是内置规则：可以停用，不能移除。",
  "failure.forbidden": "当前身份没有执行此操作的权限。",
  "wayOut.NEEDS_LOGIN": "请像添加时那样重新登录该账号；它的设置会保留。",
  "wayOut.NEEDS_PROJECT": "请在该账号的设置中填写它可以使用的 Google Cloud 项目 ID。",
  "wayOut.NEEDS_VERIFICATION": "请在以该账号登录的浏览器中完成验证，然后像添加时那样重新登录该账号。",
  "wayOut.DISABLED_BY_PROVIDER": "请向提供商申诉；在其同意恢复之前，该账号无法使用。",
  "terms.ANTIGRAVITY":
    "Antigravity 账号是为 Google 自己的产品提供的。通过其他软件（例如本网关）使用它们，可能被 Google 视为违反其条款，Google 可能限制或停用该账号，甚至停用其背后的 Google 账号。请仅添加属于您自己、且您愿意承担此风险的账号。官方 API 密钥没有这一风险。",
}
