import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { SkillView } from "../../../../convex/views/skills";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { useAct } from "../../ui/useAct";
import { NewVersion } from "./NewVersion";

/** What can be done with a skill of one's own. */
export function OwnActions({ skill }: { skill: SkillView }) {
  const { id: skillId, name, status } = skill;
  const publish = useTenantMutation(api.mutations.skills.publish);
  const withdraw = useTenantMutation(api.mutations.skills.withdraw);
  const act = useAct();
  const [open, setOpen] = useState<"version" | "publish" | "withdraw" | null>(null);
  const close = () => setOpen(null);
  return (
    <>
      <Button onClick={() => setOpen("version")}>New version</Button>
      {status === "published" ? (
        <Button tone="danger" onClick={() => setOpen("withdraw")}>
          Withdraw
        </Button>
      ) : (
        <Button onClick={() => setOpen("publish")}>Offer it to all</Button>
      )}
      {open === "version" && <NewVersion skill={skill} close={close} />}
      {open === "publish" && (
        <Confirm
          title={`Offer "${name}" to all?`}
          hint="Every company of this deployment sees it, with your company's name, and may install it."
          verb="Offer it"
          act={() => act(() => publish({ skillId }))}
          close={close}
        />
      )}
      {open === "withdraw" && (
        <Confirm
          title={`Withdraw "${name}"?`}
          hint="Nobody finds it any more. Agents that have it keep it; it can be offered again."
          verb="Withdraw"
          act={() => act(() => withdraw({ skillId }))}
          close={close}
        />
      )}
    </>
  );
}
