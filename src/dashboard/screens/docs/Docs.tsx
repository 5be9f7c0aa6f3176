/** How programs talk to the company's agents. */
import { Link } from "@tanstack/react-router";
import { ExternalLink } from "lucide-react";
import { useState } from "react";
import { useLivingAgents } from "../../data/agents";
import { useMay, useTenant } from "../../data/tenant";
import { useDeployment } from "../../data/useDeployment";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { SelectField } from "../../ui/Field";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Snippet } from "../../ui/Snippet";
import { Empty, Loading } from "../../ui/states";
import { SNIPPETS } from "./snippets";

export function Docs() {
  const { siteUrl, apiUrl } = useDeployment();
  return (
    <>
      <ScreenHeader
        title="API docs"
        hint="An agent is a model to every program that speaks OpenAI's or Anthropic's API."
        actions={<Pages siteUrl={siteUrl} />}
      />
      <div className="space-y-4">
        <Card title="Where">
          <dl className="grid gap-3 sm:grid-cols-2">
            <Address name="OpenAI's clients: base URL" url={`${siteUrl}/v1`} />
            <Address name="Anthropic's clients: base URL" url={siteUrl} />
            <Address name="The native API" url={`${siteUrl}/api/v1`} />
            <Address name="Convex's clients" url={apiUrl} />
          </dl>
          <KeyHint />
        </Card>
        <Snippets siteUrl={siteUrl} />
      </div>
    </>
  );
}

function Pages({ siteUrl }: { siteUrl: string }) {
  return (
    <div className="flex flex-wrap gap-2">
      <Button asChild tone="primary">
        <a href={`${siteUrl}/api/v1/docs`} target="_blank" rel="noreferrer">
          Every route, to try out <ExternalLink aria-hidden />
        </a>
      </Button>
      <Button asChild>
        <a href={`${siteUrl}/api/v1/openapi.json`} target="_blank" rel="noreferrer">
          openapi.json <ExternalLink aria-hidden />
        </a>
      </Button>
    </div>
  );
}

function Address({ name, url }: { name: string; url: string }) {
  return (
    <div>
      <dt className="text-subtle">{name}</dt>
      <dd>
        <code className="font-mono text-xs break-all">{url}</code>
      </dd>
    </div>
  );
}

function KeyHint() {
  const { slug } = useTenant();
  const mayMakeKeys = useMay("keys:write");
  return (
    <p className="mt-3">
      Programs sign in with a key, as{" "}
      <code className="font-mono text-xs">Authorization: Bearer</code> or{" "}
      <code className="font-mono text-xs">x-api-key</code>.{" "}
      {mayMakeKeys ? (
        <Link to="/$tenant/keys" params={{ tenant: slug }} className="text-accent underline">
          Make a key
        </Link>
      ) : (
        "Ask an administrator for one."
      )}
    </p>
  );
}

function Snippets({ siteUrl }: { siteUrl: string }) {
  const agents = useLivingAgents();
  const [chosen, setChosen] = useState<string>();
  if (agents === undefined) return <Loading lines={8} />;
  const agent = agents.find(({ _id }) => _id === chosen) ?? agents[0];
  if (agent === undefined) return <Empty title="There is no agent to ask yet" />;
  const { _id: agentId, slug = agentId } = agent;
  return (
    <Card title="Ask an agent">
      <div className="mb-3 max-w-80">
        <SelectField
          label="Which"
          hint={
            <>
              As a model: <code className="font-mono">agent:{slug}</code>
            </>
          }
          value={agentId}
          onChange={({ target }) => setChosen(target.value)}
        >
          {agents.map(({ _id, name }) => (
            <option key={_id} value={_id}>
              {name}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="space-y-4">
        {Object.entries(SNIPPETS).map(([name, write]) => (
          <Snippet
            key={name}
            name={name}
            text={write({ siteUrl, agentId, model: `agent:${slug}` })}
          />
        ))}
      </div>
    </Card>
  );
}
