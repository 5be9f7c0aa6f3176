import { Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import { useTenantPages } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { More } from "../../ui/More";
import { Empty, Loading } from "../../ui/states";
import { NewSkill } from "./NewSkill";
import { SkillCard } from "./SkillCard";

/** What the company itself has made: drafts for its own agents, and what it offers to all. */
export function OwnSkills({ mayPublish }: { mayPublish: boolean }) {
  const { results, status, loadMore } = useTenantPages(api.queries.skills.mine, {});
  const [isMaking, setMaking] = useState(false);
  const make = mayPublish && (
    <Button tone="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden /> New skill
    </Button>
  );
  return (
    <>
      {status === "LoadingFirstPage" && <Loading lines={4} />}
      {status === "Exhausted" && results.length === 0 && (
        <Empty title="Your company has made none yet" action={make}>
          A draft is for your own agents alone, until you offer it to all.
        </Empty>
      )}
      {results.length > 0 && (
        <>
          <div className="mb-4 flex justify-end">{make}</div>
          <ul className="mb-4 grid gap-4 md:grid-cols-2 xl:grid-cols-3">
            {results.map((skill) => (
              <li key={skill.id}>
                <SkillCard skill={skill} />
              </li>
            ))}
          </ul>
          <More status={status} loadMore={loadMore} />
        </>
      )}
      {isMaking && <NewSkill close={() => setMaking(false)} />}
    </>
  );
}
