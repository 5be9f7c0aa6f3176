/** Where http_get may go, and what it takes from there. One mistake each. */
import type { Mutant } from "./mutants";

const TESTS = { tests: ["tests/src/core/allowedHosts.test.ts", "tests/src/tools/httpGet.test.ts"] };
const HOSTS = { file: "src/core/allowedHosts.ts", ...TESTS };
const OUTBOUND = { file: "src/tools/outbound.ts", ...TESTS };
const BODY = { file: "src/tools/bodyText.ts", ...TESTS };
const SETTINGS = { file: "convex/model/agents/tools.ts", tests: ["tests/convex/httpGet.test.ts"] };

export const HTTP_GET: readonly Mutant[] = [
  {
    name: "http_get: any scheme will do",
    ...HOSTS,
    find: 'if (url.protocol !== "https:")',
    replace: 'if (url.protocol === "file:")',
  },
  {
    name: "http_get: a user may stand in the address",
    ...HOSTS,
    find: 'url.username !== "" || url.password !== ""',
    replace: 'url.password !== ""',
  },
  {
    name: "http_get: any port will do",
    ...HOSTS,
    find: 'if (url.port !== "")',
    replace: 'if (url.port === "22")',
  },
  {
    name: "http_get: a list may name internal hosts",
    ...HOSTS,
    find: "if (!isPublicHostName(url.hostname))",
    replace: 'if (url.hostname === "")',
  },
  {
    name: "http_get: a pattern covers whatever ends like it",
    ...HOSTS,
    find: 'hostname.endsWith(pattern.slice("*".length))',
    replace: 'hostname.endsWith(pattern.slice("*.".length))',
  },
  {
    name: "http_get: a name covers whatever ends like it",
    ...HOSTS,
    find: ": hostname === pattern",
    replace: ": hostname.endsWith(pattern)",
  },
  {
    name: "http_get: cloud metadata counts as public",
    file: "src/core/addresses.ts",
    ...TESTS,
    find: "|^metadata\\.goog$",
    replace: "",
  },
  {
    name: "http_get: fetch follows redirects by itself",
    ...OUTBOUND,
    find: 'method: "GET",\n      redirect: "manual"',
    replace: 'method: "GET",\n      redirect: "follow"',
  },
  {
    name: "http_get: only the first address is checked",
    ...OUTBOUND,
    find: "const url = requireAllowed(next, {",
    replace: "const url = redirects > 0 ? new URL(next) : requireAllowed(next, {",
  },
  {
    name: "http_get: redirects are followed without an end",
    ...OUTBOUND,
    find: "if (redirects === REDIRECTS_MAX)",
    replace: "if (redirects === REDIRECTS_MAX + 9)",
  },
  {
    name: "http_get: why a host cannot be reached is told",
    ...OUTBOUND,
    find: "} catch {\n    // Why not",
    replace:
      "} catch (error) {\n    if (error instanceof Error) throw new ToolFailure(String(error.cause));\n    // Why not",
  },
  {
    name: "http_get: bodies are read to their end",
    ...BODY,
    find: "if (taken.length < value.length) {",
    replace: "if (taken.length < 0) {",
  },
  {
    name: "http_get: pictures are read as text",
    ...BODY,
    find: "if (!isTextual(type)) {",
    replace: 'if (type === "") {',
  },
  {
    name: "http_get: scripts are read",
    file: "src/tools/htmlText.ts",
    ...TESTS,
    find: "if (hidden === 0) pieces.push(text",
    replace: "pieces.push(text",
  },
  {
    name: "http_get: an agent may go without a list",
    ...SETTINGS,
    find: "if (hosts.length === 0)",
    replace: "if (hosts.length < 0)",
  },
  {
    name: "http_get: any list will do",
    ...SETTINGS,
    find: "hosts.find((host) => !isHostPattern(host))",
    replace: 'hosts.find((host) => host === "")',
  },
  {
    name: "http_get: other tools may have lists",
    ...SETTINGS,
    find: "if (allowedHosts !== undefined) refuse(",
    replace: "if (allowedHosts === null) refuse(",
  },
];
