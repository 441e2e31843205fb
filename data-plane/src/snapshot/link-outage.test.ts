import { describe, expect, test } from "vitest"
import { LinkOutage, WAITING_MS } from "./link-outage.ts"

const away = { reason: "connect ECONNREFUSED 127.0.0.1:8089", isNobodyThere: true }
const refused = { reason: "the control plane refuses the link token", isNobodyThere: false }

describe("what is said of a link that does not open", () => {
  test("at a start the control plane is waited for, and after some seconds it is missed, each said once", () => {
    const outage = new LinkOutage()
    expect(outage.failed(5, away)).toBe("waiting")
    expect(outage.failed(250, away)).toBe("again")
    expect(outage.failed(4 + WAITING_MS, away)).toBe("again")
    expect(outage.failed(5 + WAITING_MS, away)).toBe("lost")
    expect(outage.failed(9 * WAITING_MS, away)).toBe("again")
  })

  test("a control plane that answers, but not with a link, is no wait", () => {
    expect(new LinkOutage().failed(5, refused)).toBe("lost")
    const outage = new LinkOutage()
    expect(outage.failed(5, away)).toBe("waiting")
    expect(outage.failed(250, refused)).toBe("lost")
    expect(outage.failed(750, refused)).toBe("again")
  })

  test("once it was open each end of it is said, whatever the reason", () => {
    const outage = new LinkOutage()
    expect(outage.failed(5, away)).toBe("waiting")
    for (const reason of [away, refused]) {
      outage.opened()
      expect(outage.failed(10, reason)).toBe("lost")
      expect(outage.failed(20, reason)).toBe("again")
    }
  })
})
