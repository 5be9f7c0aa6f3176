import { api } from "../../../../convex/_generated/api";
import type { InstalledSkillView, SkillVersionView } from "../../../../convex/views/skills";
import { useTenantMutation } from "../../data/tenant";
import { Dialog } from "../../ui/Dialog";
import { FormFooter } from "../../ui/FormFooter";
import { Loading } from "../../ui/states";
import { ConfigFields } from "./ConfigFields";
import { Grants } from "./Grants";
import { useTerms } from "./useTerms";
import { useVersions } from "./useVersions";

type UpdateProps = { skill: InstalledSkillView; close: () => void };

/** Moves a skill to its newest version: what is new in it, and what it asks for that it did not before. */
export function Update({ skill, close }: UpdateProps) {
  const versions = useVersions(skill.skillId);
  const target = versions?.find(({ version }) => version === skill.latestVersion);
  const from = versions?.findIndex(({ version }) => version === skill.version) ?? -1;
  return (
    <Dialog
      title={`Update "${skill.name}"`}
      hint={`From ${skill.version} to ${skill.latestVersion}`}
      close={close}
    >
      {versions === undefined || target === undefined ? (
        <Loading />
      ) : (
        <UpdateForm
          skill={skill}
          target={target}
          news={versions.slice(0, from === -1 ? 1 : from)}
          close={close}
        />
      )}
    </Dialog>
  );
}

type UpdateFormProps = UpdateProps & {
  target: SkillVersionView;
  /** The versions since the installed one. */
  news: readonly SkillVersionView[];
};

function UpdateForm({ skill, target, news, close }: UpdateFormProps) {
  const { agentId, skillId, grantedPermissions: before, config } = skill;
  const upgrade = useTenantMutation(api.mutations.skills.upgrade);
  const { permissions, configSchema: schema, version } = target;
  const kept = before.filter((permission) => permissions.includes(permission));
  const terms = useTerms({ schema, config, granted: kept });
  const added = permissions.filter((permission) => !before.includes(permission));
  const gone = before.filter((permission) => !permissions.includes(permission));
  const submit = async () => {
    const grantedPermissions = [...terms.granted];
    const chosen = { version, grantedPermissions, config: terms.config() };
    if (await terms.attempt(() => upgrade({ agentId, skillId, ...chosen }))) close();
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
      <ul className="space-y-2">
        {news.map(({ version: at, changelog }) => (
          <li key={at}>
            <p className="font-medium">{at}</p>
            <p className="whitespace-pre-wrap">
              {changelog ?? "Its publisher says nothing of it."}
            </p>
          </li>
        ))}
      </ul>
      {added.length === 0 && <p>It asks for nothing that it does not have.</p>}
      {gone.length > 0 && (
        <p>
          It no longer asks for <span className="font-mono text-xs">{gone.join(", ")}</span>.
        </p>
      )}
      <Grants
        title="What it asks for now"
        asked={added}
        granted={terms.granted}
        change={terms.setGranted}
        error={terms.refusedGrants}
      />
      <ConfigFields
        schema={schema}
        values={terms.values}
        change={terms.setValues}
        refused={terms.refusedSetting}
      />
      <FormFooter verb="Update" isBusy={terms.isBusy} error={terms.refused} close={close} />
    </form>
  );
}
