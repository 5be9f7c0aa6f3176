/** The command line of `npm run embedded`. */
import { join, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { RETENTION_MS } from "../runtime/retention";
import { DEFAULT_HOST, DEFAULT_PORT, DEFAULT_SITE_PORT } from "../server/ports";
import { durationText, parseDuration } from "./duration";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./eventLog";

export type ServeCommand = {
  /** Absolute. */
  project: string;
  /** Absolute. */
  data: string;
  host: string;
  port: number;
  sitePort: number;
  origin?: string;
  siteOrigin?: string;
  retentionMs: number;
  watch: boolean;
  json: boolean;
  logFormat: LogFormat;
  logLevel: LogLevel;
  occWindow?: number;
};

/** What the command line asks for. */
export type ParsedCommand =
  | { kind: "serve"; options: ServeCommand }
  | { kind: "adminKey" | "check"; data: string }
  | { kind: "backup"; data: string; to: string }
  | { kind: "restore"; data: string; from: string };

const DATA_FOLDER = ".convex-embedded";

const MORE_HELP = `
Variables: those in the project's .env.local become environment variables of the deployment, except
those whose names start with CONVEX_ (these are for Convex's CLI) and those that are set already. Change
what is set with the CLI, given the URL and the admin key that --json prints:
  npx convex env set NAME VALUE --url http://127.0.0.1:${DEFAULT_PORT} --admin-key KEY

A push that fails is told on stderr; what was pushed last into the data folder keeps being served.`;

/** What the command line says; null when it was answered already (help, or a mistake: `exitCode` is set). */
export function parseCommand(argv: readonly string[]): ParsedCommand | null {
  let parsed: ParsedCommand | null = null;
  const root = serveCommand((options) => (parsed = { kind: "serve", options }));
  const subcommand = (name: string, description: string) =>
    root
      .command(name)
      .description(description)
      .requiredOption("--data <dir>", "the data folder")
      .allowExcessArguments(false)
      .exitOverride();

  subcommand(
    "admin-key",
    "Prints the admin key of a data folder: whoever has it may do everything.",
  ).action(({ data }: { data: string }) => {
    parsed = { kind: "adminKey", data: resolve(data) };
  });
  subcommand("backup", "Copies all data as it is now into one file; the server may go on running.")
    .requiredOption("--to <file>", "the backup to make, a ZIP file")
    .action(({ data, to }: { data: string; to: string }) => {
      parsed = { kind: "backup", data: resolve(data), to: resolve(to) };
    });
  subcommand("restore", "Puts a backup into a data folder that has no data.")
    .requiredOption("--from <file>", "the backup")
    .action(({ data, from }: { data: string; from: string }) => {
      parsed = { kind: "restore", data: resolve(data), from: resolve(from) };
    });
  subcommand(
    "check",
    "Looks at every page and every index entry; the server may go on running.",
  ).action(({ data }: { data: string }) => {
    parsed = { kind: "check", data: resolve(data) };
  });
  try {
    root.parse(argv, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return null;
  }
  return parsed;
}

/** The command itself, without a subcommand. */
function serveCommand(give: (options: ServeCommand) => void): Command {
  const root = new Command("embedded")
    .description("Serves a Convex project with the embedded runtime: one process, one SQLite file.")
    .usage("--project <dir> [options]")
    .option("--project <dir>", "the project's folder: the one with convex/ or convex.json")
    .option("--data <dir>", `the data folder (default: ${DATA_FOLDER} in the project's folder)`)
    .option("--host <address>", "the address to listen at", DEFAULT_HOST)
    .option("--port <number>", "the API port; 0 picks a free one", parsePort, DEFAULT_PORT)
    .option(
      "--site-port <number>",
      "the port of HTTP actions; 0 picks a free one",
      parsePort,
      DEFAULT_SITE_PORT,
    )
    .addOption(
      new Option("--origin <url>", "what clients reach the API at, behind a proxy")
        .env("CONVEX_CLOUD_ORIGIN")
        .argParser(parseOrigin),
    )
    .addOption(
      new Option("--site-origin <url>", "what they reach HTTP actions at")
        .env("CONVEX_SITE_ORIGIN")
        .argParser(parseOrigin),
    )
    .addOption(
      new Option(
        "--retention <time>",
        "how long a document's versions stay in the file after they were replaced",
      )
        .argParser(parseDuration)
        .default(RETENTION_MS, durationText(RETENTION_MS)),
    )
    .option("--watch", "push again when the project's files change", false)
    .option("--json", "print one line of JSON when ready, and nothing else", false)
    .addOption(
      new Option("--log-format <format>", "how events are told: text on stdout, json on stderr")
        .choices(LOG_FORMATS)
        .default("text"),
    )
    .addOption(
      new Option("--log-level <level>", "the least that is told")
        .choices(LOG_LEVELS)
        .default("info"),
    )
    .addOption(occWindowOption())
    .addHelpText("after", MORE_HELP)
    .allowExcessArguments(false)
    .enablePositionalOptions()
    .exitOverride();
  type Given = Omit<ServeCommand, "project" | "data" | "retentionMs"> & {
    project?: string;
    data?: string;
    retention: number;
  };
  return root.action(({ project: given, data, retention, ...options }: Given) => {
    // Not a required option: commander would ask the subcommands for it as well.
    if (given === undefined) {
      return root.error("error: required option '--project <dir>' not specified");
    }
    const project = resolve(given);
    const dataFolder = resolve(data ?? join(project, DATA_FOLDER));
    give({ ...options, project, data: dataFolder, retentionMs: retention });
  });
}

/** Mutations are far faster than this everywhere; and what was committed within it is kept in memory. */
const OCC_WINDOW_MAX_MS = 10_000;

/** Common to the commands that serve. */
export function occWindowOption(): Option {
  return new Option(
    "--occ-window <ms>",
    "judge write conflicts as if each mutation took this long; reported at the end",
  ).argParser(parseOccWindow);
}

function parseOccWindow(text: string): number {
  const windowMs = Number(text);
  if (/^\d+$/.test(text) && windowMs <= OCC_WINDOW_MAX_MS) return windowMs;
  throw new InvalidArgumentError(`It must be a number from 0 to ${OCC_WINDOW_MAX_MS}.`);
}

/** Convex's variables of the same meaning are read, too. */
function parseOrigin(text: string): string {
  const { origin, href } = new URL(URL.canParse(text) ? text : "invalid:");
  // A path, a query or a name would stand in the one and not in the other.
  if (/^https?:/.test(origin) && href === `${origin}/`) return origin;
  throw new InvalidArgumentError("It must be like https://api.example.com, without a path.");
}

const PORT_MAX = 65_535;

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  throw new InvalidArgumentError(`It must be a number from 0 to ${PORT_MAX}.`);
}
