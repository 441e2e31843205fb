/**
 * Chinese for what the control plane says in English: by the code of a failure, the state of an account, the kind of a
 * notice. A sentence that is not here is shown as it came; so are the provider's own words.
 */
export const zhServer: Readonly<Record<string, string>> = {
  "failure.wrong_password": "密码不正确。",
  "failure.too_many_attempts": "登录失败次数过多，请稍后再试。",
  "failure.busy": "同时登录的请求过多，请稍后再试。",
  "failure.invalid_grant": "提供商拒绝了该刷新令牌：它已被撤销或已过期。请重新登录该账号并粘贴新的令牌。",
  "failure.oauth_client":
    "提供商不认可当前的 OAuth 客户端：请检查 GOOGLE_OAUTH_CLIENT_ID 和 GOOGLE_OAUTH_CLIENT_SECRET，并确认令牌由该客户端签发。",
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
  "wayOut.NEEDS_LOGIN": "请重新登录该账号，并用新的刷新令牌再次添加。",
  "wayOut.NEEDS_PROJECT": "请再次添加该账号，并填写它可以使用的 Google Cloud 项目 ID。",
  "wayOut.NEEDS_VERIFICATION": "请在以该账号登录的浏览器中完成验证，然后用其刷新令牌再次添加。",
  "wayOut.DISABLED_BY_PROVIDER": "请向提供商申诉；在其同意恢复之前，该账号无法使用。",
  "terms.ANTIGRAVITY":
    "Antigravity 账号是为 Google 自己的产品提供的。通过其他软件（例如本网关）使用它们，可能被 Google 视为违反其条款，Google 可能限制或停用该账号，甚至停用其背后的 Google 账号。请仅添加属于您自己、且您愿意承担此风险的账号。官方 API 密钥没有这一风险。",
}
