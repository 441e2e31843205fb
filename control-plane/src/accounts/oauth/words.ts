/** How a sign-in can end when it does not lead to an account: what happened and what to do, in both languages of the panel. */

export type Language = "en" | "zh"

interface Sentences {
  readonly what: string
  readonly hint: string
}

const ONCE_MORE = "Start the sign-in again in the panel."
const ONCE_MORE_ZH = "请在面板中重新开始登录。"

export const OAUTH_FAILURES = {
  unknown_state: {
    en: { what: "This sign-in is not known here.", hint: `It was begun elsewhere, or it is long over. ${ONCE_MORE}` },
    zh: { what: "这里没有这次登录的记录。", hint: `它可能是在别处开始的，或者早已结束。${ONCE_MORE_ZH}` },
  },
  other_session: {
    en: {
      what: "This sign-in was begun in another session of the panel.",
      hint: "Only the session or the admin token that began it can end it. Start it again where you are signed in now.",
    },
    zh: {
      what: "这次登录是在面板的另一个会话中开始的。",
      hint: "只有开始它的会话或管理令牌才能完成它。请在当前会话中重新开始。",
    },
  },
  session_ended: {
    en: {
      what: "The session of the panel that began this sign-in has ended.",
      hint: `Sign in to the panel. ${ONCE_MORE}`,
    },
    zh: { what: "开始这次登录的面板会话已经结束。", hint: `请先登录面板。${ONCE_MORE_ZH}` },
  },
  forbidden: {
    en: {
      what: "Who began this sign-in may not add accounts any more, so none was added.",
      hint: "Their role is a lesser one now, or this installation is only shown (READ_ONLY). Ask an owner or operator.",
    },
    zh: {
      what: "开始这次登录的人已无权添加账号，因此没有添加任何账号。",
      hint: "其角色已被降低，或者此部署仅供展示（READ_ONLY）。请联系所有者或操作员。",
    },
  },
  state_used: {
    en: {
      what: "This sign-in has already ended.",
      hint: "It counts once. How it ended is in the panel; start another one there if you need it.",
    },
    zh: { what: "这次登录已经结束。", hint: "每次登录只能使用一次。结果请在面板中查看；如有需要，请在那里重新开始。" },
  },
  state_expired: {
    en: { what: "This sign-in was begun too long ago.", hint: ONCE_MORE },
    zh: { what: "这次登录开始得太久，已经过期。", hint: ONCE_MORE_ZH },
  },
  in_progress: {
    en: { what: "This sign-in is being completed right now.", hint: "Look at it in the panel." },
    zh: { what: "这次登录正在完成中。", hint: "请在面板中查看进度。" },
  },
  access_denied: {
    en: {
      what: "You chose not to give access, so no account was added.",
      hint: "Nothing was changed. If that was a slip, start the sign-in again in the panel.",
    },
    zh: {
      what: "您选择了不授权，因此没有添加任何账号。",
      hint: "没有任何改动。如果是误操作，请在面板中重新开始登录。",
    },
  },
  provider_error: {
    en: {
      what: "The provider did not let the sign-in go on.",
      hint: `Its own words say why; an OAuth client that it does not know is the usual cause. ${ONCE_MORE}`,
    },
    zh: {
      what: "提供商没有让登录继续。",
      hint: `原因见其原文；最常见的是它不认识该 OAuth 客户端。${ONCE_MORE_ZH}`,
    },
  },
  other_account: {
    en: {
      what: "Another account was signed in to than the one that this sign-in is for, so nothing was saved.",
      hint: "Start it again and choose the right account on the provider's page. To add the other one as well, add it as a new account.",
    },
    zh: {
      what: "登录的不是这次要登录的账号，因此没有保存任何内容。",
      hint: "请重新开始，并在提供商页面上选择正确的账号。如果也要添加另一个账号，请把它作为新账号添加。",
    },
  },
  account_not_told: {
    en: {
      what: "The provider did not say whose sign-in this is, so nothing was saved.",
      hint: `A sign-in that is for one account is only taken when it is that account's. ${ONCE_MORE}`,
    },
    zh: {
      what: "提供商没有说明登录的是哪个账号，因此没有保存任何内容。",
      hint: `为某个账号开始的登录，只有确认是该账号时才会保存。${ONCE_MORE_ZH}`,
    },
  },
  no_code: {
    en: {
      what: "There is no code in it.",
      hint: "After you agreed, the browser was sent to an address that begins with http://127.0.0.1 and holds code=…; it is that whole address that counts, even if the page did not open.",
    },
    zh: {
      what: "其中没有授权码。",
      hint: "同意授权后，浏览器会被带到以 http://127.0.0.1 开头、含有 code=… 的地址；需要的是这个完整地址，即使页面没有打开也一样。",
    },
  },
  code_refused: {
    en: {
      what: "The provider does not take this code.",
      hint: `A code counts once and for a few minutes. ${ONCE_MORE}`,
    },
    zh: { what: "提供商不接受这个授权码。", hint: `授权码只能使用一次，且几分钟内有效。${ONCE_MORE_ZH}` },
  },
  oauth_client: {
    en: {
      what: "The OAuth client does not work.",
      hint: "Set an id and secret that the provider accepts, then start the sign-in again.",
    },
    zh: { what: "OAuth 客户端不可用。", hint: "请设置提供商认可的客户端 ID 和密钥，然后重新开始登录。" },
  },
  no_refresh_token: {
    en: {
      what: "The provider gave no refresh token, so the account could not be used for longer than an hour.",
      hint: `It leaves it out where this client was given access before. Take that access back in the account's settings at the provider (third-party access). ${ONCE_MORE}`,
    },
    zh: {
      what: "提供商没有给出刷新令牌，该账号一小时后就无法再使用。",
      hint: `该客户端以前获得过授权时会出现这种情况。请在提供商的账号设置（第三方访问权限）中撤销该授权。${ONCE_MORE_ZH}`,
    },
  },
  scope_missing: {
    en: {
      what: "A permission was left out that the account needs to serve.",
      hint: "Start the sign-in again in the panel and leave every box on the provider's page ticked.",
    },
    zh: {
      what: "缺少账号提供服务所必需的一项权限。",
      hint: "请在面板中重新开始登录，并保留提供商页面上的所有勾选。",
    },
  },
  provider_unreachable: {
    en: {
      what: "The provider gave no answer that tells anything just now.",
      hint: "Reload this page, or paste the address again, within the ten minutes of the sign-in. If the provider had taken the code all the same, it says so then: start the sign-in again.",
    },
    zh: {
      what: "提供商暂时没有给出有效答复。",
      hint: "请在这次登录的十分钟内刷新此页，或再次粘贴地址。如果提供商其实已经收下授权码，届时会提示：请重新开始登录。",
    },
  },
  internal: {
    en: {
      what: "Something went wrong here, so no account was added.",
      hint: `The log of the control plane says what. ${ONCE_MORE}`,
    },
    zh: { what: "本系统内部出错，因此没有添加任何账号。", hint: `原因见控制平面的日志。${ONCE_MORE_ZH}` },
  },
  account_removed: {
    en: { what: "The account was removed meanwhile.", hint: ONCE_MORE },
    zh: { what: "该账号已被移除。", hint: ONCE_MORE_ZH },
  },
} as const satisfies Record<string, Record<Language, Sentences>>

export type OAuthFailureCode = keyof typeof OAUTH_FAILURES

export function isOAuthFailureCode(code: string): code is OAuthFailureCode {
  return Object.hasOwn(OAUTH_FAILURES, code)
}
