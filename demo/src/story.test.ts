import { expect, test } from "vitest"
import { createRandom } from "./random.ts"
import { scenes, type Stage } from "./story.ts"

const CAST = { accounts: ["a@example.test", "b@example.test", "c@example.test"], models: ["model-a", "model-b"] }

/** Plays a round, and gives what was done in it. */
async function play(seed: string, round = 0): Promise<[string, object][]> {
  const done: [string, object][] = []
  const stage: Stage = {
    simulator: (path, body) => {
      done.push([path, body])
      return Promise.resolve({ id: `fault-${done.length}` })
    },
    readQuota: (email) => {
      done.push(["readQuota", { email }])
      return Promise.resolve()
    },
  }
  for (const scene of scenes(createRandom(seed), CAST, round)) await scene.play(stage)
  return done
}

test("one seed gives one story, another seed another", async () => {
  expect(await play("one")).toEqual(await play("one"))
  const stories = await Promise.all(["one", "two", "three", "four"].map((seed) => play(seed)))
  expect(new Set(stories.map((story) => JSON.stringify(story))).size).toBeGreaterThan(1)
})

test("each trouble is taken back, and the same account that ran out gets its quota again", async () => {
  const done = await play("any")
  const begun = done.flatMap(([path], place) => (path === "faults" ? [`fault-${place + 1}`] : []))
  expect(begun).toHaveLength(2)
  expect(done.filter(([path]) => path === "faults/clear").map(([, body]) => body)).toEqual(begun.map((id) => ({ id })))
  const quota = done.filter(([path]) => path === "quota").map(([, body]) => body)
  expect(quota).toMatchObject([{ remainingFraction: 0 }, { remainingFraction: 1 }])
  const [first, second] = quota as [{ email: string }, { email: string }] // of the two above
  expect(second.email).toBe(first.email)
})

test("an account that needs its owner stays so: it is there once, and one alone never pauses the pool", async () => {
  expect((await play("any")).filter(([path]) => path === "accounts/state")).toHaveLength(1)
  expect((await play("any", 1)).filter(([path]) => path === "accounts/state")).toEqual([])
})
