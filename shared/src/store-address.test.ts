import { expect, test } from "vitest"
import { parseStoreAddress } from "./store-address.ts"

const plain = {
  host: "valkey",
  port: 6379,
  isTls: false,
  user: undefined,
  password: undefined,
  database: 0,
}

test.each([
  ["redis://valkey", {}],
  ["redis://valkey/", {}],
  ["redis://:@valkey:6379", {}],
  ["redis://valkey:7000/3", { port: 7000, database: 3 }],
  ["rediss://:s%40cret@valkey", { isTls: true, password: "s@cret" }],
  ["redis://planes:a%2Fb%3Ac@valkey", { user: "planes", password: "a/b:c" }],
  ["redis://[::1]:7000", { host: "::1", port: 7000 }],
  ["redis://127.0.0.1", { host: "127.0.0.1" }],
])("%s", (text, more) => {
  expect(parseStoreAddress(text)).toEqual({ ...plain, ...more })
})

test.each([
  "valkey",
  "valkey:6379",
  "http://valkey:6379",
  "unix:///run/valkey.sock",
  "redis:///0",
  "redis://valkey/one",
  "redis://valkey/0/1",
  "redis://valkey/99999",
  "redis://valkey?db=1",
  "redis://valkey#1",
  "redis://planes@valkey",
  "redis://:100%@valkey",
  "redis://valkey:70000",
])("%s is none", (text) => {
  expect(parseStoreAddress(text)).toBeUndefined()
})
