/** How a text is filled in by a person: what a form offers in place of a line of text. Each parser of the environment tells its own. */

export interface ValueForm {
  readonly kind: "INTEGER" | "SWITCH" | "CHOICE" | "LIST" | "MAP" | "TEXT"
  /** Of a number, also where one may stand in a map. */
  readonly minimum?: number
  readonly maximum?: number
  /** Words that are taken; in a map, those that may stand behind a key. */
  readonly choices?: readonly string[]
  /** Of a map: what may be named. */
  readonly keys?: readonly string[]
}
