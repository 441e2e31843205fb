import { apiKeyId, exchangeId } from "#shared/ids.ts"
import { expect, test } from "vitest"
import type { ExchangeServices } from "../server/exchange.ts"
import { Replays } from "./replays.ts"

test("without room to capture it a replay is refused at once, with the reason", () => {
  const services = { captures: { hasRoom: () => false } } as unknown as ExchangeServices // nothing else is looked at before
  const dispatcher = { replay: () => expect.unreachable() }
  const replays = new Replays({ dispatcher, services, certificateAuthorities: undefined })
  const begin = (): void =>
    replays.begin({
      type: "replay-exchange",
      replayId: "rpl_1",
      of: exchangeId("req_1"),
      apiKeyId: apiKeyId("key_1"),
      target: "pool",
      request: { path: "v1/chat/completions", query: "", headers: {}, body: { text: "{}", encoding: "utf8" } },
    })
  expect(begin).toThrow("There is no room here to capture it; try again when what waits has been sent.")
})
