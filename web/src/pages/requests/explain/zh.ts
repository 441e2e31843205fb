import type { Explanations } from "./explanation.ts"

export const explanations: Explanations = {
  failureClass: {
    client_cancel: { means: "客户端已离开。", done: "立即结束上游的流。", help: "无需处理。" },
    egress_block: {
      means: "Google 拒绝了本机的地址（“automated queries”）。不是任何账号的问题。",
      done: "在限制解除之前不再为任何账号发送请求；一旦成功，下次的等待又会从短开始。",
      help: "请等待、减少同时发送的请求，或改用其他出口：OUTBOUND_PROXY。",
    },
    client_version: {
      means: "上游要求其他客户端版本，或该模型已下线。",
      done: "将 upstream.client-version 记为错误日志；该提示绝不会作为应答交给客户端。",
      help: "请查看 ANTIGRAVITY_USER_AGENT；若模型已下线，请改用其后继模型。",
    },
    validation: {
      means: "账号必须由其所有者完成验证。",
      done: "状态变为 NEEDS_VERIFICATION；仅当链接是 accounts.google.com 的 https 地址时才显示。不再用该账号发送任何内容。",
      help: "请尽快在以该账号登录的浏览器中完成验证（链接会过期），然后检测该账号。",
    },
    tos_disabled: {
      means: "提供商因违反条款停用了该账号。",
      done: "状态变为 DISABLED_BY_PROVIDER，并附上申诉链接。不再用该账号发送任何内容。",
      help: "请申诉；提供商同意恢复后，请检测该账号。请把它视为对其他账号的警告。",
    },
    project_fault: {
      means: "该账号的项目不存在、属于他人或没有许可。",
      done: "状态变为 NEEDS_PROJECT。若项目不是人为指定的，会再询问一次；提供商给出另一个项目时，账号会改用它继续。",
      help: "请在该账号的设置中填写它可以使用的项目 ID。",
    },
    auth: {
      means: "访问令牌被拒绝。",
      done: "先续期再试一次；只有新令牌再次被拒，才会记在账号上：NEEDS_LOGIN。",
      help: "出现 NEEDS_LOGIN 时请重新登录。",
    },
    forbidden_other: {
      means: "提供商因其他原因拒绝了该账号。",
      done: "由其他账号提供服务。24 小时内第三次出现时停用该账号：状态 DISABLED_BY_PROVIDER。",
      help: "请查看请求记录或账号状态中的原因。",
    },
    location: {
      means: "账号或本机所在地区不提供该模型；Claude 可能仍可使用。",
      done: "由其他账号提供服务。",
      help: "请改用其他出口（OUTBOUND_PROXY），或其他配额类别的模型。",
    },
    signature: {
      means: "历史中的思考签名缺失、来自别处或已损坏。",
      done: "去掉思考与签名后，向同一账号再发送一次。",
      help: "无需处理；这是客户端改动历史所致。",
    },
    bad_request: {
      means: "请求本身被拒绝。",
      done: "告知客户端；不再询问其他账号。",
      help: "请阅读错误信息。",
    },
    model_missing: {
      means: "该账号没有此模型：各账号的开放进度不同。",
      done: "先换一个基础地址试一次，再试其他账号；404 中会列出最接近的模型 ID。",
      help: "请使用面板中该账号所列的模型。",
    },
    credits: {
      means: "只有付费额度才能处理该请求。",
      done: "Lagrange 从不消费付费额度，因此无需关闭什么：由其他账号提供服务。",
      help: "请等待配额重置。",
    },
    capacity: {
      means: "上游没有该模型的容量。不是任何账号的问题，也不会标记任何账号。",
      done: "在三十秒之内依次等待 1、2、4 秒（或按上游所说，最长 10 秒），之后该模型对所有人暂停。",
      help: "请暂时改用其他模型。",
    },
    rate_short: {
      means: "3 秒内即会结束的限速。",
      done: "按上游所说再加半秒等待，然后加倍等待一次，之后换下一个账号。",
      help: "无需处理；若经常出现，请增加账号。",
    },
    rate: { means: "5 分钟内会结束的限速。", done: "由其他账号提供服务。", help: "请增加账号，或减少并发请求。" },
    quota: {
      means: "该账号此类模型的配额已用尽。",
      done: "由其他账号提供服务；该账号的其他配额照常使用。一旦成功，下次的等待又会从短开始。",
      help: "请等待重置，或增加账号。",
    },
    bare_429: {
      means: "没有原因的 429：通常是上游不接受请求的文字，多为系统提示中的某句话；有时确实是限制。",
      done: "再询问一个账号。若结果相同，则问题在文字：不让任何账号冷却，并在十分钟内不再重复尝试带有该系统提示的请求。",
      help: "请修改系统提示。",
    },
    server: {
      means: "上游或通往上游的网络出现故障。",
      done: "先换一个基础地址，1 秒后再试一次，然后换其他账号。",
      help: "无需处理；若持续出现，请检查网络。",
    },
    empty: {
      means: "应答中没有可用的内容。在工具结果之后，空的结尾是合法的，会原样传递。",
      done: "在 0.5 秒和 1 秒后重试，然后再换一个账号；绝不编造文字。",
      help: "无需处理；若总是出现，请修改提示。",
    },
    malformed_call: {
      means: "模型写出了无法解析的工具调用。",
      done: "在产生内容之前再试一次；之后流以错误结束。",
      help: "无需处理；更简单的工具 schema 会有帮助。",
    },
    truncated: {
      means: "应答在产生内容后中断。",
      done: "流以错误结束；非流式客户端不会得到残缺的应答。",
      help: "请重试。",
    },
  },
  errorCode: {
    invalid_json: { means: "请求体不是 JSON。", help: "请发送 JSON；错误信息会说明问题所在，并在可知时指出位置。" },
    invalid_request: { means: "某个字段缺失或取值有误。", help: "请修正 param 所指的字段。" },
    missing_parameter: {
      means: "缺少请求所需的字段。",
      help: "请补上 param 所指的字段。若缺的是模型，运营者可设置默认模型（DEFAULT_MODEL）。",
    },
    unsupported_parameter: { means: "某个字段要求本网关无法提供的功能。", help: "请去掉 param 所指的字段。" },
    unsupported_tool: {
      means: "请求坚持使用只有其厂商才能运行的工具。",
      help: "请不要强制指定，或选择由客户端运行的工具。",
    },
    context_length_exceeded: { means: "提示超出模型的上下文长度。", help: "请缩短对话，或使用上下文更大的模型。" },
    upstream_rejected_request: { means: "上游拒绝了这个请求。", help: "请阅读错误信息；相同的请求会再次失败。" },
    image_generation_failed: {
      means: "请求生成图像，但模型只回复了文字，或没有回复。",
      help: "请阅读错误信息（其中有模型的原话），并修改提示。",
    },
    content_policy_violation: {
      means: "上游的安全规则拒绝了该图像。",
      help: "请修改提示或图像；相同的请求会再次被拒。",
    },
    invalid_api_key: {
      means: "没有密钥，或密钥未知、有误、已停用、已过期或已被轮换。",
      help: "错误信息会说明是哪一种；请使用在面板“密钥”页创建的密钥。",
    },
    permission_denied: {
      means: "该密钥不能用于此模型、此 API 或此地址。",
      help: "请阅读错误信息；改用其他密钥，或联系运营者。",
    },
    model_not_found: {
      means: "没有账号提供这个名称的模型。",
      help: "请使用错误信息或 GET /v1/models 中列出的名称。",
    },
    not_stored: { means: "请求引用了之前的应答或条目；此处不保存任何内容。", help: "请在每次请求中发送完整的对话。" },
    unknown_path: { means: "该路径上没有任何内容。", help: "请检查基础地址：它应止于该 API 自身路径之前。" },
    method_not_allowed: { means: "该路径需要其他请求方法。", help: "请使用 allow 头中列出的方法。" },
    request_too_large: { means: "请求体超过大小限制。", help: "请减少内容：解压后的上限为 64 MiB。" },
    unsupported_encoding: {
      means: "无法读取请求体的 content-encoding。",
      help: "请不压缩发送，或使用 gzip、br、deflate；在 Node 22.15 及以上也可用 zstd。",
    },
    upgrade_refused: { means: "该路径被要求升级为 WebSocket。", help: "请使用 POST；应答以服务器推送事件流式返回。" },
    headers_too_many: { means: "请求头超过限制。", help: "请减少或缩短请求头。" },
    key_guesses_limited: {
      means: "该地址发送了大量错误密钥，因此自选的密钥每秒只检查一次。",
      help: "请使用在面板中创建的密钥（不受此限）；并查找仍在使用旧密钥的客户端。若在反向代理之后：请设置 TRUSTED_PROXIES。",
    },
    key_quota_used: {
      means: "该密钥当日或当月（UTC）的 token 已用完。",
      help: "请等到应答所给的时间、改用其他密钥，或请运营者调高 tokensPerDay 或 tokensPerMonth。",
    },
    key_requests_limited: {
      means: "该密钥一分钟内的请求数已达上限。",
      help: "请在 retry-after 之后重试，或请运营者调高 requestsPerMinute。",
    },
    key_tokens_limited: {
      means: "该密钥一分钟内使用的 token 已达上限。",
      help: "请在 retry-after 之后重试，或请运营者调高 tokensPerMinute。",
    },
    pool_busy: {
      means: "所有可用账号都在忙，或正由一个请求先行尝试刚结束冷却的账号，而队列已满或等待过久。",
      help: "请在 retry-after 之后重试；运营者可增加账号，或调高并发上限。",
    },
    pool_cooling: { means: "所有可用账号都在冷却，很快会恢复。", help: "请在 retry-after 之后重试。" },
    pool_exhausted: {
      means: "所有账号上该模型的配额均已用尽。",
      help: "请等待应答所给的重置时间、改用其他模型，或增加账号。",
    },
    upstream_rate_limited: { means: "在所有尝试过的账号上，上游都在限速。", help: "请在 retry-after 之后重试。" },
    upstream_refused_request: {
      means: "上游没有说明原因就拒绝了：多半是不接受请求的文字，有时是限制。",
      help: "请勿立即重复；可尝试修改提示。不会因此让任何账号冷却。",
    },
    no_upstream_account: {
      means: "没有可以提供服务的账号。",
      help: "运营者：请添加账号，或在面板中处理需要关注的账号。",
    },
    upstream_overloaded: { means: "上游没有该模型的容量。", help: "请稍后重试，或改用其他模型。" },
    egress_blocked: {
      means: "上游封锁了本机的网络地址。",
      help: "运营者：请等待，或改用其他出口（OUTBOUND_PROXY）。",
    },
    not_ready: { means: "数据面尚无可用的快照。", help: "请稍后重试；GET /ready 会指出缺少什么。" },
    shutting_down: { means: "该进程正在结束。", help: "请重试；会由其他进程接手。" },
    upstream_failed: {
      means: "上游出现故障或无法连接。",
      help: "请重试；运营者：请在面板中打开该请求，查看各次尝试。",
    },
    upstream_interrupted: { means: "上游的应答在结束前中断。", help: "请重试。残缺的应答绝不会当作完整应答交出。" },
    upstream_empty_answer: { means: "上游什么也没说就结束了应答。", help: "请重试；若总是出现，请修改提示。" },
    upstream_malformed_call: { means: "模型写出了无法解析或未被要求的工具调用。", help: "请重试。" },
    client_version_unsupported: {
      means: "上游要求其他客户端版本，或该模型已下线。",
      help: "运营者：请查看配置参考中的 ANTIGRAVITY_USER_AGENT。",
    },
    upstream_timeout: {
      means: "上游没有及时应答。",
      help: "请重试；运营者：请查看 FIRST_BYTE_TIMEOUT_MS 与 STREAM_IDLE_TIMEOUT_MS。",
    },
    client_cancelled: { means: "客户端在应答完成前离开。", help: "无需处理；只出现在记录中。" },
    internal: { means: "网关自身出现故障。", help: "请附上请求 ID 进行反馈。" },
  },
}
