/** The command line of `npm start`. */
import { resolve } from "node:path";
import { Command } from "commander";
import { DEFAULT_PORT, DEFAULT_SITE_PORT } from "../embedded/server/ports";
import { occWindowOption, parsePort } from "../embedded/command/options";

const DEFAULT_DASHBOARD_PORT = 3212;

export type StartOptions = {
  /** Absolute. */
  data: string;
  port: number;
  sitePort: number;
  dashboardPort: number;
  once: boolean;
  json: boolean;
  demo: boolean;
  occWindow?: number;
};

/** Ends the process for `--help` (0) and for a mistake (2). */
export function parseOptions(argv: readonly string[]): StartOptions {
  const options = new Command("npm start --")
    .description("Starts the backend on the embedded Convex runtime and shows one agent turn.")
    .option("--data <dir>", "data folder, made if it is missing", "data")
    .option("--port <number>", "API port; 0 picks a free one", parsePort, DEFAULT_PORT)
    .option(
      "--site-port <number>",
      "port of HTTP actions; 0 picks a free one",
      parsePort,
      DEFAULT_SITE_PORT,
    )
    .option(
      "--dashboard-port <number>",
      "port of the dashboard; 0 picks a free one",
      parsePort,
      DEFAULT_DASHBOARD_PORT,
    )
    .option("--once", "end after the demo", false)
    .option("--json", "print one line of JSON when ready, and nothing else", false)
    .option("--no-demo", "do not run the demo")
    .addOption(occWindowOption())
    .allowExcessArguments(false)
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv, { from: "user" })
    .opts<StartOptions>();
  return { ...options, data: resolve(options.data) };
}
