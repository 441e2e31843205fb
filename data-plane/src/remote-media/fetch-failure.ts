/** Why a file was not fetched, as the end of a sentence that begins with its host. Names neither an address nor anything behind it. */
export class FetchFailure extends Error {
  override readonly name = "FetchFailure"
}
