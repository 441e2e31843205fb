/** A sealed value could not be opened, or a key is not usable. The message is one sentence and holds no secret. */
export class SealError extends Error {
  override readonly name = "SealError"
}
