// Runs before the first paint, so that a chosen theme and language do not flash; everything else is in the module.
{
  const theme = localStorage.getItem("lagrange.theme")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
  const language = localStorage.getItem("lagrange.language")
  if (language === "zh") document.documentElement.lang = "zh-CN"
}
