import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Point } from "../points.ts"
import { forecastQuota, type Exhaustion, type ForecastAccount, type QuotaForecast } from "./forecast.ts"
import { CONFIDENCE } from "./rate.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = 1_760_000_000_000

const account = (points: readonly Point[], more: Partial<ForecastAccount> = {}): ForecastAccount => {
  return { isServing: true, reserve: 0, points, usedTokens: undefined, restsUntil: undefined, ...more }
}
const point = (minutesAgo: number, remainingFraction: number, more: Partial<Point> = {}): Point => {
  const readAt = NOW - minutesAgo * MINUTE
  return { readAt, remainingFraction, resetsAt: NOW + 4 * HOUR, usedTokens: undefined, ...more }
}
const ofPool = (...accounts: readonly ForecastAccount[]): QuotaForecast => forecastQuota("gemini", "5h", accounts, NOW)

/** Readings every ten minutes, the last one now, that fell by so much from each to the next and come down to `left`. */
function falling(steps: readonly number[], left: number, more: Partial<Point> = {}): Point[] {
  let fraction = left + steps.reduce((sum, step) => sum + step, 0)
  return [0, ...steps].map((step, index) => point((steps.length - index) * 10, (fraction -= step), more))
}

const hoursUntil = (at: number | undefined): number => (at === undefined ? Infinity : (at - NOW) / HOUR)

function bounds({ exhaustsAt }: QuotaForecast): [earliest: number, likely: number, latest: number] {
  const { earliest, likely, latest }: Partial<Exhaustion> = exhaustsAt ?? {}
  return [hoursUntil(earliest), hoursUntil(likely), hoursUntil(latest)]
}

test("a steady burn is found, and its end lies within the bounds", () => {
  // A fifth an hour; 0.4 left.
  const forecast = ofPool(account(falling(Array<number>(12).fill(1 / 30), 0.4)))
  expect(forecast).toMatchObject({ outlook: "EXHAUSTS", accountsKnown: 1, accountsUnknown: 0 })
  expect(forecast.burn?.perHour).toBeCloseTo(0.2, 9)
  const [earliest, likely, latest] = bounds(forecast)
  expect(likely).toBeCloseTo(2, 6)
  expect(earliest).toBeLessThan(2)
  expect(latest).toBeGreaterThan(2)
})

test("what is left outlasts the window at this pace", () => {
  const forecast = ofPool(account(falling(Array<number>(12).fill(0.001), 0.8)))
  expect(forecast).toMatchObject({ outlook: "NOT_BEFORE_RESET", exhaustsAt: {}, lastResetAt: NOW + 4 * HOUR })
  expect(bounds(forecast)).toEqual([Infinity, Infinity, Infinity])
})

test.each<[string, ForecastAccount[], Partial<QuotaForecast>]>([
  ["no account that may serve", [account(falling([0.1], 0.5), { isServing: false })], { reason: "NO_ACCOUNTS" }],
  ["nothing was read", [account([])], { reason: "NOT_READ", accountsUnknown: 1 }],
  ["the window that was read is over", [account([point(10, 0.5, { resetsAt: NOW })])], { reason: "NOT_READ" }],
  ["one reading", [account([point(0, 0.5)])], { reason: "TOO_FEW_READINGS", remaining: 0.5 }],
  ["two of them, ten minutes apart", [account(falling([0.1], 0.5))], { reason: "TOO_FEW_READINGS" }],
  [
    "nothing is used",
    [account(falling(Array<number>(12).fill(0), 0.5))],
    { reason: "NO_TRAFFIC", burn: expect.anything() },
  ],
  ["nothing is left", [account(falling([0.1, 0.1], 0))], { outlook: "EXHAUSTED", reason: undefined, usable: 0 }],
  [
    "nothing but the reserve",
    [account(falling([0.1, 0.1], 0.2), { reserve: 0.2 })],
    { outlook: "EXHAUSTED", remaining: expect.closeTo(0.2, 9), usable: expect.closeTo(0, 9) },
  ],
  [
    "the upstream refuses what was read",
    [account(falling([0.1, 0.1], 0.4), { restsUntil: NOW + HOUR })],
    { outlook: "EXHAUSTED", accountsResting: 1, usable: 0 },
  ],
])("%s", (_name, accounts, expected) => {
  expect(ofPool(...accounts)).toMatchObject({ outlook: "UNKNOWN", exhaustsAt: undefined, ...expected })
})

test("a reset is no negative burn, and what was used since counts from it on", () => {
  const before = falling([0.1, 0.1, 0.1], 0.1).map((one) => ({
    ...one,
    readAt: one.readAt - HOUR,
    resetsAt: NOW - 50 * MINUTE,
  }))
  const resetsAt = NOW - 50 * MINUTE + 5 * HOUR
  const after = [40, 30, 20, 10, 0].map((ago) => point(ago, 1 - (50 - ago) / 100, { resetsAt }))
  const { burn } = ofPool(account([...before, ...after]))
  // A hundredth a minute, before and after.
  expect(burn?.perHour).toBeCloseTo(0.6, 6)
})

test("what the upstream gives back within a window was not used", () => {
  const steady = [60, 50, 40, 30, 20, 10, 0].map((ago) => point(ago, 0.4 + ago / 100))
  const emptied = (ago: number): Point[] => [point(ago + 3, 0), point(ago + 1, 0.4 + ago / 100)]
  const readings = [...steady, ...emptied(31), ...emptied(15)].toSorted((one, other) => one.readAt - other.readAt)
  const [burn, plain] = [ofPool(account(readings)).burn, ofPool(account(steady)).burn]
  expect(plain?.perHour).toBeCloseTo(0.6, 6)
  expect(burn?.perHour).toBeCloseTo(0.6, 1)
})

test("who was not looked at for long burns as in the rest of the time, not nothing", () => {
  const points = falling(Array<number>(12).fill(0.02), 0.5)
  // The reading at its end fell into another window: what went on before nobody knows.
  const gap = points.filter((_, index) => index < 5 || index > 8)
  const shifted = gap.map((one, index) => (index < 5 ? { ...one, resetsAt: NOW + HOUR } : one))
  expect(ofPool(account(shifted)).burn?.perHour).toBeCloseTo(0.12, 6)
})

test("an account that reads full and is used all the same is unknown", () => {
  const full = Array.from({ length: 13 }, (_, index) => point(120 - index * 10, 1, { usedTokens: 20_000 }))
  expect(ofPool(account(full))).toMatchObject({ reason: "NOT_READ", accountsKnown: 0, accountsUnknown: 1 })
  const idle = full.map((one) => ({ ...one, usedTokens: 0 }))
  expect(ofPool(account(idle))).toMatchObject({ reason: "NO_TRAFFIC", accountsKnown: 1, remaining: 1 })
})

test("what is unknown widens the forecast on both sides", () => {
  const known = account(falling(Array<number>(12).fill(1 / 30), 0.4))
  const alone = bounds(ofPool(known))
  const [earliest, likely, latest] = bounds(ofPool(known, account([])))
  expect(earliest).toBe(alone[0])
  expect(likely).toBeGreaterThan(alone[1])
  expect(latest).toBeGreaterThan(alone[2])
})

test("who serves no more has nothing left, and what it was asked for is asked of the others", () => {
  const steps = Array<number>(12).fill(1 / 60)
  const gone = account(falling(steps, 0.7), { isServing: false })
  const forecast = ofPool(account(falling(steps, 0.4)), gone)
  expect(forecast.remaining).toBeCloseTo(0.4, 9)
  expect(forecast.burn?.perHour).toBeCloseTo(0.2, 9)
})

test("accounts are renewed each in its own time", () => {
  const steps = Array<number>(12).fill(1 / 30)
  const first = account(falling(steps, 0.4, { resetsAt: NOW + HOUR }))
  const second = account(falling(steps, 0.4, { resetsAt: NOW + 4.5 * HOUR }))
  // 0.4 an hour, 0.8 left: after an hour 0.2 + 1 are there, for three hours more.
  expect(bounds(ofPool(first, second))[1]).toBeCloseTo(4, 6)
  expect(bounds(ofPool(account(falling(steps, 0.4)), second))[1]).toBeCloseTo(2, 6)
})

test("tokens since the last reading count, at what they have cost before", () => {
  const points = falling(Array<number>(12).fill(0.02), 0.5).map((one) => ({
    ...one,
    readAt: one.readAt - 10 * MINUTE,
    usedTokens: 1_000,
  }))
  expect(ofPool(account(points, { usedTokens: 0 })).remaining).toBeCloseTo(0.5, 9)
  const used = ofPool(account(points, { usedTokens: 5_000 }))
  expect(used.remaining).toBeCloseTo(0.4, 9)
  expect(used.burn?.perHour).toBeGreaterThan(0.12)
  // One that others use too does not make the tokens of all dear.
  const shared = account(points.map((one) => ({ ...one, usedTokens: 10 })))
  expect(ofPool(account(points, { usedTokens: 5_000 }), shared).remaining).toBeCloseTo(0.9, 9)
})

describe("an estimate is made of many falls, and contradicts no reading", () => {
  const elsewhere = (left: number): Point[] => [point(6, 1), point(5, left, { usedTokens: 5_000 })]
  const fresh = (): ForecastAccount => account([point(5, 1)], { usedTokens: 60_000 })

  test("an account that somebody else used up says nothing of the others", () => {
    const forecast = ofPool(account(elsewhere(0)), fresh(), fresh(), fresh())
    expect(forecast).toMatchObject({ remaining: 3, read: 3, estimate: undefined })
    // However many of them there are: no window is used up in a minute.
    const many = Array.from({ length: 30 }, () => account(elsewhere(0)))
    expect(ofPool(...many, fresh())).toMatchObject({ remaining: 1, estimate: undefined })
  })

  test("what few falls cost is not yet known", () => {
    const used = { usedTokens: 1_000 }
    const five = account(falling(Array<number>(5).fill(0.02), 0.5, used))
    expect(ofPool(five, fresh())).toMatchObject({ remaining: expect.closeTo(1.5, 9), estimate: undefined })
    const six = account(falling(Array<number>(6).fill(0.02), 0.5, used))
    const { remaining, read, estimate } = ofPool(six, account([point(5, 1)], { usedTokens: 1_000 }))
    expect([remaining, read]).toEqual([expect.closeTo(1.48, 9), expect.closeTo(1.5, 9)])
    expect(estimate).toEqual({
      used: expect.closeTo(0.02, 9),
      tokens: 1_000,
      tokenCost: expect.closeTo(2e-5, 12),
      falls: 6,
    })
  })

  test("a coarse upstream's falls cost what led to them", () => {
    // It tells fifths alone: four readings in five show nothing.
    const coarse = Array.from({ length: 30 }, (_, index) => [0, 0, 0, 0, 0.2][index % 5] ?? 0)
    const made = Array.from({ length: 3 }, (_, index) =>
      account(falling(coarse.slice(index * 5, index * 5 + 10), 0.5, { usedTokens: 1_000 })),
    )
    expect(ofPool(...made, account([point(10, 1)], { usedTokens: 2_000 })).estimate?.tokenCost).toBeCloseTo(4e-5, 12)
  })

  test("however many tokens were used, a reading is lowered no faster than a window can be used up", () => {
    const known = account(falling(Array<number>(12).fill(0.02), 0.5, { usedTokens: 1_000 }))
    const minutesAgo = fc.integer({ min: 0, max: 120 })
    fc.assert(
      fc.property(minutesAgo, fc.nat(10_000_000), (ago, usedTokens) => {
        const { remaining, read } = ofPool(known, account([point(ago, 1)], { usedTokens }))
        expect(read - remaining).toBeLessThanOrEqual(Math.min(1, ago / 40) + 1e-9)
      }),
    )
    expect(ofPool(known, account([point(1, 1)], { usedTokens: 10_000_000 })).remaining).toBeCloseTo(1.475, 9)
  })
})

const steps = fc.array(
  fc.nat(50).map((share) => share / 1_000),
  { minLength: 12, maxLength: 12 },
)
const pool = fc.array(
  fc.record({
    steps,
    left: fc.nat(400).map((share) => share / 1_000),
    reserve: fc.constantFrom(0, 0.1),
    resetHours: fc.double({ min: 0.1, max: 5, noNaN: true }),
  }),
  { minLength: 1, maxLength: 5 },
)
type Pool = typeof pool extends fc.Arbitrary<infer Drawn> ? Drawn : never

function drawn(accounts: Pool, change: (step: number) => number = (step) => step): QuotaForecast {
  return ofPool(
    ...accounts.map((one) => {
      const more = { resetsAt: NOW + one.resetHours * HOUR }
      return account(falling(one.steps.map(change), one.left, more), { reserve: one.reserve })
    }),
  )
}
/** Rounding of times to less than a millisecond. */
const NEAR = 1e-6

describe("whatever was read", () => {
  test("the bounds hold what is likely, and no number is none", () => {
    const any = fc.array(
      fc.record({
        points: fc.uniqueArray(
          fc.record({
            ago: fc.nat(3_000),
            left: fc.double({ min: 0, max: 1, noNaN: true }),
            reset: fc.option(fc.integer({ min: -3_000, max: 9_000 }), { nil: undefined }),
            usedTokens: fc.option(fc.nat(1e6), { nil: undefined }),
          }),
          { selector: ({ ago }) => ago, maxLength: 20 },
        ),
        usedTokens: fc.option(fc.nat(1e6), { nil: undefined }),
        rests: fc.option(fc.integer({ min: -100, max: 500 }), { nil: undefined }),
        reserve: fc.double({ min: 0, max: 1, noNaN: true }),
        isServing: fc.boolean(),
      }),
      { maxLength: 6 },
    )
    const minutes = (value: number | undefined): number | undefined => value && NOW + value * MINUTE
    fc.assert(
      fc.property(any, fc.constantFrom("5h" as const, "weekly" as const, "nearest" as const), (accounts, window) => {
        const made = accounts.map(({ points, rests, ...more }) => {
          const read = points
            .toSorted((left, right) => right.ago - left.ago)
            .map((one) => point(one.ago, one.left, { resetsAt: minutes(one.reset), usedTokens: one.usedTokens }))
          return account(read, { ...more, restsUntil: minutes(rests) })
        })
        const forecast = forecastQuota("gemini", window, made, NOW)
        for (const number of [forecast.remaining, forecast.usable, ...Object.values(forecast.burn ?? {})]) {
          expect(number >= 0 && Number.isFinite(number)).toBe(true)
        }
        const { perHour = 0, low = 0, high = 0 } = forecast.burn ?? {}
        expect(low <= perHour && perHour <= high).toBe(true)
        const [earliest, likely, latest] = bounds(forecast)
        expect(earliest >= 0 && earliest <= likely + NEAR && likely <= latest + NEAR).toBe(true)
        expect(forecast.reason === undefined).toBe(forecast.outlook !== "UNKNOWN")
      }),
      { numRuns: 500 },
    )
  })

  test("more burn is not later: any of it for what is likely, all of it for the bounds as well", () => {
    fc.assert(
      fc.property(pool, fc.double({ min: 1, max: 3, noNaN: true }), fc.nat(11), (accounts, factor, index) => {
        const before = bounds(drawn(accounts))
        const scaled = bounds(drawn(accounts, (step) => step * factor))
        for (const [place, at] of before.entries()) expect(scaled[place]).toBeLessThanOrEqual(at + NEAR)
        const one = accounts.map((each) => ({
          ...each,
          steps: each.steps.map((step, at) => step + (at === index ? 0.02 : 0)),
        }))
        expect(bounds(drawn(one))[1]).toBeLessThanOrEqual(before[1] + NEAR)
      }),
    )
  })

  test("two pools that are the same last as long as one", () => {
    fc.assert(
      fc.property(pool, (accounts) => {
        const [one, two] = [drawn(accounts), drawn([...accounts, ...accounts])]
        expect(two.burn?.perHour).toBeCloseTo(2 * (one.burn?.perHour ?? 0), 9)
        const twice = bounds(two)
        for (const [place, at] of bounds(one).entries()) {
          if (at === Infinity) expect(twice[place]).toBe(Infinity)
          else expect(twice[place]).toBeCloseTo(at, 6)
        }
      }),
    )
  })
})

/** Numbers in [0, 1) that a seed decides. */
function sequence(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe("the true end lies within the bounds as often as is said", () => {
  const normal = (random: () => number): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  /** What each ten minutes use, with a mean of 1. */
  const NOISES: Record<string, (random: () => number) => () => number> = {
    "even noise": (random) => () => 2 * random(),
    "a few large requests": (random) => () => (random() < 0.3 ? (random() * 20) / 3 : 0),
    "heavy tails": (random) => () => Math.exp(normal(random) - 0.5),
    "times that follow each other": (random) => {
      let level = normal(random)
      return () => {
        level = 0.6 * level + 0.8 * normal(random)
        return Math.exp(0.6 * level - 0.18)
      }
    },
  }
  const RUNS = 1_500

  test.each(Object.keys(NOISES))("%s", (name) => {
    const sides = { early: 0, late: 0 }
    for (let run = 0; run < RUNS; run += 1) {
      const random = sequence(run * 7_919 + 1)
      const next = (NOISES[name] ?? (() => () => 1))(random)
      const scale = 0.01 + 0.01 * random()
      const past = Array.from({ length: 12 }, () => next() * scale)
      // Between a quarter of an hour and three hours.
      const left = scale * (1.5 + 16.5 * random())
      const [earliest, , latest] = bounds(ofPool(account(falling(past, left, { resetsAt: NOW + 100 * HOUR }))))
      let rest = left
      let hours = 0
      while (rest > 0) {
        const step = next() * scale
        hours += Math.min(1, rest / step) / 6
        rest -= step
      }
      if (hours < earliest) sides.early += 1
      if (hours > latest) sides.late += 1
    }
    const within = 1 - (sides.early + sides.late) / RUNS
    expect(within, JSON.stringify(sides)).toBeGreaterThanOrEqual(CONFIDENCE)
  })
})
