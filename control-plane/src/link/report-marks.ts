/**
 * Up to where the exchanges of each process of a data plane are taken. A process numbers what it reports and sends its oldest items
 * first, so that what is at the mark or before it was taken, or was given up and told as dropped. A record may be pruned before it is sent
 * again; its mark is still there.
 */
import type { Transaction } from "../database/open.ts"

/** Of a process that reported nothing for so long, nothing is sent again: it has tried every ten seconds since. */
const KEPT_MS = 90 * 86_400_000

/** The number in an item's id; undefined where whoever reports does not number its items. */
export function sequenceOf(boot: string, id: string): number | undefined {
  if (!id.startsWith(`${boot}-`)) return undefined
  const digits = id.slice(boot.length + 1)
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined
}

/** 0: nothing was taken yet. */
export async function readMark(transaction: Transaction, nodeId: string, boot: string): Promise<number> {
  const mark = await transaction.reportMark.findUnique({ where: { nodeId_boot: { nodeId, boot } } })
  return Number(mark?.sequence ?? 0)
}

/** Moves the mark on, from what `readMark` said in the same transaction; never back, whatever another control plane did meanwhile. */
export async function moveMark(
  transaction: Transaction,
  place: { readonly nodeId: string; readonly boot: string },
  from: number,
  to: number,
  now: number,
): Promise<void> {
  if (to <= from) return
  const at = new Date(now)
  const sequence = BigInt(to)
  if (from === 0) {
    await transaction.reportMark.deleteMany({ where: { at: { lt: new Date(now - KEPT_MS) } } })
    await transaction.reportMark.createMany({ data: { ...place, sequence, at } })
    return
  }
  await transaction.reportMark.updateMany({ where: { ...place, sequence: { lt: sequence } }, data: { sequence, at } })
}
