/**
 * What to type into each client. The guide (docs/guides/clients.md) says the same at more length; a test holds each text here against it.
 * Pure.
 */

export interface Wanted {
  /** Of the gateway, without a slash at its end. */
  readonly url: string
  /** The secret, or `$LAGRANGE_KEY` where it is not known any more. */
  readonly key: string
  readonly gemini: string
  readonly claude: string
}

/** A text for a file or a shell. */
export interface Snippet {
  /** Where it goes: the name of a file, or what shell. */
  readonly place: string
  readonly text: string
}

/** A field of a form of the client; `name` as the client calls it. */
export interface Entry {
  readonly name: string
  readonly value: string
}

/** How far it was tried, as the guide says. */
export type Proof = "verified" | "byHand" | "unverified"

export const clientGroups = ["agent", "chat", "sdk"] as const

export interface Client {
  readonly id: string
  readonly name: string
  readonly group: (typeof clientGroups)[number]
  /** Its heading in the guide. */
  readonly guide: string
  readonly proof: Proof
  /** Where it reads the key from `LAGRANGE_KEY`. */
  readonly readsKey?: true
  readonly snippets: (wanted: Wanted) => readonly Snippet[]
  readonly entries?: (wanted: Wanted) => readonly Entry[]
}

const shell = "shell"

export const clients: readonly Client[] = [
  {
    id: "claude-code",
    name: "Claude Code",
    group: "agent",
    guide: "Claude Code",
    proof: "verified",
    snippets: ({ url, key, claude }) => [
      {
        place: shell,
        text: `export ANTHROPIC_BASE_URL=${url}
export ANTHROPIC_AUTH_TOKEN=${key}
export ANTHROPIC_MODEL=${claude}
claude`,
      },
    ],
  },
  {
    id: "codex",
    name: "Codex CLI",
    group: "agent",
    guide: "Codex CLI",
    proof: "verified",
    readsKey: true,
    snippets: ({ url, gemini }) => [
      {
        place: "~/.codex/config.toml",
        text: `model = "${gemini}"
model_provider = "lagrange"

[model_providers.lagrange]
name = "lagrange"
base_url = "${url}/v1"
env_key = "LAGRANGE_KEY"
wire_api = "responses"`,
      },
    ],
  },
  {
    id: "gemini-cli",
    name: "gemini-cli",
    group: "agent",
    guide: "gemini-cli",
    proof: "verified",
    snippets: ({ url, key, gemini }) => [
      { place: "~/.gemini/settings.json", text: `{"security":{"auth":{"selectedType":"gemini-api-key"}}}` },
      {
        place: shell,
        text: `export GOOGLE_GEMINI_BASE_URL=${url}
export GEMINI_API_KEY=${key}
gemini -m ${gemini}`,
      },
    ],
  },
  {
    id: "opencode",
    name: "opencode",
    group: "agent",
    guide: "opencode",
    proof: "byHand",
    readsKey: true,
    snippets: ({ url, gemini, claude }) => [
      {
        place: "~/.config/opencode/opencode.json",
        text: `{
  "provider": {
    "google": {
      "options": { "baseURL": "${url}/v1beta", "apiKey": "{env:LAGRANGE_KEY}" },
      "models": { "${gemini}": { "tool_call": true, "limit": { "context": 1048576, "output": 65536 } } }
    },
    "anthropic": {
      "options": { "baseURL": "${url}/v1", "apiKey": "{env:LAGRANGE_KEY}" },
      "models": { "${claude}": { "tool_call": true, "limit": { "context": 200000, "output": 64000 } } }
    },
    "lagrange": {
      "npm": "@ai-sdk/openai-compatible",
      "options": { "baseURL": "${url}/v1", "apiKey": "{env:LAGRANGE_KEY}" },
      "models": { "${gemini}": { "tool_call": true } }
    }
  },
  "model": "google/${gemini}"
}`,
      },
    ],
  },
  {
    id: "cline",
    name: "Cline",
    group: "agent",
    guide: "Cline, Roo, Kilo, Continue",
    proof: "unverified",
    snippets: () => [],
    entries: ({ url, key, gemini }) => [
      { name: "API Provider", value: "OpenAI Compatible" },
      { name: "Base URL", value: `${url}/v1` },
      { name: "API Key", value: key },
      { name: "Model ID", value: gemini },
    ],
  },
  {
    id: "cursor",
    name: "Cursor",
    group: "agent",
    guide: "Cursor",
    proof: "unverified",
    snippets: () => [],
    entries: ({ url, key, gemini }) => [
      { name: "Override OpenAI Base URL", value: `${url}/v1` },
      { name: "OpenAI API key", value: key },
      { name: "Model", value: gemini },
    ],
  },
  {
    id: "cherry-studio",
    name: "Cherry Studio",
    group: "chat",
    guide: "Cherry Studio",
    proof: "unverified",
    snippets: () => [],
    entries: ({ url, key, gemini }) => [
      { name: "Type", value: "OpenAI" },
      { name: "API Host", value: url },
      { name: "API Key", value: key },
      { name: "Model", value: gemini },
    ],
  },
  {
    id: "open-webui",
    name: "Open WebUI",
    group: "chat",
    guide: "Open WebUI",
    proof: "unverified",
    snippets: ({ url, key }) => [
      {
        place: shell,
        text: `export OPENAI_API_BASE_URLS=${url}/v1
export OPENAI_API_KEYS=${key}`,
      },
    ],
  },
  {
    id: "openai",
    name: "OpenAI SDK",
    group: "sdk",
    guide: "OpenAI",
    proof: "verified",
    snippets: ({ url, key, gemini }) => [
      {
        place: shell,
        text: `export OPENAI_BASE_URL=${url}/v1
export OPENAI_API_KEY=${key}`,
      },
      {
        place: "TypeScript",
        text: `import OpenAI from "openai"

const answer = await new OpenAI().chat.completions.create({
  model: "${gemini}",
  messages: [{ role: "user", content: "Say hello." }],
})
console.log(answer.choices[0]?.message.content)`,
      },
      {
        place: "Python",
        text: `from openai import OpenAI

answer = OpenAI().chat.completions.create(
    model="${gemini}",
    messages=[{"role": "user", "content": "Say hello."}],
)
print(answer.choices[0].message.content)`,
      },
    ],
  },
  {
    id: "anthropic",
    name: "Anthropic SDK",
    group: "sdk",
    guide: "Anthropic",
    proof: "verified",
    snippets: ({ url, key, claude }) => [
      {
        place: shell,
        text: `export ANTHROPIC_BASE_URL=${url}
export ANTHROPIC_API_KEY=${key}`,
      },
      {
        place: "TypeScript",
        text: `import Anthropic from "@anthropic-ai/sdk"

const answer = await new Anthropic().messages.create({
  model: "${claude}",
  max_tokens: 1000,
  messages: [{ role: "user", content: "Say hello." }],
})
console.log(answer.content)`,
      },
      {
        place: "Python",
        text: `from anthropic import Anthropic

answer = Anthropic().messages.create(
    model="${claude}",
    max_tokens=1000,
    messages=[{"role": "user", "content": "Say hello."}],
)
print(answer.content)`,
      },
    ],
  },
  {
    id: "google",
    name: "Google Gen AI SDK",
    group: "sdk",
    guide: "Google",
    proof: "verified",
    snippets: ({ url, key, gemini }) => [
      {
        place: shell,
        text: `export GOOGLE_GEMINI_BASE_URL=${url}
export GEMINI_API_KEY=${key}`,
      },
      {
        place: "TypeScript",
        text: `import { GoogleGenAI } from "@google/genai"

const client = new GoogleGenAI({ apiKey: process.env.GEMINI_API_KEY, httpOptions: { baseUrl: "${url}" } })
const answer = await client.models.generateContent({ model: "${gemini}", contents: "Say hello." })
console.log(answer.text)`,
      },
      {
        place: "Python",
        text: `import os
from google import genai

client = genai.Client(api_key=os.environ["GEMINI_API_KEY"], http_options={"base_url": "${url}"})
print(client.models.generate_content(model="${gemini}", contents="Say hello.").text)`,
      },
    ],
  },
]

/** What stands in a text where the secret is not known. */
export const UNKNOWN_KEY = "$LAGRANGE_KEY"
