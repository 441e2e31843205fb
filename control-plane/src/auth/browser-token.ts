/**
 * By what a browser shows that one administrator signed in with it before: what others guess elsewhere, from the same address too, keeps
 * that one from nothing there. It lets nobody in, it only says what a sign-in is counted for. Nothing of it is kept: it is random bits and
 * a MAC over them and the administrator's id.
 */
import { randomBytes, timingSafeEqual } from "node:crypto"
import type { Vault } from "../vault.ts"

export const BROWSER_MS = 180 * 24 * 3_600_000

export interface BrowserTokens {
  make(userId: string): string
  /** What is counted for this browser; undefined: it is none of this administrator's. */
  read(token: string | undefined, userId: string): string | undefined
}

export function createBrowserTokens(vault: Pick<Vault, "fingerprint">): BrowserTokens {
  const macOf = (id: string, userId: string): string => vault.fingerprint("browser", JSON.stringify([userId, id]))
  return {
    make: (userId) => {
      const id = randomBytes(16).toString("base64url")
      return `${id}.${macOf(id, userId)}`
    },
    read: (token, userId) => {
      const [, id = "", mac = ""] = /^([\w-]{22})\.([\w-]{43})$/.exec(token ?? "") ?? []
      if (mac === "") return undefined
      return timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(id, userId))) ? id : undefined
    },
  }
}
