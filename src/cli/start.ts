/** `npm start`: the backend on the embedded runtime, with one agent turn done before the reader's eyes. */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { connectCli, connectionText } from "../embedded/command/cliConnection";
import { endOnSignals, runCommand } from "../embedded/command/ending";
import { sayMeter } from "../embedded/command/saying";
import { bundleProject } from "../embedded/deploy/bundleProject";
import { type Instance, openInstance } from "../embedded/instance";
import { builtDashboard } from "./dashboard/build";
import { type DashboardServer, serveDashboard } from "./dashboard/serve";
import { type DemoResult, runDemo } from "./demo";
import { openInstallation } from "./installation";
import { type DemoModel, chooseModel } from "./model";
import { type StartOptions, parseOptions } from "./options";
import {
  SILENT,
  STORY_TEXT,
  apartText,
  clientText,
  createPrinter,
  modelText,
  resultText,
  tenantsText,
} from "./printer";
import { tellStory } from "./story/tell";
import {
  type DemoTenant,
  askForForeignAgent,
  makeOwnersLink,
  makeSignInUrl,
  makeTenants,
} from "./tenants";

type Variables = Readonly<Record<string, string | null>>;

const PROJECT = resolve(fileURLToPath(import.meta.url), "../../..");

async function start(options: StartOptions): Promise<void> {
  const printer = options.json ? SILENT : createPrinter();
  // First: it owns the data folder from here on, so that no other start makes a key at the same time.
  const instance = await openInstance(options);
  const dashboard = await openDashboard(instance, options);
  const installation = await openInstallation(options.data);
  const model = await chooseModel(process.env);
  const close = async () => {
    await dashboard.close();
    await instance.close();
    sayMeter(instance.runtime, (text) => printer.line(text));
    await model.simulator?.close();
  };
  endOnSignals(close);

  const variables = { ...installation.variables, ...model.variables, ...originOf(dashboard) };
  const [folder] = await Promise.all([builtDashboard(PROJECT), push(instance, variables)]);
  const tenants = await makeTenants(instance, installation, model);
  const { apiUrl, siteUrl } = instance;
  const makeLink = async () => await makeOwnersLink(instance, tenants[0]);
  dashboard.show({ folder, apiUrl, siteUrl, makeLink });
  const signInUrl = await makeSignInUrl(instance);
  const [{ agentId, users }] = tenants;
  const userToken = users[0]?.token ?? "";
  printer.line(servingText(options, { instance, dashboard }));
  printer.line(tenantsText(tenants, signInUrl));
  printer.line(clientText(instance, tenants[0]));

  let demo: DemoResult | null = null;
  if (options.demo) {
    const tenant = { ...tenants[0], ownersToken: userToken };
    const isNew = await tellStory({ instance, issuer: installation.issuer, model, tenant });
    if (isNew) printer.line(STORY_TEXT);
    printer.line(`${modelText(model)}\n`);
    demo = await runDemo({ apiUrl: instance.apiUrl, token: userToken, agentId }, printer.demo);
    printer.line(`\n\n${resultText(demo)}\n`);
    printer.line(apartText(await askForForeignAgent(instance, tenants)));
  }
  if (!options.json && !options.once) {
    printer.line(connectionText(await connectCli(PROJECT, instance)));
  }
  if (options.json)
    console.log(readyJson({ instance, dashboard, model, tenants, signInUrl, demo }));
  if (options.once) await close();
  else
    printer.line(
      "It goes on serving. Ctrl+C stops it; start it again and everything is still here.",
    );
}

/** Serves this project's `convex/` folder. The variables come first: `auth.config.ts` reads one of them. */
async function push({ runtime }: Instance, variables: Variables): Promise<void> {
  await runtime.setEnvironment(variables);
  await runtime.deploy(await bundleProject(PROJECT));
}

/** The port is taken before anything is done that somebody would have to undo. */
async function openDashboard(instance: Instance, options: StartOptions): Promise<DashboardServer> {
  try {
    return await serveDashboard({ port: options.dashboardPort });
  } catch (error) {
    await instance.close();
    throw error;
  }
}

/** The dashboard's pages may sign in at the deployment and call its API; so may those that the environment names. */
function originOf({ url }: DashboardServer): Variables {
  const allowed = (name: string) => [url, ...(process.env[name]?.split(",") ?? [])].join(",");
  return {
    AUTH_ALLOWED_ORIGINS: allowed("AUTH_ALLOWED_ORIGINS"),
    API_ALLOWED_ORIGINS: allowed("API_ALLOWED_ORIGINS"),
  };
}

type Serving = { instance: Instance; dashboard: DashboardServer };

function servingText(options: StartOptions, { instance, dashboard }: Serving): string {
  const { apiUrl, siteUrl } = instance;
  return `
Agentik backend on the embedded Convex runtime

  Dashboard      ${dashboard.enterUrl}
  API            ${apiUrl}
  HTTP actions   ${siteUrl}
  Data           ${relative(process.cwd(), options.data) || "."}  (the admin key is in the file admin_key)
`;
}

type Ready = Serving & {
  model: DemoModel;
  tenants: readonly [DemoTenant, DemoTenant];
  signInUrl: string;
  demo: DemoResult | null;
};

function readyJson({ instance, dashboard, model, tenants, signInUrl, demo }: Ready): string {
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
    tenants: tenants.map(({ tenantId: id, slug, users: people, apiKey: key }) => ({
      tenantId: id,
      slug,
      users: people,
      apiKey: key,
    })),
    signInUrl,
    dashboardUrl: dashboard.enterUrl,
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
