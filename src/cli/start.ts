/** `npm start`: the backend on the embedded runtime, with one agent turn done before the reader's eyes. */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { connectCli, connectionText } from "../embedded/command/cliConnection";
import { endOnSignals, runCommand } from "../embedded/command/ending";
import { sayMeter } from "../embedded/command/saying";
import { bundleProject } from "../embedded/deploy/bundleProject";
import { type Instance, openInstance } from "../embedded/instance";
import { type DemoResult, runDemo } from "./demo";
import { type Installation, openInstallation } from "./installation";
import { type DemoModel, chooseModel } from "./model";
import { type StartOptions, parseOptions } from "./options";
import {
  SILENT,
  apartText,
  clientText,
  createPrinter,
  modelText,
  resultText,
  tenantsText,
} from "./printer";
import { type DemoTenant, askForForeignAgent, makeSignInUrl, makeTenants } from "./tenants";

const PROJECT = resolve(fileURLToPath(import.meta.url), "../../..");

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
  const tenants = await makeTenants(instance, installation, model);
  const signInUrl = await makeSignInUrl(instance);
  const [{ agentId, users }] = tenants;
  const userToken = users[0]?.token ?? "";
  printer.line(servingText(options, instance));
  printer.line(tenantsText(tenants, signInUrl));
  printer.line(clientText(instance, tenants[0]));

  let demo: DemoResult | null = null;
  if (options.demo) {
    printer.line(`${modelText(model)}\n`);
    demo = await runDemo({ apiUrl: instance.apiUrl, token: userToken, agentId }, printer.demo);
    printer.line(`\n\n${resultText(demo)}\n`);
    printer.line(apartText(await askForForeignAgent(instance, tenants)));
  }
  if (!options.json && !options.once) {
    printer.line(connectionText(await connectCli(PROJECT, instance)));
  }
  if (options.json) console.log(readyJson({ instance, model, tenants, signInUrl, demo }));
  if (options.once) await close();
  else
    printer.line(
      "It goes on serving. Ctrl+C stops it; start it again and everything is still here.",
    );
}

/** Serves this project's `convex/` folder. The variables come first: `auth.config.ts` reads one of them. */
async function push(
  { runtime }: Instance,
  installation: Installation,
  { variables }: DemoModel,
): Promise<void> {
  await runtime.setEnvironment({ ...installation.variables, ...variables });
  await runtime.deploy(await bundleProject(PROJECT));
}

function servingText(options: StartOptions, { apiUrl, siteUrl }: Instance): string {
  return `
Agentik backend on the embedded Convex runtime

  API            ${apiUrl}
  HTTP actions   ${siteUrl}
  Data           ${relative(process.cwd(), options.data) || "."}  (the admin key is in the file admin_key)
`;
}

type Ready = {
  instance: Instance;
  model: DemoModel;
  tenants: readonly [DemoTenant, DemoTenant];
  signInUrl: string;
  demo: DemoResult | null;
};

function readyJson({ instance, model, tenants, signInUrl, demo }: Ready): string {
  const { apiUrl, siteUrl, adminKey } = instance;
  const [{ tenantId, agentId, agentModel, apiKey, users }] = tenants;
  return JSON.stringify({
    apiUrl,
    siteUrl,
    adminKey,
    tenantId,
    agentId,
    userToken: users[0]?.token,
    apiKey,
    agentModel,
    tenants: tenants.map(({ agentId: _id, agentModel: _model, ...tenant }) => tenant),
    signInUrl,
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
