import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { InstalledSkillView } from "../../../../convex/views/skills";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";
import { Adjust } from "./Adjust";
import { Update } from "./Update";

/** What can be done with a skill that an agent has. */
export function InstalledActions({ skill }: { skill: InstalledSkillView }) {
  const { agentId, skillId, name, version, latestVersion, status } = skill;
  const { enable, disable, uninstall } = api.mutations.skills;
  const switchOn = useTenantMutation(enable);
  const switchOff = useTenantMutation(disable);
  const remove = useTenantMutation(uninstall);
  const act = useAct();
  const [open, setOpen] = useState<"adjust" | "update" | "uninstall" | null>(null);
  const close = () => setOpen(null);
  const which = { agentId, skillId };
  const isThere = latestVersion !== undefined;
  return (
    <span className="flex gap-2">
      {isThere && latestVersion !== version && (
        <Button size="sm" tone="primary" onClick={() => setOpen("update")}>
          Update
        </Button>
      )}
      {isThere && (
        <Button size="sm" onClick={() => setOpen("adjust")}>
          Adjust
        </Button>
      )}
      {isThere && status === "installed" && (
        <Button size="sm" onClick={() => void act(() => switchOff(which))}>
          Switch off
        </Button>
      )}
      {isThere && status !== "installed" && (
        <Button size="sm" onClick={() => void act(() => switchOn(which))}>
          Switch on
        </Button>
      )}
      <Button size="sm" tone="danger" onClick={() => setOpen("uninstall")}>
        Uninstall
      </Button>
      {open === "adjust" && <Adjust skill={skill} close={close} />}
      {open === "update" && <Update skill={skill} close={close} />}
      {open === "uninstall" && (
        <Confirm
          title={`Take "${name}" from the agent?`}
          hint="Its settings and its credential go with it. It can be installed again, and set anew."
          verb="Uninstall"
          act={() => act(() => remove(which))}
          close={close}
        />
      )}
    </span>
  );
}
