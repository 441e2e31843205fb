/** The list that one came from, so that the way back from a request leads to it as it was narrowed. */
let search = ""

export const rememberList = (text: string): void => {
  search = text
}

export const listAddress = (): string => `/requests${search}`
