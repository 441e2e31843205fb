import { describe, expect, test } from "vitest"
import {
  formatBytes,
  formatCompact,
  formatCountdown,
  formatDuration,
  formatExact,
  formatMicroseconds,
  formatNumber,
  formatRelative,
  formatShare,
  unknown,
} from "./format.ts"

describe("numbers", () => {
  test("are grouped by language, and large ones made short", () => {
    expect(formatNumber(1_234_567, "en")).toBe("1,234,567")
    expect(formatCompact(1_234_567, "en")).toBe("1.2M")
    expect(formatCompact(1_234_567, "zh-CN")).toBe("123.5万")
    expect(formatCompact(9_999, "en")).toBe("9,999")
  })

  test("may come as text, as counts of 64 bits do", () => {
    expect(formatNumber("9007199254", "en")).toBe("9,007,199,254")
  })

  test("that are unknown are not nought", () => {
    expect(formatNumber(null, "en")).toBe(unknown)
    expect(formatCompact(undefined, "en")).toBe(unknown)
    expect(formatDuration(null, "en")).toBe(unknown)
    expect(formatBytes(null, "en")).toBe(unknown)
    expect(formatNumber(0, "en")).toBe("0")
  })
})

test.each([
  [0, "0 µs"],
  [412, "412 µs"],
  [1_240, "1.2 ms"],
  [2_000_000, "2 s"],
  [null, unknown],
])("%d microseconds are %s", (us, text) => {
  expect(formatMicroseconds(us, "en")).toBe(text)
})

test.each([
  [0.9251, "92.5%"],
  [0, "0%"],
  [null, unknown],
])("a share of %d is %s", (share, text) => {
  expect(formatShare(share, "en")).toBe(text)
})

test.each([
  [0.42, "0.4 ms"],
  [840, "840 ms"],
  [1_240, "1.24 s"],
  [12_400, "12.4 s"],
  [125_000, "2 m 05 s"],
  [11_220_000, "3 h 07 m"],
])("a duration of %d ms is %s", (ms, text) => {
  expect(formatDuration(ms, "en")).toBe(text)
})

test.each([
  [1_240, "1.24 s"],
  [125_000, "2 分 05 秒"],
  [11_220_000, "3 时 07 分"],
])("a duration of %d ms is %s in Chinese", (ms, text) => {
  expect(formatDuration(ms, "zh-CN")).toBe(text)
})

test.each([
  [512, "512 byte"],
  [1_500, "1.5 kB"],
  ["118489088", "118 MB"],
])("%s bytes are %s", (bytes, text) => {
  expect(formatBytes(bytes, "en")).toBe(text)
})

describe("moments", () => {
  const now = Date.parse("2026-03-01T12:00:00Z")

  test.each([
    ["2026-03-01T11:59:58Z", "now"],
    ["2026-03-01T11:59:48Z", "12 sec. ago"],
    ["2026-03-01T11:12:00Z", "48 min. ago"],
    ["2026-03-01T09:00:00Z", "3 hr. ago"],
    ["2026-02-28T12:00:00Z", "yesterday"],
    ["2026-03-04T12:00:00Z", "in 3 days"],
  ])("%s is %s", (at, text) => {
    expect(formatRelative(at, now, "en")).toBe(text)
  })

  test("are said in Chinese too", () => {
    expect(formatRelative("2026-03-01T11:12:00Z", now, "zh-CN")).toBe("48分钟前")
  })

  test("that are unknown or unreadable are a dash", () => {
    expect(formatRelative(null, now, "en")).toBe(unknown)
    expect(formatRelative("soon", now, "en")).toBe(unknown)
    expect(formatExact("soon", "en")).toBe(unknown)
  })
})

test.each([
  [-5, "0 s"],
  [999, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 m"],
  [3_599_000, "59 m"],
  [7_800_000, "2 h"],
  [86_399_000, "23 h"],
  [97_200_000, "1 d"],
])("%i ms from now is %s", (ms, text) => {
  expect(formatCountdown(ms, "en")).toBe(text)
})

test("a countdown is told in the reader's language", () => {
  const told = [50_000, 2_280_000, 7_800_000, 97_200_000].map((ms) => formatCountdown(ms, "zh-CN"))
  expect(told).toEqual(["50 秒", "38 分", "2 时", "1 天"])
})
