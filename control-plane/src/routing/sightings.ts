/** Since when accounts have offered a model, and until when: kept, because a list says only what is there now. */
import type { Prisma } from "#generated/sqlite/client.ts"
import type { Catalogue, CatalogueModel } from "#shared/catalogue.ts"
import type { Logger } from "#shared/log.ts"
import type { Clock } from "../clock.ts"
import type { Database } from "../database/open.ts"
import { createJob, type Job } from "../jobs/job.ts"

export interface SightingsOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Logger
}

/** Woken when what accounts offer may have changed; the rest is for a wake that was lost. */
const EVERY_MS = 10 * 60_000
/** A model that has been gone for longer is forgotten. */
const KEEP_GONE_MS = 180 * 24 * 3_600_000

export interface Sightings {
  readonly job: Job
  prune(): Promise<void>
}

export function createSightings({ database, clock, log }: SightingsOptions): Sightings {
  const { prisma, peers } = database
  /** Ids of the lists that were looked at last; a list never changes under its id. */
  let seen: string | undefined

  async function look(): Promise<void> {
    const offered = { accounts: { some: {} } }
    const ids = await prisma.catalogue.findMany({ where: offered, select: { id: true }, orderBy: { id: "asc" } })
    const lists = ids.map(({ id }) => id).join()
    if (lists === seen) return
    const catalogues = await prisma.catalogue.findMany({ where: offered, orderBy: { id: "asc" } })
    await note(modelsOf(catalogues.map(({ body }) => body as unknown as Catalogue))) // written from one
    seen = lists
  }

  async function note(models: ReadonlyMap<string, CatalogueModel>): Promise<void> {
    const now = new Date(clock.now())
    await prisma.$transaction(async ({ modelSighting }) => {
      const known = new Map((await modelSighting.findMany()).map((row) => [row.model, row]))
      for (const [model, about] of models) {
        const row = known.get(model)
        const body = JSON.parse(JSON.stringify(about)) as Prisma.InputJsonObject // an object, without what is undefined
        if (row === undefined) await modelSighting.create({ data: { model, body, firstSeenAt: now } })
        else if (row.goneAt !== null || JSON.stringify(row.body) !== JSON.stringify(body))
          await modelSighting.update({ where: { model }, data: { body, goneAt: null } })
      }
      const gone = [...known.values()].filter(({ model, goneAt }) => goneAt === null && !models.has(model))
      const where = { model: { in: gone.map(({ model }) => model) } }
      if (gone.length > 0) await modelSighting.updateMany({ where, data: { goneAt: now } })
      if (gone.length > 0) log.info("models.gone", { models: gone.map(({ model }) => model) })
    })
  }

  return {
    job: createJob({
      name: "model-sightings",
      clock,
      log,
      peers,
      everyMs: EVERY_MS,
      run: async () => {
        await look()
        return undefined
      },
    }),
    prune: async () => {
      await prisma.modelSighting.deleteMany({ where: { goneAt: { lt: new Date(clock.now() - KEEP_GONE_MS) } } })
    },
  }
}

/** Of several lists the first that has it. */
function modelsOf(catalogues: readonly Catalogue[]): Map<string, CatalogueModel> {
  const found = new Map<string, CatalogueModel>()
  for (const model of catalogues.flatMap(({ models }) => models)) if (!found.has(model.id)) found.set(model.id, model)
  return found
}
