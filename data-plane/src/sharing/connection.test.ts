import type { StoreAddress } from "#shared/store-address.ts"
import { createTestAuthority } from "#shared/testing/certificate.ts"
import { afterEach, expect, test } from "vitest"
import { manualClock } from "../testing/manual-clock.ts"
import { Connection, StoreFailure } from "./connection.ts"
import { startFakeStore, type FakeStore } from "./testing/fake-store.ts"

let store: FakeStore | undefined
afterEach(() => store?.stop())

const authority = createTestAuthority()
const open = (address: StoreAddress, certificateAuthorities?: readonly string[]): Promise<Connection> =>
  Connection.open({ address, certificateAuthorities, clock: manualClock() })

test("over TLS it is past the door with a user, a password and a database", async () => {
  store = await startFakeStore(authority.issue("127.0.0.1"))
  const connection = await open({ ...store.address, user: "planes", database: 3 }, [authority.certificate])
  expect(store.asked).toEqual(["AUTH", "SELECT", "PING"])
  expect(await connection.ask([["PING"]])).toEqual(["PONG"])
  connection.close()
  await expect(connection.ask([["PING"]])).rejects.toThrow(StoreFailure)
})

test.each([
  ["of an unknown authority", authority.issue("127.0.0.1"), undefined],
  ["of another host", authority.issue("elsewhere.example"), [authority.certificate]],
])("a certificate %s is refused before a password is sent", async (_what, certificate, authorities) => {
  store = await startFakeStore(certificate)
  await expect(open(store.address, authorities)).rejects.toThrow(StoreFailure)
  expect(store.asked).toEqual([])
})

test("a database that is not there is no connection", async () => {
  store = await startFakeStore()
  await expect(open({ ...store.address, database: 4 })).rejects.toThrow("it answers ERR")
})
