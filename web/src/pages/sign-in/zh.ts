import type { Widened } from "../../i18n/i18n.tsx"
import type { en } from "./en.ts"

export const zh: Widened<typeof en> = {
  signIn: {
    title: "登录",
    name: "名称",
    password: "密码",
    passwordHint: "首次启动时已打印；也可用 ADMIN_PASSWORD 设置。",
    submit: "登录",
    submitting: "正在登录…",
    ended: "会话已结束，请重新登录后继续。",
    passwordMissing: "请先输入密码。",
  },
}
