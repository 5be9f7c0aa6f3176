/** `npm run cli`: what people and scripts do with a deployment from the command line. */
import { relative, resolve } from "node:path";
import { Command } from "commander";
import { DEFAULT_PORT, DEFAULT_SITE_PORT } from "../embedded/server/ports";
import { runCommand } from "../embedded/command/ending";
import { exportCosts } from "./costs";
import { exportTo } from "./export/exportTo";
import { summaryText } from "./export/summary";

type ExportFlags = { url: string; out: string; tenant?: string; session?: string };

const program = new Command("npm run cli --")
  .description("Works with a deployment, wherever it runs.")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command("export")
  .description(
    "Takes along all that a tenant has, or one session, as lines of JSON and files. Called again, it goes on " +
      "where it was stopped. The environment has the credential: AGENTIK_API_KEY or AGENTIK_TOKEN.",
  )
  .requiredOption("--out <dir>", "a new folder, or that of an export to go on with")
  .option("--url <url>", "of the deployment", `http://127.0.0.1:${DEFAULT_PORT}`)
  .option("--tenant <id>", "for people who are in several; default: their default tenant")
  .option("--session <id>", "this session only, which needs sessions:read instead of tenant:export")
  .allowExcessArguments(false)
  .action(async ({ url, out, tenant, session }: ExportFlags) => {
    await runCommand(async () => {
      const folder = resolve(out);
      const { AGENTIK_API_KEY: apiKey, AGENTIK_TOKEN: token } = process.env;
      const source = { url, apiKey, token, tenantId: tenant, sessionId: session };
      const summary = await exportTo(folder, source);
      for (const id of summary.filesMissing) {
        console.error(`Warning: the bytes of the file ${id} were not to be had.`);
      }
      console.log(summaryText(summary, relative(process.cwd(), folder) || "."));
    });
  });

type CostFlags = {
  siteUrl: string;
  out: string;
  format: string;
  period?: string;
  from?: string;
  to?: string;
  tenant?: string;
};

program
  .command("costs")
  .description(
    "Writes what was spent in a period into a file, a line for each call, adding up to the sums of the period. The " +
      "environment has the credential: AGENTIK_API_KEY or AGENTIK_TOKEN, with costs:read.",
  )
  .requiredOption("--out <file>", "there once it is complete")
  .option("--period <period>", "such as 2026-11 or 2026-11-20; day, month or total")
  .option("--from <period>", "instead: the first month or day")
  .option("--to <period>", "and the last one")
  .option("--format <format>", "csv or ndjson", "csv")
  .option("--site-url <url>", "of HTTP actions", `http://127.0.0.1:${DEFAULT_SITE_PORT}`)
  .option("--tenant <id>", "for people who are in several; default: their default tenant")
  .allowExcessArguments(false)
  .action(async ({ siteUrl, out, ...flags }: CostFlags) => {
    await runCommand(async () => {
      const { AGENTIK_API_KEY: apiKey, AGENTIK_TOKEN: token } = process.env;
      const credential = apiKey === undefined || apiKey === "" ? token : apiKey;
      const sizeBytes = await exportCosts(resolve(out), { siteUrl, credential, params: flags });
      console.log(`${out} has ${sizeBytes} bytes.`);
    });
  });

await program.parseAsync();
