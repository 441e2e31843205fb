import { expect, test } from "vitest"
import { createSaid, withTimes } from "./sentences.ts"
import { zhSentences } from "./zh-sentences.ts"

const said = createSaid(zhSentences)

test.each([
  // As it stands, and with what is filled in.
  ["There is no such account.", "没有这个账号。"],
  ["It lists 7 models.", "它列出了 7 个模型。"],
  ["The weight is a whole number from 1 to 100.", "应为 1 到 100 的整数。"],
  // A provider's own words stay, and what follows them is told.
  [
    "The provider disabled this account: This service has been disabled in this account for violation of Terms. Ask the provider to look at the account again; once it has agreed, test the account.",
    "提供商停用了该账号，原文：This service has been disabled in this account for violation of Terms. 请向提供商申诉；在其同意恢复之后，请检测该账号。",
  ],
  // Sentences of ours within others, and behind one another.
  ["This password is shorter than 12 characters: take at least 12 uncommon characters.", /该密码少于 12 个字符：/],
  ["An alias's target is empty.", "别名的目标不能为空。"],
  [
    "The test did not arrive. It answered 301; redirects are not followed.",
    "测试消息没有送达。它应答了 301；不跟随重定向。",
  ],
  [
    "40 % is left over one account; the next window ends at 2026-11-27T07:00:00.000Z.",
    "1 个账号还剩 40 %；下一个窗口结束于 2026-11-27T07:00:00.000Z。",
  ],
  [
    "It has used 90 % of its tokens of the day and 80 % of its tokens of the month.",
    "已使用当日 token 的 90 %、当月 token 的 80 %。",
  ],
  [
    "Left: Gemini models (5 hours) 80 %, Claude and GPT-OSS (week) 40 %.",
    "剩余：Gemini 模型（5 小时）80%、Claude 与 GPT-OSS（每周）40%。",
  ],
  [
    "All of its quota is used up (Gemini models, Claude and GPT-OSS): HTTP 429",
    "其所有配额都已用尽（Gemini 模型、Claude 与 GPT-OSS）：HTTP 429",
  ],
  // The place in a body, and a rule's own name.
  ["tools[0].name: must be a string", "tools[0].name：应为字符串"],
  ["Accounts need attention: a@example.com", "账号需要处理：a@example.com"],
  ["Accounts need attention: one, two, three, and 4 more", "账号需要处理：one、two、three，以及另外 4 个"],
  [
    "Model name `a-minimal` → alias, whose words in brackets ask for more → `a`.",
    /→ 别名，其括号中的说明还有附加要求 →/,
  ],
  ["weight (This is not a whole number.)", "weight（这不是整数。）"],
  ["it refuses the user or the password of VALKEY_URL (NOAUTH)", "拒绝了 VALKEY_URL 中的用户或密码（NOAUTH）"],
  ["it cannot be reached (ECONNREFUSED)", "无法连接（ECONNREFUSED）"],
  // A reason out of the table of reasons, and the row of a dialect's.
  [
    "`cache_control` has no meaning here: caching is the upstream's own.",
    "`cache_control` 在这里没有意义：缓存由上游自己决定。",
  ],
  [
    "Schema of `search`, `properties.a`: deleted: says nothing.",
    "`search` 的 Schema，`properties.a`：删除：没有说明任何内容。",
  ],
] as const)("%s", (english, chinese) => {
  if (typeof chinese === "string") expect(said(english)).toBe(chinese)
  else expect(said(english)).toMatch(chinese)
})

test.each([
  "",
  "Resource has been exhausted (e.g. check quota).",
  "Request contains an invalid argument.",
  "The value of temperature must be positive.",
  "Line one.\n  Line two.",
  "Error: something else",
  "toString",
  "账号",
  "aliases of another program",
])("what is not ours stays as it came: %j", (text) => {
  expect(said(text)).toBe(text)
})

test("what a text fills in cannot ask for more", () => {
  expect(said("Nothing follows {1}.")).toBe("{1} 没有后备。")
  expect(said("The alias $& is there twice.")).toBe("别名 $& 出现了两次。")
})

test("times are told as the reader writes them", () => {
  const told = withTimes("Not heard of since 2026-11-27T07:00:00.123Z.", (time) => `<${time}>`)
  expect(told).toBe("Not heard of since <2026-11-27T07:00:00.123Z>.")
  expect(withTimes("snapshot.2026-11-27", () => "x")).toBe("snapshot.2026-11-27")
})
