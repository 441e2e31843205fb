import Plus from "lucide-solid/icons/plus"
import Trash from "lucide-solid/icons/trash"
import { createMemo, createSignal, Show } from "solid-js"
import type { AdminScope } from "#generated/web/graphql.ts"
import { removeAdminTokenDocument } from "#generated/web/graphql.ts"
import { Badge, type Tone } from "../../components/badge.tsx"
import { Button } from "../../components/button.tsx"
import { type Column, DataTable } from "../../components/data-table.tsx"
import { MutationDialog } from "../../components/mutation-dialog.tsx"
import { Empty } from "../../components/states.tsx"
import { Time } from "../../components/time.tsx"
import { showToast } from "../../components/toast.tsx"
import { createFormat } from "../../i18n/i18n.tsx"
import type { AdminToken } from "./create-administrators.ts"
import { CreateTokenDialog } from "./create-token-dialog.tsx"
import { Action } from "./people.tsx"
import { useWords } from "./words.ts"

const scopeTones: Readonly<Record<AdminScope, Tone>> = { ADMIN: "held", OPERATE: "cool", READ: "quiet" }

/** The tokens of programs: made here, shown once, revoked at once. */
export function Tokens(props: { tokens: readonly AdminToken[]; onChanged: () => void }) {
  const t = useWords()
  const [isCreating, setCreating] = createSignal(false)
  const [removing, setRemoving] = createSignal<AdminToken>()
  const columns = createMemo((): readonly Column<AdminToken>[] => [
    {
      id: "name",
      label: t("token.name"),
      width: "lg:w-[28%]",
      block: "wide",
      cell: (token) => (
        <span class="flex flex-col pr-12 lg:pr-0">
          <span class="font-medium wrap-anywhere" classList={{ "text-faint": token.isExpired }}>
            {token.name}
          </span>
          <code class="font-mono text-xs text-faint wrap-anywhere">{token.prefix}</code>
        </span>
      ),
    },
    {
      id: "scope",
      label: t("token.scope"),
      isNamed: true,
      cell: ({ scope }) => <Badge tone={scopeTones[scope]} label={t(`token.${scope}`)} />,
    },
    {
      id: "owner",
      label: t("token.owner"),
      isNamed: true,
      cell: ({ administrator }) => (
        <span class="wrap-anywhere">{administrator === null ? t("token.nobody") : administrator.name}</span>
      ),
    },
    { id: "expires", label: t("token.expires"), isNamed: true, cell: (token) => <Expiry token={token} /> },
    {
      id: "lastUsed",
      label: t("token.lastUsed"),
      isNamed: true,
      cell: ({ lastUsedAt }) => <Time at={lastUsedAt} otherwise={t("token.expiresNever")} />,
    },
    {
      id: "actions",
      label: t("administrators.actions"),
      isLabelHidden: true,
      width: "lg:w-20",
      end: true,
      block: "corner",
      cell: (token) => (
        <span class="-my-1 flex justify-end">
          <Action label={t("token.removeFor", token.name)} onClick={() => setRemoving(token)}>
            <Trash />
          </Action>
        </span>
      ),
    },
  ])
  const createButton = () => (
    <Button look="primary" onClick={() => setCreating(true)}>
      <Plus />
      {t("token.create")}
    </Button>
  )
  return (
    <div class="flex flex-col gap-4">
      <Show when={props.tokens.length > 0}>
        <div class="flex flex-wrap items-center justify-between gap-3">
          <p class="max-w-[60ch] text-soft">{t("token.summary")}</p>
          {createButton()}
        </div>
      </Show>
      <div class="card overflow-hidden">
        <Show
          when={props.tokens.length > 0}
          fallback={
            <Empty title={t("token.emptyTitle")} hint={t("token.emptyHint")}>
              {createButton()}
            </Empty>
          }
        >
          <DataTable label={t("token.title")} rows={props.tokens} keyOf={({ id }) => id} columns={columns()} />
        </Show>
      </div>
      <CreateTokenDialog open={isCreating()} onClose={() => setCreating(false)} onCreated={props.onChanged} />
      <RemoveTokenDialog token={removing()} onClose={() => setRemoving(undefined)} onRemoved={props.onChanged} />
    </div>
  )
}

function Expiry(props: { token: AdminToken }) {
  const t = useWords()
  const format = createFormat()
  return (
    <Show
      when={props.token.isExpired}
      fallback={<Time at={props.token.expiresAt} otherwise={t("token.expiresNever")} />}
    >
      <Badge tone="bad" label={t("token.expired")} title={format.exact(props.token.expiresAt)} />
    </Show>
  )
}

interface RemoveTokenProps {
  token: AdminToken | undefined
  onClose: () => void
  onRemoved: () => void
}

function RemoveTokenDialog(props: RemoveTokenProps) {
  const t = useWords()
  return (
    <MutationDialog
      about={props.token}
      document={removeAdminTokenDocument}
      variables={({ id }) => ({ id })}
      title={({ name }) => t("token.removeTitle", name)}
      description={() => t("token.removeHint")}
      submit={t("token.removeSubmit")}
      submitting={t("token.removing")}
      onDone={(_, { name }) => {
        showToast({ text: t("token.removed", name) })
        props.onRemoved()
      }}
      onClose={props.onClose}
    />
  )
}
