/** What a subscription hears of. */
export interface StreamListener {
  /** One result, as GraphQL gives it. */
  next(result: unknown): void
  /** It is open, at first or again: from now on nothing is missed. */
  stands(): void
  /** It broke, and is opened again by itself. */
  breaks(): void
}

/** Where subscriptions are followed. */
export interface Streams {
  /** Follows one, with the body of its GraphQL request, until what is returned is called. */
  open(body: object, listener: StreamListener): () => void
}

export const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
