import type { Count } from "./counts.ts"
import type { Seating } from "./seating.ts"

export interface SlotTaker {
  readonly seating: Seating
  /** Called after all is given back. */
  readonly onReturn: () => void
}

/** A slot of an account, of a model and of a key. Each choice makes one: a closure would be twice as large. */
export class TakenSlots {
  readonly #taker: SlotTaker
  /** Of the account. */
  readonly #number: number
  readonly #ofModel: Count
  readonly #ofKey: Count | undefined

  constructor(taker: SlotTaker, number: number, ofModel: Count, ofKey: Count | undefined) {
    this.#taker = taker
    this.#number = number
    this.#ofModel = ofModel
    this.#ofKey = ofKey
  }

  /** Once. */
  giveBack(): void {
    const { seating, onReturn } = this.#taker
    seating.returned(this.#number)
    this.#ofModel.giveBack()
    this.#ofKey?.giveBack()
    onReturn()
  }
}
