/** How a sign-in at the provider can end without an account: what happened, and what to do. The page of the callback says the same. */
const signIn: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  unknown_state: ["这里没有这次登录的记录。", "它可能是在别处开始的，或者早已结束。请在面板中重新开始登录。"],
  other_session: [
    "这次登录是在面板的另一个会话中开始的。",
    "只有开始它的会话或管理令牌才能完成它。请在当前会话中重新开始。",
  ],
  session_ended: ["开始这次登录的面板会话已经结束。", "请先登录面板。请在面板中重新开始登录。"],
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

/**
 * Chinese for what the control plane says in English: by the code of a failure, the state of an account, the kind of a
 * notice. A sentence that is not here is shown as it came; so are the provider's own words.
 */
export const zhServer: Readonly<Record<string, string>> = {
  ...signInWords,
  "failure.wrong_password": "密码不正确。",
  "failure.too_many_attempts": "登录失败次数过多，请稍后再试。",
  "failure.busy": "同时登录的请求过多，请稍后再试。",
  "failure.invalid_grant": "提供商拒绝了该刷新令牌：它已被撤销或已过期。请重新登录该账号并粘贴新的令牌。",
  "failure.oauth_client":
    "提供商不认可当前的 OAuth 客户端：请检查 GOOGLE_OAUTH_CLIENT_ID 和 GOOGLE_OAUTH_CLIENT_SECRET，并确认令牌由该客户端签发。",
  "failure.oauth_client_missing":
    "尚未配置 OAuth 客户端：请设置 GOOGLE_OAUTH_CLIENT_ID 和 GOOGLE_OAUTH_CLIENT_SECRET，或在此处填写。",
  "failure.state_mismatch": "这个地址属于另一次登录。",
  "failure.malformed": "格式不正确：刷新令牌是一行不含空格的可打印字符。",
  "failure.too_long": "内容过长。",
  "failure.control_character": "名称不能包含控制字符。",
  "failure.empty": "请填写名称。",
  "failure.empty_list": "请至少填写一项。",
  "failure.too_many": "数量过多。",
  "failure.out_of_range": "数值超出允许的范围。",
  "failure.malformed_pattern": "一个模型名中最多只能有一个 *。",
  "failure.malformed_address": "这不是地址或网段：请写成 192.0.2.7、10.0.0.0/8 或 2001:db8::/32。",
  "failure.expired": "该密钥已过期：请先修改到期时间，或创建新的密钥。",
  "failure.changed_meanwhile": "刚刚有其他人修改了它，请刷新后重试。",
  "failure.in_the_past": "该时间已过，密钥会立即过期。",
  "failure.not_found": "找不到该对象，可能已被移除。",
  "failure.set_by_environment": "该密钥来自环境变量 API_KEY 或 ADMIN_PASSWORD；请修改环境变量后重新启动。",
  "failure.forbidden": "当前身份没有执行此操作的权限。",
  "wayOut.NEEDS_LOGIN": "请像添加时那样重新登录该账号；它的设置会保留。",
  "wayOut.NEEDS_PROJECT": "请再次添加该账号，并填写它可以使用的 Google Cloud 项目 ID。",
  "wayOut.NEEDS_VERIFICATION": "请在以该账号登录的浏览器中完成验证，然后用其刷新令牌再次添加。",
  "wayOut.DISABLED_BY_PROVIDER": "请向提供商申诉；在其同意恢复之前，该账号无法使用。",
  "terms.ANTIGRAVITY":
    "Antigravity 账号是为 Google 自己的产品提供的。通过其他软件（例如本网关）使用它们，可能被 Google 视为违反其条款，Google 可能限制或停用该账号，甚至停用其背后的 Google 账号。请仅添加属于您自己、且您愿意承担此风险的账号。官方 API 密钥没有这一风险。",
}
