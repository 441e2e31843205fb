/** The pages of a sign-in, which a person or a browser test can click: which account, and whether it agrees. */
import type { SimulatedAccount } from "./accounts.ts"

/** The page that lists the accounts. */
export function accountsPage(accounts: readonly SimulatedAccount[], query: URLSearchParams): string {
  const link = (name: string, value: string): string => {
    const next = new URLSearchParams(query)
    next.set(name, value)
    return escape(`/o/oauth2/v2/auth/choose?${next.toString()}`)
  }
  const items = accounts.map(
    ({ email, name, tier }) =>
      `<li><a data-account="${escape(email)}" href="${link("account", email)}">${escape(name)}<small>${escape(email)} · ${escape(tier)}</small></a></li>`,
  )
  const list = items.length > 0 ? `<ul>${items.join("")}</ul>` : "<p>There are no simulated accounts.</p>"
  return page(
    "Choose a simulated account",
    `<p>to continue to <b>${escape(query.get("client_id") ?? "")}</b></p>${list}<p><a id="deny" href="${link("deny", "1")}">Cancel</a></p>`,
  )
}

/** The page on which the owner agrees, scope by scope, or does not. */
export function consentPage(account: SimulatedAccount, query: URLSearchParams): string {
  const hidden = [...query, ["account", account.email]].map(
    ([name = "", value = ""]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  )
  const boxes = (query.get("scope") ?? "")
    .split(" ")
    .filter(Boolean)
    .map(
      (scope) =>
        `<li><label><input type="checkbox" name="granted" value="${escape(scope)}" checked> ${escape(scope)}</label></li>`,
    )
  const deny = new URLSearchParams([...query, ["deny", "1"]])
  return page(
    "The client wants access to the account",
    `<p><b>${escape(query.get("client_id") ?? "")}</b> wants to act as ${escape(account.email)}:</p><form action="/o/oauth2/v2/auth/allow">${hidden.join("")}<ul>${boxes.join("")}</ul><button id="allow">Allow</button> <a id="deny" href="${escape(`/o/oauth2/v2/auth/choose?${deny.toString()}`)}">Cancel</a></form>`,
  )
}

/** The page that says why the request is refused. */
export function faultPage(fault: string): string {
  return page("Access blocked: authorization error", `<p role="alert">${escape(fault)}</p>`)
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>
body{font:16px system-ui,sans-serif;max-width:28rem;margin:10vh auto;padding:0 1rem;overflow-wrap:anywhere}
ul{list-style:none;padding:0}a{color:inherit}li a{display:block;padding:.75rem;border:1px solid #8884;border-radius:.5rem;margin:.5rem 0;text-decoration:none}
small{display:block;opacity:.7}</style><h1>${escape(title)}</h1>${body}<p><small>Simulator. No real account is involved.</small></p></html>`
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0) ?? 32};`)
}
