import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { InstalledSkillView, SkillVersionView } from "../../../../convex/views/skills";
import { APPROVING_ROLES, type ApprovingRole } from "../../../core/tools";
import { useTenantAction, useTenantMutation } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { FormFooter } from "../../ui/FormFooter";
import { Loading } from "../../ui/states";
import { ConfigFields } from "./ConfigFields";
import { useTerms } from "./useTerms";
import { useVersions } from "./useVersions";

type AdjustProps = { skill: InstalledSkillView; close: () => void };

/** How an agent has a skill: its settings, who approves its calls, and the credential that they go with. */
export function Adjust({ skill, close }: AdjustProps) {
  const versions = useVersions(skill.skillId);
  const content = versions?.find(({ version }) => version === skill.version);
  return (
    <Dialog title={`Adjust "${skill.name}"`} hint={`Version ${skill.version}`} close={close}>
      {content === undefined ? (
        <Loading />
      ) : (
        <AdjustForm skill={skill} content={content} close={close} />
      )}
    </Dialog>
  );
}

type Approval = "default" | "always" | "never";

function AdjustForm({ skill, content, close }: AdjustProps & { content: SkillVersionView }) {
  const { agentId, skillId, config, credentialMask } = skill;
  const configure = useTenantMutation(api.mutations.skills.configure);
  const setApproval = useTenantMutation(api.mutations.skills.setApproval);
  const setCredential = useTenantAction(api.actions.skills.setCredential);
  const terms = useTerms({ schema: content.configSchema, config });
  const start = approvalOf(skill);
  const [approval, change] = useState(start);
  const [credential, type] = useState(credentialMask ?? "");
  const takesCredential = Object.values(content.http?.headers ?? {}).some((value) =>
    value.includes("{credential}"),
  );

  const save = async () => {
    const which = { agentId, skillId };
    if (content.configSchema !== undefined) await configure({ ...which, config: terms.config() });
    if (approval !== start) await setApproval({ ...which, approval: settingOf(approval) });
    // The mask, written back, changes nothing.
    if (takesCredential && credential !== (credentialMask ?? "")) {
      await setCredential({ ...which, credential: credential === "" ? null : credential });
    }
  };
  const submit = async () => {
    if (await terms.attempt(save)) close();
  };
  return (
    <form
      noValidate
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <ConfigFields
        schema={content.configSchema}
        values={terms.values}
        change={terms.setValues}
        refused={terms.refusedSetting}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label="Who lets its calls through"
          value={approval.kind}
          onChange={({ target }) => change({ ...approval, kind: target.value as Approval })}
        >
          <option value="default">Somebody, where it changes something</option>
          <option value="always">Somebody, each time</option>
          <option value="never">Nobody has to</option>
        </SelectField>
        {approval.kind === "always" && (
          <SelectField
            label="At least"
            value={approval.role}
            onChange={({ target }) => change({ ...approval, role: target.value as ApprovingRole })}
          >
            {APPROVING_ROLES.map((role) => (
              <option key={role} value={role}>
                {role}
              </option>
            ))}
          </SelectField>
        )}
      </div>
      {takesCredential && (
        <TextField
          label="Credential"
          type="password"
          autoComplete="off"
          value={credential}
          onFocus={({ target }) => target.select()}
          onChange={({ target }) => type(target.value)}
          hint="Goes with each of its requests. It is sealed, and nobody can read it again."
        />
      )}
      <FormFooter verb="Save" isBusy={terms.isBusy} error={terms.refused} close={close} />
    </form>
  );
}

type Chosen = { kind: Approval; role: ApprovingRole };

function approvalOf({ approval }: InstalledSkillView): Chosen {
  const role = approval?.role ?? "operator";
  if (approval === undefined) return { kind: "default", role };
  return { kind: approval.required ? "always" : "never", role };
}

function settingOf({ kind, role }: Chosen) {
  if (kind === "default") return null;
  return kind === "always" ? { required: true, role } : { required: false };
}
