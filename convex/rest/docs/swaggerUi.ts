/** The page that shows the API's description, with Swagger UI from our own files: nothing of it is loaded from elsewhere. */
import { fromBase64 } from "../../lib/crypto";

/** What the page may do: its own scripts and styles, and requests to its own deployment. Swagger UI styles elements itself. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Agentik API</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/** What is typed into the page stays in it: keys are forgotten with the tab. */
const START = `SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});
`;

/** The page's files, by their names. */
export const FILES = {
  "start.js": () => Promise.resolve(fileOf(START, "text/javascript; charset=utf-8")),
  "swagger-ui-bundle.js": async () =>
    unpacked((await import("./data/script")).packed, "text/javascript; charset=utf-8"),
  "swagger-ui.css": async () =>
    unpacked((await import("./data/style")).packed, "text/css; charset=utf-8"),
};

export function page(): Promise<Response> {
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  };
  return Promise.resolve(new Response(PAGE, { headers }));
}

/** Every browser takes gzip, and Convex's default runtime has nothing to unpack it with. */
function unpacked(packed: string, type: string): Response {
  const response = fileOf(fromBase64(packed) ?? new Uint8Array(), type);
  response.headers.set("content-encoding", "gzip");
  return response;
}

function fileOf(body: string | Uint8Array<ArrayBuffer>, type: string): Response {
  return new Response(body, {
    headers: { "content-type": type, "cache-control": "public, max-age=86400" },
  });
}
