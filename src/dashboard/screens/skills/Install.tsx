import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import type { SkillView } from "../../../../convex/views/skills";
import { useLivingAgents } from "../../data/agents";
import { useTenant, useTenantMutation } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { NewAgentLink } from "../../shared/NewAgentLink";
import { SelectField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { Empty, Loading } from "../../ui/states";
import { ConfigFields } from "./ConfigFields";
import { Grants } from "./Grants";
import { useTerms } from "./useTerms";

type InstallProps = { skill: SkillView; close: () => void };

/** Gives an agent a skill, on terms that somebody has looked at. */
export function Install({ skill, close }: InstallProps) {
  const { slug: tenant } = useTenant();
  const agents = useLivingAgents();
  const install = useTenantMutation(api.mutations.skills.install);
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<Id<"agents"> | null>(null);
  const terms = useTerms({ schema: skill.configSchema });
  const agentId = chosen ?? agents?.[0]?._id;

  const submit = async () => {
    if (agentId === undefined) return;
    const isDone = await terms.attempt(() =>
      install({
        agentId,
        skillId: skill.id,
        // What was looked at, and not what its publisher has added meanwhile.
        version: skill.version,
        grantedPermissions: [...terms.granted],
        config: terms.config(),
      }),
    );
    if (!isDone) return;
    close();
    const search = { view: "installed", agent: agentId } as const;
    await navigate({ to: "/$tenant/skills", params: { tenant }, search });
  };
  return (
    <Dialog
      title={`Give "${skill.name}" to an agent`}
      hint={`Version ${skill.version}`}
      close={close}
    >
      {agents === undefined && <Loading />}
      {agents?.length === 0 && <Empty title="There is no agent yet" action={<NewAgentLink />} />}
      {agentId !== undefined && (
        <form
          noValidate
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <SelectField
            label="Agent"
            value={agentId}
            onChange={({ target }) => setChosen(target.value as Id<"agents">)}
          >
            {agents?.map(({ _id, name }) => (
              <option key={_id} value={_id}>
                {name}
              </option>
            ))}
          </SelectField>
          <Grants
            title="What it asks for"
            asked={skill.permissions}
            granted={terms.granted}
            change={terms.setGranted}
            error={terms.refusedGrants}
          />
          <ConfigFields
            schema={skill.configSchema}
            values={terms.values}
            change={terms.setValues}
            refused={terms.refusedSetting}
          />
          <FormFooter verb="Install" isBusy={terms.isBusy} error={terms.refused} close={close} />
        </form>
      )}
    </Dialog>
  );
}
