/** Tools that this wire declares by a type alone and the client runs itself: upstream they are functions with these schemas. */
import type { Tool } from "../../canonical/request.ts"
import { isObject, type WireObject } from "../read-wire.ts"

const text = (description: string) => ({ type: "string", description })
const whole = (description: string) => ({ type: "integer", description })
const texts = (description: string) => ({ type: "array", items: { type: "string" }, description })
const object = (required: readonly string[], properties: Readonly<Record<string, unknown>>) => ({
  type: "object",
  properties,
  required,
})

const TYPED: Readonly<Record<string, Tool>> = {
  local_shell: {
    name: "local_shell",
    description: "Runs a program on the user's machine and gives back what it printed.",
    parameters: object(["command"], {
      command: texts("The program and its arguments, one an element."),
      timeout_ms: whole("Milliseconds after which it is ended."),
      working_directory: text("Where it runs."),
    }),
  },
  shell: {
    name: "shell",
    description: "Runs commands in a shell on the user's machine and gives back what they printed.",
    parameters: object(["commands"], {
      commands: texts("Command lines, run one after another."),
      timeout_ms: whole("Milliseconds after which they are ended."),
      max_output_length: whole("How many characters of output are wanted at most."),
    }),
  },
  apply_patch: {
    name: "apply_patch",
    description: "Creates, changes or deletes one file on the user's machine by a patch.",
    parameters: object(["operation"], {
      operation: {
        ...object(["type", "path"], {
          type: { type: "string", enum: ["create_file", "update_file", "delete_file"], description: "What to do." },
          path: text("The file's path."),
          diff: text(
            "Lines of the new file, each after `+`; for a change hunks of lines after ` `, `-` or `+`, with `@@` before each hunk. None for a deletion.",
          ),
        }),
        description: "The change.",
      },
    }),
  },
}

/** Undefined for any other type. */
export function typedTool(type: string): Tool | undefined {
  return Object.hasOwn(TYPED, type) ? TYPED[type] : undefined
}

/** A tool with which the model looks for tools; the client answers with the ones found. */
export function searchTool({ description, parameters }: WireObject): Tool {
  return {
    name: "tool_search",
    description: typeof description === "string" && description !== "" ? description : "Finds tools by what they do.",
    parameters: isObject(parameters) ? parameters : object(["query"], { query: text("What the tool is to do.") }),
  }
}
