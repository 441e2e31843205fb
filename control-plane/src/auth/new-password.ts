import { InvalidInputError } from "../failure.ts"
import { MAX_PASSWORD_LENGTH, passwordWeakness } from "./password.ts"

/** Throws `InvalidInputError` for a password that is not to be hashed. */
export function refuseLongPassword(password: string, path: readonly string[]): void {
  if (password.length <= MAX_PASSWORD_LENGTH) return
  throw new InvalidInputError("too_long", `A password has at most ${MAX_PASSWORD_LENGTH} characters.`, path)
}

/** A password that somebody wants to have from now on. Throws `InvalidInputError` for one that is guessed at once. */
export function checkNewPassword(password: string, path: readonly string[]): string {
  refuseLongPassword(password, path)
  const weakness = passwordWeakness(password)
  if (weakness === undefined) return password
  throw new InvalidInputError("weak_password", `This password ${weakness}: take at least 12 uncommon characters.`, path)
}
