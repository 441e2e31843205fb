import KeyRound from "lucide-solid/icons/key-round"
import Pencil from "lucide-solid/icons/pencil"
import Plus from "lucide-solid/icons/plus"
import Trash from "lucide-solid/icons/trash"
import { createMemo, createSignal, type JSX, Show } from "solid-js"
import type { AdministratorRole } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { type Column, DataTable } from "../../components/data-table.tsx"
import { Time } from "../../components/time.tsx"
import { offerActions } from "../../lib/page-actions.ts"
import type { Administrator } from "./create-administrators.ts"
import { CreatePersonDialog, EditPersonDialog, RemovePersonDialog, ResetPasswordDialog } from "./person-dialogs.tsx"
import { useWords } from "./words.ts"

const roleTones: Readonly<Record<AdministratorRole, Tone>> = { OWNER: "held", OPERATOR: "cool", VIEWER: "quiet" }

/** Who may sign in, with what may be done to each. */
export function People(props: { people: readonly Administrator[]; onChanged: () => void }) {
  const t = useWords()
  const [isCreating, setCreating] = createSignal(false)
  const [editing, setEditing] = createSignal<Administrator>()
  const [resetting, setResetting] = createSignal<Administrator>()
  const [removing, setRemoving] = createSignal<Administrator>()
  offerActions(() => [{ label: t("administrators.create"), run: () => setCreating(true) }])
  const columns = createMemo((): readonly Column<Administrator>[] => [
    {
      id: "name",
      label: t("person.name"),
      width: "lg:w-[30%]",
      block: "wide",
      cell: (person) => <Name person={person} />,
    },
    {
      id: "role",
      label: t("administrators.role"),
      isNamed: true,
      cell: ({ role }) => <Badge tone={roleTones[role]} label={t(`administrators.${role}`)} />,
    },
    {
      id: "lastSignIn",
      label: t("administrators.lastSignIn"),
      isNamed: true,
      cell: ({ lastSignInAt }) => <Time at={lastSignInAt} otherwise={t("administrators.never")} />,
    },
    {
      id: "password",
      label: t("administrators.passwordSet"),
      isNamed: true,
      cell: ({ passwordSetAt }) => <Time at={passwordSetAt} otherwise={t("administrators.unknown")} />,
    },
    {
      id: "actions",
      label: t("administrators.actions"),
      isLabelHidden: true,
      width: "lg:w-36",
      end: true,
      block: "corner",
      cell: (person) => (
        <span class="-my-1 flex justify-end">
          <Action label={t("administrators.edit", person.name)} onClick={() => setEditing(person)}>
            <Pencil />
          </Action>
          <Action label={t("administrators.resetFor", person.name)} onClick={() => setResetting(person)}>
            <KeyRound />
          </Action>
          <Action label={t("administrators.removeFor", person.name)} onClick={() => setRemoving(person)}>
            <Trash />
          </Action>
        </span>
      ),
    },
  ])
  return (
    <div class="flex flex-col gap-4">
      <div class="flex justify-end">
        <Button look="primary" onClick={() => setCreating(true)}>
          <Plus />
          {t("administrators.create")}
        </Button>
      </div>
      <div class="card overflow-hidden">
        <DataTable label={t("administrators.people")} rows={props.people} keyOf={({ id }) => id} columns={columns()} />
      </div>
      <CreatePersonDialog open={isCreating()} onClose={() => setCreating(false)} onDone={props.onChanged} />
      <EditPersonDialog person={editing()} onClose={() => setEditing(undefined)} onDone={props.onChanged} />
      <ResetPasswordDialog person={resetting()} onClose={() => setResetting(undefined)} onDone={props.onChanged} />
      <RemovePersonDialog person={removing()} onClose={() => setRemoving(undefined)} onDone={props.onChanged} />
    </div>
  )
}

function Name(props: { person: Administrator }) {
  const t = useWords()
  return (
    <span class="flex flex-wrap items-center gap-2 pr-28 lg:pr-0">
      <span class="font-medium wrap-anywhere" classList={{ "text-faint": !props.person.enabled }}>
        {props.person.name}
      </span>
      <Show when={props.person.isYou}>
        <Badge tone="good" label={t("administrators.you")} />
      </Show>
      <Show when={!props.person.enabled}>
        <Badge tone="bad" label={t("administrators.disabled")} />
      </Show>
    </span>
  )
}

export function Action(props: { label: string; onClick: () => void; children: JSX.Element }) {
  return (
    <Button look="plain" icon onClick={() => props.onClick()} aria-label={props.label} title={props.label}>
      {props.children}
    </Button>
  )
}
