// Runs before the first paint, so that a remembered theme does not flash in later. Imports nothing: it is a plain script.
{
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}
