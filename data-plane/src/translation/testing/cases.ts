/** For tests: requests whose differences are known, with what must be told of each; together they meet every reason there is. */
import type { ClientDialectName } from "../../dialects/index.ts"
import type { ChatRequest } from "../../canonical/request.ts"
import { CLAUDE, GEMINI, GPT_OSS, IMAGE, type Surroundings } from "./translate.ts"
import type { ReasonCode } from "../reasons.ts"

type Wire = Readonly<Record<string, unknown>>
type Told = readonly [code: ReasonCode, client: string | undefined, upstream: string | undefined]

export interface Case {
  readonly name: string
  readonly dialect: ClientDialectName
  readonly client: Wire
  readonly surroundings?: Surroundings
  readonly told: readonly Told[]
}

const PNG = "iVBORw0KGgo="
const HELLO = { role: "user", content: "Hello?" }
const contents = (index: number, part: number, field: string) => `/request/contents/${index}/parts/${part}/${field}`
const config = (field: string) => `/request/generationConfig/${field}`
const tool = (name: string, parameters: object = { type: "object", properties: { at: { type: "string" } } }) => ({
  type: "function",
  function: { name, parameters },
})
const use = (id: string, name = "look", input: object = { at: "a" }) => ({ type: "tool_use", id, name, input })
const result = (id: string, content: unknown) => ({ type: "tool_result", tool_use_id: id, content })
const messages = (list: readonly object[], more: Wire = {}): Wire => ({
  model: CLAUDE,
  max_tokens: 4000,
  messages: list,
  tools: [{ name: "look", input_schema: { type: "object", properties: { at: { type: "string" } } } }],
  ...more,
})
const chat = (more: Wire, model = GEMINI): Wire => ({ model, messages: [HELLO], ...more })
const gemini = (more: Wire, model = GEMINI): Wire => ({ model, contents: [{ parts: [{ text: "Hello?" }] }], ...more })
/** In the place of every file that is named. */
const withFiles = (request: ChatRequest): ChatRequest => ({
  ...request,
  turns: request.turns.map((turn) => ({
    ...turn,
    parts: turn.parts.map((part) =>
      part.type === "remote-media" ? { type: "media", mediaType: "image/png", data: PNG } : part,
    ),
  })),
})

export const CASES: readonly Case[] = [
  {
    name: "a chat's wishes for a Claude",
    dialect: "openai-chat",
    client: chat(
      {
        messages: [{ role: "system", content: "Be brief." }, { ...HELLO, name: "Ann" }, HELLO],
        max_tokens: 100_000,
        max_completion_tokens: 99_999,
        temperature: 1.5,
        top_p: 0.5,
        top_k: 0,
        seed: 7,
        stop: ["a", "b", "c", "d", "e", "f"],
        n: 2,
        user: "ann",
        stream: false,
        store: true,
        flavour: "vanilla",
        tools: [tool("a.b", { $schema: "x", type: "object", properties: { at: { type: "string", minLength: 2 } } })],
        response_format: { type: "json_schema", json_schema: { name: "answer", schema: { type: "object" } } },
      },
      CLAUDE,
    ),
    told: [
      ["field-ignored", "/store", undefined],
      ["field-dropped", "/messages/1/name", undefined],
      ["field-unknown", "/flavour", undefined],
      ["field-superseded", "/max_tokens", undefined],
      ["envelope", undefined, ""],
      ["system-moved", "/messages/0/content", "/request/systemInstruction/parts/0/text"],
      ["turns-merged", "/messages/2", "/request/contents/0"],
      ["limit-lowered", "/max_completion_tokens", config("maxOutputTokens")],
      ["value-clamped", "/temperature", config("temperature")],
      ["sampling-both", "/top_p", undefined],
      ["sampling-none", "/top_k", undefined],
      ["seed-not-taken", "/seed", undefined],
      ["stop-excess", "/stop/5", undefined],
      ["kept-choices", "/n", undefined],
      ["kept-session", "/user", undefined],
      ["kept-answer", "/stream", undefined],
      ["thinking-not-asked", undefined, config("thinkingConfig")],
      ["tool-choice-default", undefined, "/request/toolConfig"],
      ["tool-renamed", "/tools/0/function/name", "/request/tools/0/functionDeclarations/0/name"],
      ["schema-changed", "/tools/0/function/parameters/$schema", "/request/tools/0/functionDeclarations/0/parameters"],
      [
        "schema-changed",
        "/tools/0/function/parameters/properties/at/minLength",
        "/request/tools/0/functionDeclarations/0/parameters",
      ],
      ["format-name", "/response_format/json_schema/name", undefined],
      ["format-told", "/response_format/json_schema/schema", "/request/systemInstruction/parts/1/text"],
    ],
  },
  {
    name: "an alias, by a rule's word",
    dialect: "openai-chat",
    client: chat({ model: "gpt-4o", top_k: 5.0, response_format: { type: "text" } }),
    surroundings: { snapshot: { aliases: { "gpt-4o": `${GEMINI}(low)` } } },
    told: [
      ["model-routed", "/model", "/model"],
      ["thinking-by-name", undefined, config("thinkingConfig")],
      ["format-plain", "/response_format/type", undefined],
    ],
  },
  {
    name: "thinking beyond what the model can",
    dialect: "anthropic-messages",
    client: messages([HELLO], {
      model: GEMINI,
      max_tokens: 1000,
      thinking: { type: "enabled", budget_tokens: 64_000 },
      temperature: 1,
    }),
    told: [
      ["thinking-lowered", "/thinking/budget_tokens", config("thinkingConfig")],
      ["limit-raised", "/max_tokens", config("maxOutputTokens")],
      ["thoughts-shown", undefined, config("thinkingConfig/includeThoughts")],
    ],
  },
  {
    name: "thinking below what a Claude takes, and what does not go with it",
    dialect: "openai-chat",
    client: chat({ reasoning: { max_tokens: 10 }, temperature: 0.5, stop: [""] }, CLAUDE),
    told: [
      ["thinking-raised", "/reasoning/max_tokens", config("thinkingConfig")],
      ["sampling-thinking", "/temperature", undefined],
      ["limit-added", undefined, config("maxOutputTokens")],
    ],
  },
  {
    name: "an effort, and none",
    dialect: "openai-responses",
    client: {
      model: GEMINI,
      input: "Hello?",
      reasoning: { effort: "high" },
      text: { format: { type: "json_object" } },
    },
    told: [["thinking-budget", "/reasoning/effort", config("thinkingConfig")]],
  },
  {
    name: "no thoughts",
    dialect: "openai-chat",
    client: chat({ reasoning_effort: "none" }),
    told: [["thinking-off", "/reasoning_effort", config("thinkingConfig")]],
  },
  {
    name: "thinking where a tool must be called",
    dialect: "openai-chat",
    client: chat({ reasoning_effort: "high", tools: [tool("look")], tool_choice: "required" }, CLAUDE),
    told: [
      ["thinking-forced-tool", "/reasoning_effort", config("thinkingConfig")],
      ["tool-choice", "/tool_choice", "/request/toolConfig"],
    ],
  },
  {
    name: "thinking where there is no room",
    dialect: "openai-chat",
    client: chat({ reasoning_effort: "high" }, CLAUDE),
    surroundings: {
      snapshot: { catalogues: { both: { models: [{ id: CLAUDE, maxOutputTokens: 1000 }], deprecatedModelIds: {} } } },
    },
    told: [["thinking-no-room", "/reasoning_effort", config("thinkingConfig")]],
  },
  {
    name: "thinking of a model that cannot",
    dialect: "openai-chat",
    client: chat({ reasoning_effort: "high" }),
    surroundings: {
      snapshot: { catalogues: { both: { models: [{ id: GEMINI, supportsThinking: false }], deprecatedModelIds: {} } } },
    },
    told: [["thinking-unsupported", "/reasoning_effort", undefined]],
  },
  {
    name: "a tool loop whose thought is lost",
    dialect: "anthropic-messages",
    client: messages(
      [HELLO, { role: "assistant", content: [use("toolu_1")] }, { role: "user", content: [result("toolu_1", "seen")] }],
      {
        thinking: { type: "enabled", budget_tokens: 2000 },
      },
    ),
    told: [["thinking-unsigned", "/thinking/budget_tokens", config("thinkingConfig")]],
  },
  {
    name: "choices among tools",
    dialect: "openai-chat",
    client: chat({
      tools: [tool("f"), tool("g"), tool("f"), { type: "code_interpreter", name: "c" }],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "auto", tools: [{ type: "function", function: { name: "f" } }] },
      },
    }),
    told: [
      ["tool-repeated", "/tools/0", undefined],
      ["tool-not-allowed", "/tools/1", undefined],
      ["part-lost", "/tools/3", undefined],
      ["tool-choice-silent", "/tool_choice/type", undefined],
    ],
  },
  {
    name: "a choice of a tool that is not there",
    dialect: "openai-chat",
    client: chat({ tools: [tool("f")], tool_choice: { type: "function", function: { name: "g" } } }),
    told: [["tool-choice-unknown", "/tool_choice/type", undefined]],
  },
  {
    name: "tools that are deferred, and built in",
    dialect: "anthropic-messages",
    client: messages([HELLO], {
      tools: [
        { name: "later", input_schema: { type: "object" }, defer_loading: true },
        { type: "bash_20250124", name: "bash" },
        { type: "computer_20250124", name: "computer", display_width_px: 800, display_height_px: 600 },
      ],
    }),
    told: [
      ["tool-not-declared", "/tools/0", undefined],
      ["tool-made", undefined, "/request/tools/0/functionDeclarations/0/parameters"],
      ["field-written-anew", "/tools/2/display_width_px", undefined],
    ],
  },
  {
    name: "a search",
    dialect: "anthropic-messages",
    client: messages([HELLO], {
      tools: [{ type: "web_search_20250305", name: "web_search", allowed_domains: ["example.org"] }],
    }),
    told: [
      ["model-search", "/model", "/model"],
      ["search", "/tools/0", "/request/tools/0/googleSearch"],
    ],
  },
  {
    name: "a search beside functions",
    dialect: "openai-responses",
    client: {
      model: GEMINI,
      input: "Hello?",
      tools: [
        { type: "web_search", filters: { allowed_domains: ["a.org"] } },
        { type: "function", name: "f" },
      ],
    },
    told: [["search-lost", "/tools/0", undefined]],
  },
  {
    name: "an answer by a schema that the upstream does not take",
    dialect: "gemini",
    client: gemini({
      generationConfig: {
        topK: 5.5,
        responseMimeType: "application/json",
        responseSchema: { type: "OBJECT", properties: { at: { type: "STRING", minLength: 1 } } },
      },
    }),
    told: [
      ["value-whole", "/generationConfig/topK", config("topK")],
      [
        "format-schema-changed",
        "/generationConfig/responseSchema/properties/at/minLength",
        config("responseJsonSchema"),
      ],
    ],
  },
  {
    name: "what only Gemini's models take",
    dialect: "gemini",
    client: gemini(
      { safetySettings: [{ category: "HARM", threshold: "OFF" }], generationConfig: { mediaResolution: "LOW" } },
      CLAUDE,
    ),
    told: [
      ["own-models", "/safetySettings/0/category", undefined],
      ["own-models", "/generationConfig/mediaResolution", undefined],
    ],
  },
  {
    name: "an image",
    dialect: "openai-images",
    client: { model: IMAGE, prompt: "A house.", size: "1792x1024" },
    told: [["image-look", "/size", config("imageConfig")]],
  },
  {
    name: "an image by the model's name, and what its model refuses",
    dialect: "openai-chat",
    client: chat({
      model: `${IMAGE}(16:9)`,
      messages: [{ role: "system", content: "Be brief." }, HELLO],
      tools: [tool("f")],
    }),
    told: [
      ["image-by-name", undefined, config("imageConfig")],
      ["image-model", "/messages/0/content", undefined],
      ["image-model", "/tools/0", undefined],
    ],
  },
  {
    name: "an image's shape of a model that writes",
    dialect: "openai-chat",
    client: chat({ image_config: { aspect_ratio: "16:9" } }),
    told: [["image-look-lost", "/image_config/aspect_ratio", undefined]],
  },
  {
    name: "system text alone, and an attribution line",
    dialect: "anthropic-messages",
    client: messages([{ role: "user", content: [{ type: "text", text: "" }] }], {
      system: [
        { type: "text", text: "x-anthropic-billing-header: cc_version=1;" },
        { type: "text", text: "Sing." },
      ],
    }),
    told: [
      ["attribution-dropped", "/system/0/text", undefined],
      ["system-alone", "/system/1/text", contents(0, 0, "text")],
    ],
  },
  {
    name: "what a Claude does not go on with",
    dialect: "anthropic-messages",
    client: messages([
      { role: "assistant", content: "Hi." },
      {
        role: "user",
        content: [
          { type: "text", text: " " },
          { type: "text", text: "Well?" },
        ],
      },
      { role: "system", content: "Be brief." },
      { role: "assistant", content: "I th" },
    ]),
    told: [
      ["placeholder-turn", undefined, contents(0, 0, "text")],
      ["text-blank", "/messages/1/content/0/text", undefined],
      ["system-reminder", "/messages/2/content", contents(2, 1, "text")],
      ["prefill-moved", "/messages/3/content", contents(2, 2, "text")],
    ],
  },
  {
    name: "calls and results in disorder",
    dialect: "anthropic-messages",
    client: messages([
      HELLO,
      { role: "assistant", content: [use("a:1"), use("b"), { type: "text", text: "So." }] },
      {
        role: "user",
        content: [
          { type: "text", text: "And?" },
          result("gone", "late"),
          result("a:1", [
            { type: "text", text: "1" },
            { type: "text", text: "2" },
            { type: "image", source: { type: "base64", media_type: "image/png", data: PNG } },
          ]),
        ],
      },
    ]),
    told: [
      ["call-id", "/messages/1/content/0/id", contents(1, 1, "functionCall/id")],
      ["parts-reordered", undefined, "/request/contents/1"],
      ["result-joined", "/messages/2/content/2/content/0/text", contents(2, 0, "functionResponse/response")],
      ["result-missing", undefined, "/request/contents/2/parts/1"],
      ["result-media", "/messages/2/content/2/content/2/source/data", contents(2, 2, "inlineData/data")],
      ["result-orphan", "/messages/2/content/1/content", contents(2, 4, "text")],
    ],
  },
  {
    name: "a call without arguments of a tool without any",
    dialect: "openai-chat",
    client: chat({
      tools: [{ type: "function", function: { name: "now" } }],
      messages: [
        HELLO,
        { role: "assistant", tool_calls: [{ id: "c", type: "function", function: { name: "now", arguments: "" } }] },
        { role: "tool", tool_call_id: "c", name: "then", content: "12" },
      ],
    }),
    told: [
      ["argument-placeholder", undefined, contents(1, 0, "functionCall/args/_unused")],
      ["signature-stands-in", undefined, contents(1, 0, "thoughtSignature")],
      ["result-named", "/messages/2/name", contents(2, 0, "functionResponse/name")],
    ],
  },
  {
    name: "a Gemini client's calls for other models",
    dialect: "gemini",
    client: gemini(
      {
        contents: [
          { parts: [{ text: "Hello?" }] },
          {
            role: "model",
            parts: [
              { text: "H", thought: true },
              { text: "m.", thought: true },
              { functionCall: { name: "f", args: {} } },
            ],
          },
          { role: "user", parts: [{ functionResponse: { name: "f", response: { output: "x" } } }] },
        ],
        tools: [
          {
            functionDeclarations: [
              { name: "f", parameters: { type: "OBJECT", properties: { a: { type: "STRING" } } } },
            ],
          },
        ],
      },
      CLAUDE,
    ),
    told: [
      ["call-id-added", undefined, contents(1, 0, "functionCall/id")],
      ["thought-left-out", "/contents/1/parts/0/text", undefined],
    ],
  },
  {
    name: "a thought in pieces for its own wire, and a foreign signature",
    dialect: "gemini",
    client: gemini({
      contents: [
        { parts: [{ text: "Hello?" }] },
        {
          role: "model",
          parts: [
            { text: "H", thought: true },
            { text: "m.", thought: true },
            { text: "Hi.", thoughtSignature: "foreign-signature" },
          ],
        },
        { parts: [{ text: "And?" }] },
      ],
    }),
    told: [
      ["thought-joined", "/contents/1/parts/0/text", contents(1, 0, "text")],
      ["signature-left-out", "/contents/1/parts/2/thoughtSignature", undefined],
    ],
  },
  {
    name: "files",
    dialect: "anthropic-messages",
    client: messages(
      [
        {
          role: "user",
          content: [
            { type: "image", source: { type: "url", url: "https://example.org/a.png" } },
            { type: "image", source: { type: "base64", media_type: "image/jpeg", data: "iVBORw0KGgo" } },
            { type: "document", title: "Notes", source: { type: "text", media_type: "text/plain", data: "One." } },
          ],
        },
      ],
      { model: GEMINI },
    ),
    surroundings: { fetched: withFiles },
    told: [
      ["media-fetched", "/messages/0/content/0/source/url", "/request/contents/0/parts/0"],
      ["media-data", "/messages/0/content/1/source/data", contents(0, 1, "inlineData/data")],
      ["media-type", "/messages/0/content/1/source/media_type", contents(0, 1, "inlineData/mimeType")],
      ["text-made", "/messages/0/content/2/title", contents(0, 2, "text")],
    ],
  },
  {
    name: "a film at its address, and a picture of the model's for one that does not draw",
    dialect: "gemini",
    client: gemini({
      contents: [
        { parts: [{ fileData: { fileUri: "https://www.youtube.com/watch?v=abcdefghijk" } }, { text: "What?" }] },
      ],
    }),
    told: [["media-address", "/contents/0/parts/0/fileData/fileUri", contents(0, 0, "fileData")]],
  },
  {
    name: "a picture of the model's, for one that does not draw",
    dialect: "openai-chat",
    client: chat(
      {
        messages: [
          HELLO,
          { role: "assistant", images: [{ type: "image_url", image_url: { url: `data:image/png;base64,${PNG}` } }] },
          HELLO,
        ],
      },
      GPT_OSS,
    ),
    told: [["media-lost", "/messages/1/images/0/image_url/url", undefined]],
  },
  {
    name: "a summary that is wanted, and one that nobody can open",
    dialect: "openai-responses",
    client: {
      model: GEMINI,
      input: [
        { type: "compaction", encrypted_content: "gw1.nobody-can-open-this" },
        HELLO,
        { type: "compaction_trigger" },
      ],
    },
    told: [
      ["summary-lost", "/input/0/encrypted_content", undefined],
      ["gateway-text", undefined, contents(0, 1, "text")],
    ],
  },
  {
    name: "a group of tools, and a summary of what was said with them",
    dialect: "openai-responses",
    client: {
      model: GEMINI,
      input: [
        HELLO,
        { type: "function_call", call_id: "a", namespace: "group", name: "f", arguments: "{}" },
        { type: "function_call_output", call_id: "a", output: "x" },
        { type: "compaction_trigger" },
      ],
      tools: [
        {
          type: "namespace",
          name: "group",
          tools: [
            { type: "function", name: "f", parameters: { type: "object", properties: { a: { type: "string" } } } },
          ],
        },
      ],
    },
    told: [
      ["tool-grouped", "/tools/0/tools/0/name", "/request/tools/0/functionDeclarations/0/name"],
      ["tool-grouped", "/input/1/name", contents(1, 0, "functionCall/name")],
      ["tool-choice-summary", undefined, "/request/toolConfig"],
    ],
  },
  {
    name: "a call of the user's",
    dialect: "anthropic-messages",
    client: messages([{ role: "user", content: [{ type: "text", text: "Hello?" }, use("toolu_1")] }]),
    told: [["part-misplaced", "/messages/0/content/1/name", undefined]],
  },
]
