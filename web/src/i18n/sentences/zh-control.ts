/** In Chinese: everything else that the control plane says: settings, keys, alerts, people; see `sentences.ts`. */
export const zhControl: Readonly<Record<string, string>> = {
  "It cannot be sent; the log says why.": "无法发送；原因见日志。",
  "; the next window ends at {}": "；下一个窗口结束于 {1}",
  "one account": "1 个账号",
  "{} is left over {}{}.": "{2}还剩 {1}{3}。",
  "{} of {} enabled accounts can serve it.": "{2} 个启用的账号中有 {1} 个可以提供服务。",
  "Not heard of since {}.": "自 {1} 起没有消息。",
  "Refuses the newest snapshot: {}": "拒绝最新的快照：{1}",
  "{} of its tokens of the day": "当日 token 的 {1}",
  "{} of its tokens of the month": "当月 token 的 {1}",
  "It has used {}.": "已使用{1}。",
  "{} tries in a row failed: {}": "连续 {1} 次尝试失败：{2}",
  "There is none yet.": "目前还没有备份。",
  "The newest is of {}.": "最新的备份来自 {1}。",
  "Accounts need attention": "账号需要处理",
  "Open each account: it says what gets it out of its state.": "打开各个账号：页面会说明如何让它恢复。",
  "Quota runs out": "配额将用尽",
  "Wait for the window to end, add accounts, or lower the limits of keys that use most.":
    "等待窗口结束、添加账号，或降低用量最大的密钥的限额。",
  "Few accounts can serve": "可用账号不足",
  "Look at the accounts that are not ready, and at quotas that are used up; add accounts where both are in order.":
    "查看未就绪的账号和已用尽的配额；如果都正常，请添加账号。",
  "Pool paused": "账号池已暂停",
  "Find out at the provider what happened to the accounts that are named, then resume the pool.":
    "先在提供商处弄清所列账号发生了什么，再恢复账号池。",
  "Many requests fail": "大量请求失败",
  "Open one of the failed requests: its attempts say what each account met.":
    "打开一个失败的请求：其各次尝试会说明每个账号遇到了什么。",
  "Data plane away": "数据面失联",
  "Start the data plane again or mend its way to the control plane; remove the node where it is gone for good.":
    "重新启动该数据面，或修复它到控制面的连接；如果它已永久下线，请移除该节点。",
  "Key budgets nearly used": "密钥额度将用尽",
  "Raise the key's budget, or wait until the day or the month is over.": "提高该密钥的额度，或等到当天或当月结束。",
  "Webhook fails": "Webhook 发送失败",
  "The webhook's last error says what it met; test it when that is mended.":
    "Webhook 的最近一次错误说明了遇到的问题；修复后请测试一次。",
  "Backup fails": "备份失败",
  "The reason says what was met: make room in the folder of backups, or set BACKUP_FOLDER to another one.":
    "原因中说明了遇到的问题：请为备份文件夹腾出空间，或把 BACKUP_FOLDER 设为其他文件夹。",
  "There is no such alert rule.": "没有这条告警规则。",
  "There is no such webhook.": "没有这个 Webhook。",
  "There are at most {} alert rules; remove one first.": "最多 {1} 条告警规则；请先移除一条。",
  "This rule is built in: disable it, which leaves nothing of it to see.":
    "这是内置规则：请停用它，停用后就不会再出现。",
  "{} has no {}.": "{1} 没有 {2}。",
  "There is no such error code; docs/reference/errors.md lists them.":
    "没有这个错误代码；全部代码见 docs/reference/errors.md。",
  "There is no such class of failure; docs/reference/blame.md lists them.":
    "没有这个失败类别；全部类别见 docs/reference/blame.md。",
  "A rule counts by an errorCode or by a failureClass; null takes the other back.":
    "一条规则按错误代码或按失败类别统计，只能选一种；填 null 可取消另一种。",
  "{} has no threshold.": "{1} 没有阈值。",
  "a whole number": "整数",
  "The threshold is {} from {} to {}. {}": "阈值应为 {2} 到 {3} 的{1}。{4}",
  "The name {} cannot be resolved.": "无法解析名称 {1}。",
  "{} leads to {}, which is not public; list that address in ALERT_WEBHOOK_HOSTS to allow it.":
    "{1} 指向非公网地址 {2}；要允许它，请把该地址列入 ALERT_WEBHOOK_HOSTS。",
  "The address {}.": "该地址{1}。",
  "; redirects are not followed": "；不跟随重定向",
  "It answered {}{}.": "它应答了 {1}{2}。",
  "is of no host that ALERT_WEBHOOK_HOSTS allows: it is not set": "的主机不在 ALERT_WEBHOOK_HOSTS 之列：该设置尚未填写",
  "An address has at most {} characters.": "地址最多 {1} 个字符。",
  "This is no address; it begins with https://.": "这不是地址；地址以 https:// 开头。",
  "The address {}. Change the setting ALERT_WEBHOOK_HOSTS to allow it.":
    "该地址{1}。要允许它，请修改设置 ALERT_WEBHOOK_HOSTS（允许接收告警的主机）。",
  "There are at most {} webhooks; remove one first.": "最多 {1} 个 Webhook；请先移除一个。",
  "The webhook was disabled.": "该 Webhook 已停用。",
  "The test did not arrive. {}": "测试消息没有送达。{1}",
  "There is no such API key.": "没有这个 API 密钥。",
  "This key comes from API_KEY or ADMIN_PASSWORD; change the environment and start again.":
    "该密钥来自 API_KEY 或 ADMIN_PASSWORD；请修改环境变量后重新启动。",
  "The overlap is from 0 to {} minutes.": "重叠时间应为 0 到 {1} 分钟。",
  "This key has expired: give it another expiry first, or make a new key.":
    "该密钥已过期：请先修改到期时间，或创建新的密钥。",
  "Somebody else has just rotated or removed this key.": "刚刚有其他人轮换或移除了该密钥。",
  "The key would have expired already.": "这样该密钥会立即过期。",
  "Name at least one of the {}; null is for all of them.": "请至少填写一项（{1}）；不限制则留空。",
  "There are at most {} {}.": "最多 {1} 项（{2}）。",
  "The pattern {} has more than one *, which stands for any text.": "模式 {1} 中有多个 *；* 代表任意文本，最多一个。",
  "{} is no address and no range: write 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32.":
    "{1} 不是地址或网段：请写成 192.0.2.7、10.0.0.0/8 或 2001:db8::/32。",
  "A note has at most {} characters.": "备注最多 {1} 个字符。",
  "A note holds no control characters.": "备注不能包含控制字符。",
  "An admin token ends at a time to come.": "管理令牌的到期时间必须在将来。",
  "What this token makes has to end by {}, as it does.": "由该令牌创建的内容必须和它一样，不晚于 {1} 到期。",
  "There is no such admin token.": "没有这个管理令牌。",
  'ADMIN_PASSWORD makes "{}" an owner with that password; change it there and start again.':
    "ADMIN_PASSWORD 使“{1}”成为使用该密码的所有者；请在那里修改后重新启动。",
  "There is no such administrator.": "没有这位管理员。",
  "This is the last owner who can sign in; make another one an owner first.":
    "这是最后一位可以登录的所有者；请先让另一位成为所有者。",
  "There is an administrator of this name already.": "已有同名的管理员。",
  "There are at most {} administrators.": "最多 {1} 位管理员。",
  "The name or the password is wrong.": "名称或密码不正确。",
  "Too many wrong admin tokens came from your address; try again in 1 s.":
    "来自您地址的错误管理令牌过多；请 1 秒后重试。",
  "This is for who is signed in; an admin token has no password.": "只有登录面板的人可以这样做；管理令牌没有密码。",
  "The password is wrong.": "密码不正确。",
  "This is the password that you have already.": "这就是您现在的密码。",
  "This needs your password again: call reauthenticate, then repeat it within ten minutes.":
    "此操作需要再次输入密码，并在十分钟内重新提交。",
  "This would outlast the token that asks for it, which ends at {}.":
    "这样创建的内容会晚于请求它的令牌到期；该令牌于 {1} 到期。",
  "A password has at most {} characters.": "密码最多 {1} 个字符。",
  "This password {}: take at least 12 uncommon characters.": "该密码{1}：请使用至少 12 个不常见的字符。",
  "Too many sign-ins at the same time; try again in a moment.": "同时登录的请求过多，请稍后再试。",
  "is shorter than {} characters": "少于 {1} 个字符",
  "repeats few characters": "只是重复几个字符",
  "is one of the most common": "属于最常见的密码",
  "There is no such session.": "没有这个会话。",
  "Too many failed sign-ins; try again in {} s.": "登录失败次数过多，请在 {1} 秒后重试。",
  "it is too old": "时间太久",
  "its key is gone": "其密钥已不存在",
  "it was erased meanwhile": "已被清除",
  "nobody asked for it": "没有人要求捕获",
  "That time is over.": "该时间已过。",
  "A key is captured for {} hours at the most; ask again when they are over.":
    "一个密钥最多捕获 {1} 小时；到期后可再次开启。",
  "No data plane is connected that could send it.": "没有已连接的数据面可以发送它。",
  "Only the target ADDRESS has an address.": "只有发往指定地址时才填写地址。",
  "Give an address on the data plane's own machine, as http://127.0.0.1:8090.":
    "请填写数据面所在机器上的地址，例如 http://127.0.0.1:8090。",
  "Its bodies were not captured, or are erased: nothing is there to send.":
    "其内容没有捕获，或已被清除：没有可以发送的内容。",
  "Only the beginning of its body was captured.": "只捕获了其内容的开头部分。",
  "The command came too late.": "命令到得太晚。",
  "It did not end in time; what became of it may be among the requests.":
    "没有在时限内结束；结果可能会出现在请求列表中。",
  "Name an account, a key or a conversation: just one of them.": "请指定一个账号、一个密钥或一个会话，三者选一。",
  "Name the conversation by its id, as a request shows it.": "请用请求中显示的 ID 指定会话。",
  "There is no such {}.": "没有这样的对象（{1}）。",
  "The disk of the database is full, so nothing was changed: free some space; all goes on by itself then.":
    "数据库所在的磁盘已满，因此没有任何改动：请腾出空间，之后一切会自动恢复。",
  "This cursor is not one of ours, or belongs to another order.": "这个游标不是我们给出的，或属于另一种排序。",
  "Sign in, or send an admin token that has not ended.": "请登录，或使用尚未到期的管理令牌。",
  "This needs a wider scope than {}.": "当前权限（{1}）不足以执行此操作。",
  "This cursor is not one of ours.": "这个游标不是我们给出的。",
  "A page has 0 to {} items.": "一页可有 0 到 {1} 项。",
  "Something went wrong on our side; the log has it under {}.": "本系统内部出错；日志编号为 {1}。",
  "This installation is shown only: nothing can be changed from the panel.":
    "本实例仅供展示：不能在面板中修改任何内容。",
  "A body has at most {} bytes; only importAccounts takes more.": "请求体最多 {1} 字节；只有导入账号可以更大。",
  "This took longer than {} s.": "用时超过 {1} 秒。",
  "Give either set or unset: true.": "请填写客户端，或选择取消设置，二者选一。",
  "This is for who is signed in; ADMIN_TOKEN has no sessions.": "只有登录面板的人可以这样做；ADMIN_TOKEN 没有会话。",
  "A session may run the panel's own documents only; send an admin token to run others.":
    "登录会话只能执行面板自己的文档；要执行其他文档请使用管理令牌。",
  "This document is not one of the panel's; reload the page.": "这不是面板的文档；请刷新页面。",
  "GraphQL is answered to POST only.": "GraphQL 只接受 POST。",
  "The body has to be application/json.": "请求体必须是 application/json。",
  "Unexpected error.": "意外的错误。",
  "Sign in first.": "请先登录。",
  "At most {} subscriptions may be open at a time.": "同时最多打开 {1} 个订阅。",
  "A DateTime is an RFC 3339 text with an offset, such as 2026-01-31T12:00:00Z.":
    "时间应为带时区的 RFC 3339 文本，例如 2026-01-31T12:00:00Z。",
  "A BigInt is a whole number, or a text that says one.": "应为整数，或写成文本的整数。",
  "Send the header x-csrf from our own pages, or an admin token.":
    "请求必须来自面板自己的页面（带 x-csrf 请求头），或使用管理令牌。",
  "The body is too long.": "请求体过长。",
  "The body did not arrive whole.": "请求体没有完整到达。",
  "A name is needed.": "请填写名称。",
  "A name has at most {} characters.": "名称最多 {1} 个字符。",
  "A name holds no control characters.": "名称不能包含控制字符。",
  "The {} is a whole number from {} to {}.": "应为 {2} 到 {3} 的整数。",
  "It has to be later than since.": "结束时间必须晚于开始时间。",
  "There are at most {} tags.": "最多 {1} 个标签。",
  "Too many commands are under way; try again in a minute.": "正在执行的命令过多，请一分钟后重试。",
  "a renewed access token was refused as well.": "续期后的访问令牌也被拒绝。",
  "The data plane did not answer within two seconds; if it comes back within a minute it still does what it was told.":
    "该数据面两秒内没有应答；如果它在一分钟内恢复，仍会照做。",
  "There is a data plane of this name already.": "已有同名的数据面。",
  "There is no such data plane.": "没有这个数据面。",
  "This data plane's token comes from LINK_TOKEN; change it and start again.":
    "该数据面的令牌来自 LINK_TOKEN；请修改后重新启动。",
  "Your session or token ended before a data plane took the request.": "在数据面接收请求之前，您的会话或令牌已经结束。",
  "This needs the scope OPERATE.": "此操作需要 OPERATE 权限。",
  "No data plane is connected that could take it.": "没有已连接的数据面可以接收它。",
  "No data plane is linked to this control plane, but one was heard of in the last two minutes: where it is linked to another control plane of this database, send it there.":
    "没有数据面连接到此控制面，但最近两分钟内有一个数据面有过消息：如果它连接的是同一数据库的另一个控制面，请在那里发送。",
  "This data plane is not linked to this control plane, but was heard of in the last two minutes: where it is linked to another control plane of this database, send it there, or choose another data plane.":
    "该数据面没有连接到此控制面，但最近两分钟内有过消息：如果它连接的是同一数据库的另一个控制面，请在那里发送，或选择另一个数据面。",
  "This data plane is not connected here: choose another, or start it.":
    "该数据面没有连接到此处：请选择另一个，或启动它。",
  "Too many requests of the playground are under way; wait until one has ended.":
    "正在进行的试用请求过多；请等其中一个结束。",
  "The playground takes POST only.": "试用只接受 POST。",
  "A request of the playground may have {} MiB.": "一个试用请求最多 {1} MiB。",
  "The data plane closed the connection before it answered. What became of the request may be among the requests.":
    "数据面在应答之前关闭了连接。该请求的结果可能会出现在请求列表中。",
  "Ask for 2 to {} points.": "请查询 2 到 {1} 个点。",
  "Give one account, or a filter, not both.": "请指定一个账号或筛选条件，不能两者都给。",
  "The account is not ready, so its quota cannot be read. See its state.":
    "该账号尚未就绪，无法读取其配额。请查看它的状态。",
  "The provider did not tell the quota; what was read before is kept.": "提供商没有给出配额；之前读到的会保留。",
  "A text to look for has at most {} characters.": "要查找的文本最多 {1} 个字符。",
  "A duration is 0 or more.": "时长应为 0 或更大。",
  "A text to look for holds no zero character.": "要查找的文本不能包含零字符。",
  "Somebody changed the settings meanwhile; read them again.": "刚刚有其他人修改了设置，请重新读取。",
  "{} is named twice.": "{1} 出现了两次。",
  "{} needs a value; name it under unset to clear it.": "{1} 需要一个值；要清除它请选择恢复默认。",
  "Nothing was used before 1970.": "1970 年之前没有用量。",
  "A range ends after it begins.": "范围的结束必须晚于开始。",
  "That is {} {}s; at most {} are told at once.": "这相当于 {1} 个时间段（{2}）；一次最多给出 {3} 个。",
  ", or for longer steps": "，或选择更长的时间段",
  "Each {} is kept for {} days: ask from {} on{}.": "每个时间段（{1}）保留 {2} 天：请从 {3} 开始查询{4}。",
  "Usage of accounts is not kept by {}: ask for one of the two, or for a page of requests.":
    "账号的用量不按 {1} 统计：请只选其中一个，或查看请求列表。",
  "That is more than {} points: ask for a shorter range, longer steps or fewer groups.":
    "超过 {1} 个点：请缩短范围、加长时间段或减少分组。",
  "{} must be {}.": "{1} 应为{2}。",
  "{} has no effect in this version.": "{1} 在此版本中不起作用。",
  "{} has no effect here: only {} reads it.": "{1} 在这里不起作用：只有 {2} 读取它。",
  "{} is not one of our variables; did you mean {}?": "{1} 不是我们的变量；您是指 {2} 吗？",
  "{} is not one of our variables and has no effect.": "{1} 不是我们的变量，不起作用。",
  "a whole number from {} to {}": "{1} 到 {2} 的整数",
  "printable ASCII text without line breaks": "不含换行的可见 ASCII 文本",
  "on or off": "on 或 off",
  "a host name or an address, without scheme and port": "主机名或地址，不含协议和端口",
  "an http:// or https:// address without credentials and query": "http:// 或 https:// 地址，不含凭据和查询参数",
  "an address of the form http://[user:password@]host:port": "http://[user:password@]host:port 形式的地址",
  "an address of the form redis://[user:password@]host[:port][/database], or rediss:// for TLS, with what is special in the password percent-encoded":
    "redis://[user:password@]host[:port][/database] 形式的地址，使用 TLS 时为 rediss://；密码中的特殊字符须做百分号编码",
  "file:PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME": "file:PATH 或 postgresql://USER:PASSWORD@HOST:PORT/NAME",
  "a comma list of addresses and ranges, such as 10.0.0.0/8,2001:db8::7, none of them /0":
    "以逗号分隔的地址和网段，例如 10.0.0.0/8,2001:db8::7，不能是 /0",
  "a comma list of daily, prod, or http(s) addresses": "以逗号分隔的 daily、prod 或 http(s) 地址",
  "a strategy, or a comma list of GROUP=STRATEGY with at most one strategy alone for all other groups; groups are {}, strategies are {}":
    "一个策略，或以逗号分隔的“组=策略”，其中最多一个单独写出的策略用于其余所有组；组为 {1}，策略为 {2}",
  "a comma list of EFFORT=TOKENS, such as low=2000,max=maximum; efforts are {}, tokens are from 1 to {} or, but for auto, the word maximum":
    "以逗号分隔的“强度=TOKENS”，例如 low=2000,max=maximum；强度为 {1}，token 数为 1 到 {2}，除 auto 外也可写 maximum",
  "a comma list of host names, *.domains, addresses and ranges, each with http:// before it where clear text is allowed, and with :PORT after it where only that is":
    "以逗号分隔的主机名、*.域名、地址和网段；允许明文时在前面加 http://，只允许某个端口时在后面加 :端口",
  "a comma list of NAME=VALUE, each value percent-encoded where it needs to be":
    "以逗号分隔的“名称=值”，必要时对值做百分号编码",
  "does not begin with https://": "不以 https:// 开头",
  "holds a user name or a password": "含有用户名或密码",
  "leads to {}, which ALERT_WEBHOOK_HOSTS does not allow": "指向 {1}，而 ALERT_WEBHOOK_HOSTS 不允许它",
  "does not begin with https://, and its host is not listed with http://":
    "不以 https:// 开头，而其主机没有以 http:// 列出",
}
