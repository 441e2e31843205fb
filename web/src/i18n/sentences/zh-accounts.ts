/** What the servers say of accounts: adding, signing in, importing, testing and what keeps them, in Chinese: see `sentences.ts`. */
export const zhAccounts: Readonly<Record<string, string>> = {
  "The reserve is a number from 0 to less than 1.": "保留量应为 0 到 1（不含 1）之间的数。",
  "A project id holds letters, digits, hyphens, dots and colons only.":
    "项目 ID 只能包含字母、数字、连字符、点和冒号。",
  "At most {} models can be disabled.": "最多停用 {1} 个模型。",
  "Give the whole list, or the models to switch, not both.": "请给出完整的列表，或者要开关的模型，不能两者都给。",
  "Disable {}, or enable it, not both.": "对 {1} 要么停用，要么启用，不能两者都选。",
  "At most {} can be listed.": "最多列出 {1} 项。",
  "The provider refuses this refresh token: {} Sign in to the account again and give the new token.":
    "提供商拒绝了该刷新令牌，原文：{1} 请重新登录该账号并粘贴新的令牌。",
  "The refresh token is of {}, not of {}. Leave the email out, or give the refresh token of that account.":
    "该刷新令牌属于 {1}，不属于 {2}。请不要填写邮箱，或者提供那个账号的刷新令牌。",
  "and {} more": "以及另外 {1} 个",
  "The provider did not say whose this refresh token is, and {} is here already; nothing was changed. Try again later.":
    "提供商没有说明这个刷新令牌属于谁，而 {1} 已在此处，因此没有任何改动。请稍后重试。",
  "There is no such account.": "没有这个账号。",
  "A refresh token is needed for this kind of account.": "这种账号需要刷新令牌。",
  "This is not a refresh token: it is one line of printable characters without spaces.":
    "这不是刷新令牌：刷新令牌是一行不含空格的可见字符。",
  "This is not an e-mail address.": "这不是邮箱地址。",
  "Accounts of the kind {} cannot be added in this version.": "此版本不能添加 {1} 类型的账号。",
  "Read the terms notice and acknowledge it to add this account.": "请阅读并确认条款提示，再添加此账号。",
  "Accounts of this kind have a refresh token, not an API key.": "这种账号使用刷新令牌，而不是 API 密钥。",
  "The address of this kind is set by ANTIGRAVITY_BASE_URLS.": "这种账号的地址由 ANTIGRAVITY_BASE_URLS 设定。",
  "No upstream address is configured.": "没有配置上游地址。",
  "{} cannot be reached: {}": "无法连接 {1}：{2}",
  "Say how many accounts you expect to fit the filter (a dry run tells), so that no other number is changed.":
    "请说明预计有多少个账号符合筛选条件（试运行会给出），以免误改其他数量的账号。",
  "The filter fits {} accounts now, not {}; nothing was changed. Look at them again.":
    "现在有 {1} 个账号符合筛选条件，而不是 {2} 个，因此没有任何改动。请重新查看。",
  "Give the whole list of tags, or what is added and removed, not both.":
    "请给出完整的标签列表，或者给出要添加和移除的标签，不能两者都给。",
  "At most {} credentials are revoked at a time: narrow the filter, or remove without revoking.":
    "一次最多撤销 {1} 个凭据：请缩小筛选范围，或者移除而不撤销。",
  "Name a model, or leave it out to release all.": "请指定一个模型；要结束全部冷却则不要指定。",
  "The provider gave a new access token.": "提供商给出了新的访问令牌。",
  "The account has no refresh token.": "该账号没有刷新令牌。",
  "Sign in to the account again, as when it was added.": "请像添加时那样重新登录该账号。",
  "The provider refuses the refresh token.": "提供商拒绝了刷新令牌。",
  "The provider is asked once more in a minute. If it says the same, sign in to the account again.":
    "一分钟后会再询问一次提供商。如果结果相同，请重新登录该账号。",
  "It is tried again by itself.": "会自动重试。",
  "no reason given": "未说明原因",
  "no plan that it names": "没有给出名称的套餐",
  "{}. Not eligible elsewhere: {}": "{1}。另有不符合条件的套餐：{2}",
  "the one that was given": "您指定的项目",
  "the one that the provider made": "提供商创建的项目",
  "It is another than before; an onboarding takes it.": "与之前的项目不同；重新设置账号时会采用它。",
  "The provider could not be asked; what follows names {}.": "无法询问提供商；后面的步骤使用{1}。",
  "Requests name {}: {}.{}": "请求使用{1}：{2}。{3}",
  "The account has no project yet, and the provider has not made one.": "该账号还没有项目，提供商也没有创建。",
  "Wait for its onboarding, or give it a project.": "请等待账号设置完成，或为它指定一个项目。",
  "It answers, and not with a list of models.": "它有应答，但不是模型列表。",
  "Look at ANTIGRAVITY_BASE_URLS.": "请检查 ANTIGRAVITY_BASE_URLS。",
  "It lists {} models.": "它列出了 {1} 个模型。",
  "There is no access token.": "没有访问令牌。",
  "There is no project to ask for.": "没有可查询的项目。",
  "The answer holds no quota that can be read.": "应答中没有可读取的配额。",
  "Nothing is wrong with the account; please report it.": "账号本身没有问题；请反馈此情况。",
  "Accounts of the kind {} cannot be tested in this version.": "此版本不能检测 {1} 类型的账号。",
  "This account is being tested already; wait for its report.": "该账号正在检测中，请等待结果。",
  "{} accounts are being tested already; wait for one of them.": "已有 {1} 个账号正在检测，请等其中一个结束。",
  "At most {} models can be named, by their ids.": "最多可按 ID 指定 {1} 个模型。",
  "The test took too long already; name the models to try.": "检测用时已经过长；请指定要尝试的模型。",
  "It is switched off for this account.": "该账号停用了此模型。",
  "It is retired: requests that name it go to {}.": "已退役：指定它的请求会转到 {1}。",
  "A picture costs more than a word: name the model to try it.": "绘图的消耗比文字大：要尝试请指定该模型。",
  "It answered.": "它有应答。",
  "There is no project to name.": "没有可用的项目。",
  "Nothing is wrong with the account: try again later.": "账号本身没有问题：请稍后重试。",
  "Nothing is wrong with the account: the upstream does not take the test's own request. Please report it.":
    "账号本身没有问题：上游不接受检测所发的请求。请反馈此情况。",
  "Nothing is wrong with the account: the upstream refuses this machine's network address. Go out by another one (OUTBOUND_PROXY).":
    "账号本身没有问题：上游拒绝本机的网络地址。请改用其他出口（OUTBOUND_PROXY）。",
  "Nothing is wrong with the account: the model was retired, or ANTIGRAVITY_USER_AGENT names a version that the upstream no longer takes.":
    "账号本身没有问题：该模型已退役，或者 ANTIGRAVITY_USER_AGENT 写的版本上游已不再接受。",
  "Verify the account in a browser that is signed in as it, then test it again.":
    "请在以该账号登录的浏览器中完成验证，然后再次检测。",
  "Ask the provider to look at the account again; once it has agreed, test the account.":
    "请向提供商申诉；在其同意恢复之后，请检测该账号。",
  "Give the account the id of a Google Cloud project it may use (updateAccount, projectId).":
    "请为该账号指定一个它可以使用的 Google Cloud 项目 ID（账号设置中的“项目”）。",
  "Sign in to the account again, as when it was added; its settings are kept.":
    "请像添加时那样重新登录该账号；它的设置会保留。",
  "Find out at the provider what is wrong with the account, then sign in to it again.":
    "请先在提供商处弄清该账号出了什么问题，然后重新登录。",
  "The provider does not offer this where the account or this machine is; other accounts may serve it.":
    "提供商不在该账号或本机所在的地区提供此服务；其他账号也许可以。",
  "The account is not offered this model; other accounts may serve it.": "该账号没有此模型；其他账号也许有。",
  "The account's paid credits are used up: wait for the next ones, or leave the model to other accounts.":
    "该账号的付费额度已用尽：请等待下一期额度，或把该模型留给其他账号。",
  "Wait until the quota is back (see the account's quota), or leave the model to other accounts.":
    "请等待配额恢复（见账号的配额），或把该模型留给其他账号。",
  "Nothing is known to be wrong with the account: look at the network, OUTBOUND_PROXY and ANTIGRAVITY_BASE_URLS.":
    "没有迹象表明账号有问题：请检查网络、OUTBOUND_PROXY 和 ANTIGRAVITY_BASE_URLS。",
  "An export is plain or has a passphrase, not both.": "导出要么是明文，要么设置口令，不能两者都选。",
  "Give a passphrase, which the import then asks for, or say plain: true to get every credential in the clear.":
    "请设置口令（导入时需要），或明确选择明文导出，那样所有凭据都不加密。",
  "No account that holds a credential fits the filter.": "没有符合筛选条件且持有凭据的账号。",
  "An import takes at most {} accounts, and {} fit: export them in parts, by a filter.":
    "一次导入最多接受 {1} 个账号，而符合条件的有 {2} 个：请用筛选条件分批导出。",
  "A passphrase has at most {} characters.": "口令最多 {1} 个字符。",
  "The passphrase {}: take at least 12 uncommon characters, such as four words.":
    "口令{1}：请使用至少 12 个不常见的字符，例如四个单词。",
  "The passphrase does not open this export. Give the one that it was made with; if that is what you gave, the file was changed or cut.":
    "该口令打不开这份导出文件。请使用导出时设置的口令；如果用的就是它，说明文件被改动或截断了。",
  "This export is sealed in a way that this gateway does not know, or was cut. Export it anew.":
    "这份导出文件的加密方式本网关不认识，或者文件被截断了。请重新导出。",
  "This export is sealed: give the passphrase that it was made with.": "这份导出文件已加密：请输入导出时设置的口令。",
  "Read the terms notice and acknowledge it to add these accounts.": "请阅读并确认条款提示，再添加这些账号。",
  "The account serves with the sign-in that it has, which was kept; replaceCredentials: true takes this one.":
    "该账号正以现有的登录凭据提供服务，凭据已保留；要改用文档中的凭据，请选择替换凭据。",
  "The same account as in row {}.": "与第 {1} 行是同一个账号。",
  "A document has at most {} characters: import it in parts.": "一份文档最多 {1} 个字符：请分批导入。",
  "The document is empty.": "文档是空的。",
  "There is no account in the document.": "文档中没有账号。",
  "A document has at most {} accounts: import it in parts.": "一份文档最多 {1} 个账号：请分批导入。",
  "This is neither JSON nor a list of refresh tokens, one a line. docs/guides/import.md shows what is taken.":
    "这既不是 JSON，也不是每行一个的刷新令牌列表。可导入的格式见 docs/guides/import.md。",
  "The document begins like JSON and breaks off at line {}; it may have been cut. Nothing was imported.":
    "文档开头像 JSON，但在第 {1} 行中断，可能被截断了。没有导入任何内容。",
  "This is the index of Antigravity-Manager, which holds no tokens: import its export, or the files in its folder accounts.":
    "这是 Antigravity-Manager 的索引文件，其中没有令牌：请导入它的导出文件，或 accounts 文件夹中的文件。",
  "There is no list of accounts in the document. docs/guides/import.md shows what is taken.":
    "文档中没有账号列表。可导入的格式见 docs/guides/import.md。",
  "This export has a version that this gateway does not know; it takes version {}. Update it, or export anew.":
    "这份导出文件的版本本网关不认识；本网关接受版本 {1}。请更新网关，或重新导出。",
  "Accounts of this kind cannot be added in this version; only those of Antigravity can.":
    "此版本不能添加这种账号，只能添加 Antigravity 账号。",
  "This is no account: an object with a refresh token is.": "这不是账号：账号是一个带刷新令牌的对象。",
  "There is no refresh token in it. Export it anew with its token, or sign in to the account.":
    "其中没有刷新令牌。请连同令牌重新导出，或登录该账号。",
  "email (This is not an e-mail address.)": "email（不是邮箱地址）",
  "OAuth client": "OAuth 客户端",
  "This is an access token, which works for an hour at most. The refresh token beside it is needed.":
    "这是访问令牌，最多一小时内有效。需要的是它旁边的刷新令牌。",
  "This is an API key, not a refresh token of an account.": "这是 API 密钥，不是账号的刷新令牌。",
  "{} (not understood)": "{1}（无法识别）",
  "This is not a number.": "这不是数字。",
  "This is not a whole number.": "这不是整数。",
  "{} (what is no text in it)": "{1}（其中不是文本的部分）",
  "excluded models (patterns; name the models)": "排除的模型（写成了通配模式；请写出模型名）",
  "The document does not bring it; the one in force is tried.": "文档没有带上它；将尝试当前的客户端。",
  "(a field with an unusual name)": "（名称异常的字段）",
  "There is more on this line than an address and a refresh token.": "这一行除了邮箱和刷新令牌还有别的内容。",
  "This is too short for a refresh token.": "作为刷新令牌太短了。",
  "There is an address and no refresh token.": "只有邮箱，没有刷新令牌。",
  "The OAuth client needs its {}.": "OAuth 客户端需要填写 {1}。",
  "The {} is one line of printable characters without spaces.": "{1} 应为一行不含空格的可见字符。",
  "The provider said: {}": "提供商的原文：{1}",
  "It was signed in to as {}.": "登录的账号是 {1}。",
  "No sign-in is under way in this session; start one first.": "本会话中没有正在进行的登录；请先开始登录。",
  "Several sign-ins are under way: give the whole address, or the state of the one that is meant.":
    "有多次登录正在进行：请粘贴完整地址，或给出所指登录的 state。",
  "Accounts of the kind {} are not added by a sign-in.": "{1} 类型的账号不能通过登录添加。",
  "There is no such account of this kind.": "没有这种类型的账号。",
  "This address belongs to another sign-in than the state.": "这个地址属于另一次登录。",
  "No OAuth client is configured: give one in the panel (Settings, or with the account), or set GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET in the environment. Which clients the upstream accepts: docs/guides/oauth.md.":
    "尚未配置 OAuth 客户端：请在面板中填写（设置页面，或添加账号时），或在环境变量中设置 GOOGLE_OAUTH_CLIENT_ID 和 GOOGLE_OAUTH_CLIENT_SECRET。上游接受哪些客户端，见 docs/guides/oauth.md。",
  "The token endpoint answered without a token.": "令牌端点的应答中没有令牌。",
  "The provider refuses our OAuth client: {}. Check its id and secret (GOOGLE_OAUTH_CLIENT_ID and GOOGLE_OAUTH_CLIENT_SECRET, or updateOAuthClient), and that the refresh token was made with this client.":
    "提供商拒绝了我们的 OAuth 客户端，原文：{1}。请检查其 ID 和密钥（GOOGLE_OAUTH_CLIENT_ID 和 GOOGLE_OAUTH_CLIENT_SECRET，或设置页面），并确认刷新令牌由该客户端签发。",
  "The provider does not let our OAuth client come back to this machine: {}. It has to be of the kind for desktop apps, which may use any loopback port.":
    "提供商不允许我们的 OAuth 客户端返回本机，原文：{1}。客户端应为“桌面应用”类型，它可以使用任意回环端口。",
  "The token endpoint answered {}: {}": "令牌端点应答 {1}：{2}",
  "The token endpoint cannot be reached: {}": "无法连接令牌端点：{1}",
  "Start the sign-in again in the panel.": "请在面板中重新开始登录。",
  "This sign-in is not known here.": "这里没有这次登录的记录。",
  "It was begun elsewhere, or it is long over. {}": "它可能是在别处开始的，或者早已结束。{1}",
  "This sign-in was begun in another session of the panel.": "这次登录是在面板的另一个会话中开始的。",
  "Only the session or the admin token that began it can end it. Start it again where you are signed in now.":
    "只有开始它的会话或管理令牌才能完成它。请在当前会话中重新开始。",
  "The session of the panel that began this sign-in has ended.": "开始这次登录的面板会话已经结束。",
  "Sign in to the panel. {}": "请先登录面板。{1}",
  "Who began this sign-in may not add accounts any more, so none was added.":
    "开始这次登录的人现在无权添加账号，因此没有添加。",
  "Their role is a lesser one now, or this installation is only shown (READ_ONLY). Ask an owner or operator.":
    "其角色已被降低，或者本实例仅供展示（READ_ONLY）。请联系所有者或操作员。",
  "This sign-in has already ended.": "这次登录已经结束。",
  "It counts once. How it ended is in the panel; start another one there if you need it.":
    "每次登录只能使用一次。结果请在面板中查看；如有需要，请在那里重新开始。",
  "This sign-in was begun too long ago.": "这次登录开始得太久，已经过期。",
  "This sign-in is being completed right now.": "这次登录正在完成中。",
  "Look at it in the panel.": "请在面板中查看进度。",
  "You chose not to give access, so no account was added.": "您选择了不授权，因此没有添加任何账号。",
  "Nothing was changed. If that was a slip, start the sign-in again in the panel.":
    "没有任何改动。如果是误操作，请在面板中重新开始登录。",
  "The provider did not let the sign-in go on.": "提供商没有让登录继续。",
  "Its own words say why; an OAuth client that it does not know is the usual cause. {}":
    "原因见其原文；最常见的是它不认识该 OAuth 客户端。{1}",
  "Another account was signed in to than the one that this sign-in is for, so nothing was saved.":
    "登录的不是这次要登录的账号，因此没有保存任何内容。",
  "Start it again and choose the right account on the provider's page. To add the other one as well, add it as a new account.":
    "请重新开始，并在提供商页面上选择正确的账号。如果也要添加另一个账号，请把它作为新账号添加。",
  "The provider did not say whose sign-in this is, so nothing was saved.":
    "提供商没有说明登录的是哪个账号，因此没有保存任何内容。",
  "A sign-in that is for one account is only taken when it is that account's. {}":
    "为某个账号开始的登录，只有确认是该账号时才会保存。{1}",
  "There is no code in it.": "其中没有授权码。",
  "After you agreed, the browser was sent to an address that begins with http://127.0.0.1 and holds code=…; it is that whole address that counts, even if the page did not open.":
    "同意授权后，浏览器会被带到以 http://127.0.0.1 开头、含有 code=… 的地址；需要的是这个完整地址，即使页面没有打开也一样。",
  "The provider does not take this code.": "提供商不接受这个授权码。",
  "A code counts once and for a few minutes. {}": "授权码只能使用一次，且几分钟内有效。{1}",
  "The OAuth client does not work.": "OAuth 客户端不可用。",
  "Set an id and secret that the provider accepts, then start the sign-in again.":
    "请设置提供商认可的客户端 ID 和密钥，然后重新开始登录。",
  "The provider gave no refresh token, so the account could not be used for longer than an hour.":
    "提供商没有给出刷新令牌，该账号一小时后就无法再使用。",
  "It leaves it out where this client was given access before. Take that access back in the account's settings at the provider (third-party access). {}":
    "该客户端以前获得过授权时会出现这种情况。请在提供商的账号设置（第三方访问权限）中撤销该授权。{1}",
  "A permission was left out that the account needs to serve.": "缺少账号提供服务所必需的一项权限。",
  "Start the sign-in again in the panel and leave every box on the provider's page ticked.":
    "请在面板中重新开始登录，并保留提供商页面上的所有勾选。",
  "The provider gave no answer that tells anything just now.": "提供商暂时没有给出有效答复。",
  "Reload this page, or paste the address again, within the ten minutes of the sign-in. If the provider had taken the code all the same, it says so then: start the sign-in again.":
    "请在这次登录的十分钟内刷新此页，或再次粘贴地址。如果提供商其实已经收下授权码，届时会提示：请重新开始登录。",
  "Something went wrong here, so no account was added.": "本系统内部出错，因此没有添加任何账号。",
  "The log of the control plane says what. {}": "原因见控制面的日志。{1}",
  "The account was removed meanwhile.": "该账号已被移除。",
  "The provider gives this account no project of its own{}.": "提供商没有给该账号自己的项目{1}。",
  "The provider makes no project for this account with any plan{}.": "提供商没有用任何套餐为该账号创建项目{1}。",
  "The account has no credential.": "该账号没有凭据。",
  "The provider has not made the account's project yet.": "提供商尚未创建该账号的项目。",
  "{} Trying again by itself.": "{1}会自动重试。",
  "were disabled or must be verified": "被停用或需要验证",
  "were disabled by the provider": "被提供商停用",
  "must be verified": "需要验证",
  "{} accounts {} within ten minutes; the rest is left alone until you have looked.":
    "十分钟内有 {1} 个账号{2}；在您查看之前，不再使用其余账号。",
  "The provider refused the account, so it is left alone for a while: {}":
    "提供商拒绝了该账号，因此暂停使用一段时间，原文：{1}",
  "All of its quota is used up ({}): {}": "其所有配额都已用尽（{1}）：{2}",
  "Enable it: updateAccount with enabled: true.": "请启用它（账号设置中的“启用”）。",
  "Look at the accounts that met the wall, then resume the pool (resumePool).":
    "请先查看遇到问题的账号，再恢复账号池。",
  "It serves again by itself at {}; releaseCooldown lets the next request try before.":
    "将于 {1} 自动恢复服务；也可以结束冷却，让下一个请求提前尝试。",
  "The provider no longer takes this account's sign-in: {}": "提供商不再接受该账号的登录，原文：{1}",
  "The sign-in that this account was given is of another one, {}.": "该账号收到的登录属于另一个账号 {1}。",
  "Sign in to this account again; add the other one as an account of its own.":
    "请重新登录此账号；另一个账号请作为新账号添加。",
  "Set the id of a Google Cloud project that the account may use: among its settings in the panel, or with updateAccount.":
    "请在该账号的设置中填写它可以使用的 Google Cloud 项目 ID。",
  "The provider wants the owner to verify this account: {}": "提供商要求账号所有者进行验证，原文：{1}",
  "The provider disabled this account: {}": "提供商停用了该账号，原文：{1}",
  "The provider refused this account three times in 24 hours: {}": "提供商在 24 小时内三次拒绝该账号，原文：{1}",
  "Find out at the provider what is wrong with the account, then sign in to it again, as when it was added.":
    "请先在提供商处弄清该账号出了什么问题，然后像添加时那样重新登录。",
  "The provider refuses the account's project: {}": "提供商拒绝了该账号的项目，原文：{1}",
  "Antigravity accounts are made for Google's own products. Google may treat their use through other software, such as this gateway, as a violation of its terms and may limit or disable the account, possibly with the Google account behind it. Add an account only if it is your own and you accept that risk. Official API keys do not carry it.":
    "Antigravity 账号是为 Google 自己的产品提供的。通过其他软件（例如本网关）使用它们，可能被 Google 视为违反其条款，Google 可能限制或停用该账号，甚至停用其背后的 Google 账号。请仅添加属于您自己、且您愿意承担此风险的账号。官方 API 密钥没有这一风险。",
  "API keys are used under the terms you agreed on with the provider; nothing beyond them is needed here.":
    "API 密钥按您与提供商约定的条款使用；此处没有其他要求。",
}
