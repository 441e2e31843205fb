/** Anthropic's built-in tools that the client runs: declared by a type alone, their schemas are public. */
import type { Tool } from "../../canonical/request.ts"
import type { WireObject } from "../read-wire.ts"

const text = (description: string) => ({ type: "string", description })
const whole = (description: string) => ({ type: "integer", description })
const pair = (description: string) => ({ type: "array", items: { type: "integer" }, description })
const oneOf = (values: readonly string[], description: string) => ({ type: "string", enum: values, description })
const object = (required: readonly string[], properties: Readonly<Record<string, unknown>>) => ({
  type: "object",
  properties,
  required,
})

const BASH = object([], {
  command: text("The command to run. Required unless the tool is being restarted."),
  restart: { type: "boolean", description: "True restarts the tool." },
})

const TEXT_EDITOR = object(["command", "path"], {
  command: oneOf(["view", "create", "str_replace", "insert"], "What to do."),
  path: text("Absolute path to a file or directory."),
  file_text: text("For `create`: the content of the file."),
  old_str: text("For `str_replace`: the text to replace, which must occur exactly once."),
  new_str: text("For `str_replace`: the new text."),
  insert_line: whole("For `insert`: the line after which the text is inserted; 0 is the beginning."),
  insert_text: text("For `insert`: the text to insert."),
  view_range: pair("For `view`: first and last line, from 1; -1 as the last is the end."),
})

const MEMORY = object(["command"], {
  command: oneOf(["view", "create", "str_replace", "insert", "delete", "rename"], "What to do."),
  path: text("Path below /memories; for all commands but `rename`."),
  view_range: pair("For `view`: first and last line, from 1."),
  file_text: text("For `create`: the content of the file."),
  old_str: text("For `str_replace`: the text to replace."),
  new_str: text("For `str_replace`: the new text."),
  insert_line: whole("For `insert`: the line after which the text is inserted."),
  insert_text: text("For `insert`: the text to insert."),
  old_path: text("For `rename`: the present path."),
  new_path: text("For `rename`: the new path."),
})

const COMPUTER_ACTIONS =
  "key type mouse_move left_click left_click_drag right_click middle_click double_click triple_click left_mouse_down " +
  "left_mouse_up scroll hold_key wait screenshot cursor_position zoom"

const COMPUTER = object(["action"], {
  action: oneOf(COMPUTER_ACTIONS.split(" "), "What to do."),
  coordinate: pair("x and y in pixels from the upper left corner."),
  start_coordinate: pair("For `left_click_drag`: where it begins."),
  text: text("For `type`, `key` and `hold_key`: the text or the keys; for clicks and scrolling: keys held meanwhile."),
  scroll_direction: oneOf(["up", "down", "left", "right"], "For `scroll`."),
  scroll_amount: whole("For `scroll`: how many clicks of the wheel."),
  duration: { type: "number", description: "For `wait` and `hold_key`: seconds." },
  region: pair("For `zoom`: left, top, right and bottom in pixels."),
})

interface Kind {
  readonly prefix: string
  readonly description: string
  readonly parameters: object
}

const KINDS: readonly Kind[] = [
  { prefix: "bash_", description: "Runs a command in a shell that stays open between calls.", parameters: BASH },
  { prefix: "text_editor_", description: "Views, creates and edits files.", parameters: TEXT_EDITOR },
  { prefix: "memory_", description: "Reads and writes files that outlast the conversation.", parameters: MEMORY },
  { prefix: "computer_", description: "Uses a computer by mouse, keyboard and screenshots.", parameters: COMPUTER },
]

/** Undefined when this type is none of them. */
export function clientTool(type: string, name: string, wire: WireObject): Tool | undefined {
  const kind = KINDS.find(({ prefix }) => type.startsWith(prefix) && /\d{8}$/.test(type))
  if (kind === undefined || type.startsWith("computer_toolset")) return undefined
  return { name, description: kind.description + screen(wire), parameters: kind.parameters }
}

function screen(wire: WireObject): string {
  const { display_width_px: width, display_height_px: height } = wire
  return typeof width === "number" && typeof height === "number" ? ` The screen has ${width} by ${height} pixels.` : ""
}
