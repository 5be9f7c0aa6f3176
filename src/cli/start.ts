/** `npm start`: the backend on the embedded runtime, with one agent turn done before the reader's eyes. */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ConvexHttpClient } from "convex/browser";
import type { FunctionReference, FunctionReturnType } from "convex/server";
import { internal } from "../../convex/_generated/api";
import { connectCli, connectionText } from "../embedded/command/cliConnection";
import { endOnSignals, runCommand } from "../embedded/command/ending";
import { sayMeter } from "../embedded/command/saying";
import { bundleProject } from "../embedded/deploy/bundleProject";
import { type Instance, openInstance } from "../embedded/instance";
import { type DemoResult, runDemo } from "./demo";
import { type Installation, openInstallation } from "./installation";
import { type DemoModel, chooseModel } from "./model";
import { type StartOptions, parseOptions } from "./options";
import { SILENT, createPrinter, modelText, resultText } from "./printer";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../../..");
const DEMO_PERSON = { subject: "demo-owner", name: "Demo owner" };

type Seeded = FunctionReturnType<typeof internal.jobs.demo.seed>;

async function start(options: StartOptions): Promise<void> {
  const printer = options.json ? SILENT : createPrinter();
  // First: it owns the data folder from here on, so that no other start makes a key at the same time.
  const instance = await openInstance(options);
  const installation = await openInstallation(options.data);
  const model = await chooseModel(process.env);
  const close = async () => {
    await instance.close();
    sayMeter(instance.runtime, (text) => printer.line(text));
    await model.simulator?.close();
  };
  endOnSignals(close);

  await push(instance, installation, model);
  const seeded = await seed(instance, installation, model);
  const userToken = await installation.signToken(DEMO_PERSON);
  printer.line(servingText(options, instance, seeded));

  let demo: DemoResult | null = null;
  if (options.demo) {
    printer.line(`${modelText(model)}\n`);
    const { agentId } = seeded;
    demo = await runDemo({ apiUrl: instance.apiUrl, token: userToken, agentId }, printer.demo);
    printer.line(`\n\n${resultText(demo)}\n`);
  }
  if (!options.json && !options.once) {
    printer.line(connectionText(await connectCli(PROJECT, instance)));
  }
  if (options.json) console.log(readyJson({ instance, model, seeded, userToken, demo }));
  if (options.once) await close();
  else
    printer.line(
      "It goes on serving. Ctrl+C stops it; start it again and everything is still here.",
    );
}

/** Serves this project's `convex/` folder. The variables come first: `auth.config.ts` reads one of them. */
async function push(
  { runtime }: Instance,
  { authProviders }: Installation,
  { variables }: DemoModel,
): Promise<void> {
  await runtime.setEnvironment({ AUTH_PROVIDERS: authProviders, ...variables });
  await runtime.deploy(await bundleProject(PROJECT));
}

async function seed(
  { apiUrl, adminKey }: Instance,
  { issuer }: Installation,
  { provider, model }: DemoModel,
): Promise<Seeded> {
  const client = new ConvexHttpClient(apiUrl, { logger: false });
  (client as unknown as { setAdminAuth(key: string): void }).setAdminAuth(adminKey);
  // An admin may call internal functions; the client's types know only what everyone may.
  const reference = internal.jobs.demo.seed as unknown as FunctionReference<"mutation">;
  const args = { issuer, ...DEMO_PERSON, provider, model };
  return (await client.mutation(reference, args)) as Seeded;
}

function servingText(
  options: StartOptions,
  { apiUrl, siteUrl }: Instance,
  { tenantId, agentId }: Seeded,
): string {
  return `
Agentik backend on the embedded Convex runtime

  API            ${apiUrl}
  HTTP actions   ${siteUrl}
  Data           ${relative(process.cwd(), options.data) || "."}  (the admin key is in the file admin_key)
  Demo tenant    ${tenantId}
  Demo agent     ${agentId}
`;
}

type Ready = {
  instance: Instance;
  model: DemoModel;
  seeded: Seeded;
  userToken: string;
  demo: DemoResult | null;
};

function readyJson({ instance, model, seeded, userToken, demo }: Ready): string {
  const { apiUrl, siteUrl, adminKey } = instance;
  return JSON.stringify({
    apiUrl,
    siteUrl,
    adminKey,
    tenantId: seeded.tenantId,
    agentId: seeded.agentId,
    userToken,
    simulatorUrl: model.simulator?.url ?? null,
    demo: demo && {
      sessionId: demo.sessionId,
      runId: demo.run._id,
      reply: demo.message.content,
      costPico: demo.costEvents
        .reduce((sum, event) => sum + BigInt(event.totalCostPico), 0n)
        .toString(),
    },
  });
}

const options = parseOptions(process.argv.slice(2));
await runCommand(() => start(options));
