// The page for programs: shows /openapi.json by Swagger UI, in the page's own theme, and lets visitors try it.

const dark = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

/** Swagger UI knows the dark theme by a class of the page. */
function followTheme(): void {
  root.classList.toggle("dark-mode", root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
}

followTheme();
dark.addEventListener("change", followTheme);
new MutationObserver(followTheme).observe(root, { attributeFilter: ["data-theme"] });

const { default: SwaggerUIBundle } = await import("swagger-ui-dist/swagger-ui-bundle.js");
SwaggerUIBundle({
  dom_id: "#swagger",
  url: "/openapi.json",
  validatorUrl: null,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  requestSnippetsEnabled: false,
});

export {};
