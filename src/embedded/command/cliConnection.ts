/**
 * Lets plain `npx convex …` in a project's folder find the runtime that serves it: by two lines in the project's
 * `.env.local`, which the CLI reads. A deployment that its people have chosen themselves stays chosen.
 */
import { spawnSync } from "node:child_process";
import { readFile, realpath, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";

const URL_NAME = "CONVEX_SELF_HOSTED_URL";
const KEY_NAME = "CONVEX_SELF_HOSTED_ADMIN_KEY";
/** By each of these the CLI finds a deployment. */
const DEPLOYMENT_NAMES = [
  "CONVEX_DEPLOY_KEY",
  "CONVEX_DEPLOYMENT_TOKEN",
  "CONVEX_DEPLOYMENT",
  URL_NAME,
  KEY_NAME,
];

/** The lines between these two are ours; all others are somebody else's. */
const BEGIN =
  "# embedded Convex runtime: written at each of its starts, so that `npx convex` finds it";
const END = "# end of embedded Convex runtime";
const FILE = ".env.local";

export type CliConnection =
  /** `isExposed`: git would take in the file, with its key. */
  | { kind: "connected"; isExposed: boolean }
  /** The variable that names another deployment, and where it is set. */
  | { kind: "elsewhere"; name: string; file: string };

export async function connectCli(
  folder: string,
  { apiUrl, adminKey }: { apiUrl: string; adminKey: string },
): Promise<CliConnection> {
  const path = join(folder, FILE);
  const own = withoutOurs(await readText(path));
  for (const [file, text] of [
    [FILE, own],
    [".env", await readText(join(folder, ".env"))],
  ] as const) {
    const variables = parseEnv(text);
    const name = DEPLOYMENT_NAMES.find((known) => variables[known]);
    if (name !== undefined) return { kind: "elsewhere", name, file };
  }
  const separator = own === "" || own.endsWith("\n") ? "" : "\n";
  const lines = [BEGIN, `${URL_NAME}=${apiUrl}`, `${KEY_NAME}='${adminKey}'`, END];
  await replaceFile(path, `${own}${separator}${lines.join("\n")}\n`);
  return { kind: "connected", isExposed: isUnignored(folder) };
}

/** What to tell whoever started the runtime. */
export function connectionText(connection: CliConnection): string {
  if (connection.kind === "elsewhere") {
    return (
      `${connection.file} sets ${connection.name}, so \`npx convex\` goes to that deployment. ` +
      "For this one give it --url and --admin-key."
    );
  }
  const works = `While it runs, \`npx convex\` finds it by ${FILE}.`;
  return connection.isExposed
    ? `${works}\nWarning: that file holds the admin key, and git does not ignore it. Add it to .gitignore.`
    : works;
}

function withoutOurs(text: string): string {
  const begin = text.indexOf(BEGIN);
  if (begin < 0) return text;
  const end = text.indexOf(END, begin);
  if (end < 0) return text;
  return text.slice(0, begin) + text.slice(end + END.length).replace(/^\r?\n/, "");
}

/** At once, so that nobody reads half a file; only for its owner, since it holds a key. */
async function replaceFile(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const next = `${target}.${process.pid}`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, target);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Whether git would take the file in. Not so outside a repository, or without git. */
function isUnignored(folder: string): boolean {
  return spawnSync("git", ["check-ignore", "-q", FILE], { cwd: folder }).status === 1;
}
