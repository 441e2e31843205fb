import { useI18n } from "../i18n/i18n.tsx"

/** The first look at something that is not here yet, where it has no shape of its own. */
export function LoadingCard() {
  const { t } = useI18n()
  return (
    <div class="card p-4.5" role="status" aria-label={t("app.loading")}>
      <div class="skeleton h-4 w-40" />
      <div class="skeleton mt-4 h-3.5 w-full" />
      <div class="skeleton mt-2 h-3.5 w-2/3" />
    </div>
  )
}
