// The part of Swagger UI that is used here; the package brings no types.
declare module "swagger-ui-dist/swagger-ui-bundle.js" {
  const SwaggerUIBundle: (options: {
    readonly dom_id: string;
    readonly url: string;
    readonly validatorUrl: string | null;
    readonly deepLinking: boolean;
    readonly docExpansion: "list" | "full" | "none";
    readonly defaultModelsExpandDepth: number;
    readonly tryItOutEnabled: boolean;
    readonly requestSnippetsEnabled: boolean;
  }) => unknown;
  export default SwaggerUIBundle;
}
