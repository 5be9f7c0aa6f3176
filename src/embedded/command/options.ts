/** The command line of `npm run embedded`. */
import { join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { DEFAULT_PORT, DEFAULT_SITE_PORT } from "../serve";

export type CommandOptions = {
  /** Absolute. */
  project: string;
  /** Absolute. */
  data: string;
  port: number;
  sitePort: number;
  watch: boolean;
  json: boolean;
};

const DATA_FOLDER = ".convex-embedded";

const MORE_HELP = `
Variables: those in the project's .env.local become environment variables of the deployment, except
those whose names start with CONVEX_ (these are for Convex's CLI) and those that are set already. Change
what is set with the CLI, given the URL and the admin key that --json prints:
  npx convex env set NAME VALUE --url http://127.0.0.1:${DEFAULT_PORT} --admin-key KEY

A push that fails is told on stderr; what was pushed last into the data folder keeps being served.`;

/** What the command line says; null when it was answered already (help, or a mistake: `exitCode` is set). */
export function parseOptions(argv: readonly string[]): CommandOptions | null {
  const command = new Command("embedded")
    .description("Serves a Convex project with the embedded runtime: one process, one SQLite file.")
    .requiredOption("--project <dir>", "the project's folder: the one with convex/ or convex.json")
    .option("--data <dir>", `the data folder (default: ${DATA_FOLDER} in the project's folder)`)
    .option("--port <number>", "the API port; 0 picks a free one", parsePort, DEFAULT_PORT)
    .option(
      "--site-port <number>",
      "the port of HTTP actions; 0 picks a free one",
      parsePort,
      DEFAULT_SITE_PORT,
    )
    .option("--watch", "push again when the project's files change", false)
    .option("--json", "print one line of JSON when ready, and nothing else", false)
    .addHelpText("after", MORE_HELP)
    .allowExcessArguments(false)
    .exitOverride();
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return null;
  }
  const options = command.opts<Omit<CommandOptions, "data"> & { data?: string }>();
  const project = resolve(options.project);
  return { ...options, project, data: resolve(options.data ?? join(project, DATA_FOLDER)) };
}

const PORT_MAX = 65_535;

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new InvalidArgumentError(`It must be a number from 0 to ${PORT_MAX}.`);
}
