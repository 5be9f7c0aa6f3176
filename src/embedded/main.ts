/** `npm run embedded`: serves any Convex project from its folder. */
import { statSync } from "node:fs";
import { relative } from "node:path";
import { UsageError, endOnSignals, runCommand } from "./command/ending";
import { type CommandOptions, parseOptions } from "./command/options";
import { ProjectPusher } from "./command/pushing";
import { sayLogLines } from "./command/saying";
import { openInstance } from "./instance";

async function run(options: CommandOptions): Promise<void> {
  if (statSync(options.project, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(
      `There is no folder ${options.project}. Give the project's with --project.`,
    );
  }
  const instance = await openInstance(options);
  const { runtime, apiUrl, siteUrl, adminKey } = instance;

  const say = options.json ? () => {} : (line: string) => console.log(line);
  const pusher = new ProjectPusher(runtime, { folder: options.project, say });
  const isPushed = await pusher.push();
  if (!isPushed && runtime.deployment() === null && !options.watch) {
    throw new UsageError(
      "There is nothing to serve: no push has succeeded with this data folder yet.",
    );
  }
  const stopWatching = options.watch ? pusher.watch() : () => {};
  if (!options.json) sayLogLines(runtime);
  endOnSignals(async () => {
    stopWatching();
    await instance.close();
  });

  if (options.json) console.log(JSON.stringify({ apiUrl, siteUrl, adminKey }));
  else say(readyText(options, { apiUrl, siteUrl }));
}

function readyText(options: CommandOptions, urls: { apiUrl: string; siteUrl: string }): string {
  const shown = (path: string) => relative(process.cwd(), path) || ".";
  return `
  ${shown(options.project)} is served by the embedded Convex runtime${options.watch ? " and watched" : ""}.

  API            ${urls.apiUrl}
  HTTP actions   ${urls.siteUrl}
  Data           ${shown(options.data)}  (the admin key is in the file admin_key)

  Ctrl+C stops it.
`;
}

const options = parseOptions(process.argv.slice(2));
if (options !== null) await runCommand(() => run(options));
