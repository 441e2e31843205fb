import { expect, test } from "vitest"
import { ALERT_KINDS } from "../../../../control-plane/src/alerts/kinds.ts"
import { zhControl } from "../../i18n/sentences/zh-control.ts"
import { alertKinds, kinds } from "./kinds.ts"

test("the kinds are those of the control plane, with their bounds and their built-in rules", () => {
  expect(alertKinds.toSorted()).toEqual(Object.keys(ALERT_KINDS).toSorted())
  for (const kind of alertKinds) {
    const { threshold, takesBucket, takesWindow, builtIn, wayOut } = ALERT_KINDS[kind]
    const own = kinds[kind]
    expect({ kind, takesBucket: own.takesBucket, takesWindow: own.takesWindow }).toEqual({
      kind,
      takesBucket,
      takesWindow,
    })
    expect(own.threshold?.bounds).toEqual(
      threshold && { low: threshold.low, high: threshold.high, isWhole: threshold.isWhole },
    )
    const { name, ...numbers } = builtIn
    expect(own.builtIn).toEqual(numbers)
    expect(zhControl[name]).toMatch(/\p{Script=Han}/u)
    expect(zhControl[wayOut]).toMatch(/\p{Script=Han}/u)
  }
})
