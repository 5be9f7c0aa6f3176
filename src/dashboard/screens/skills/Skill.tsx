/** One skill: what it does, what it asks for, and what became of it from version to version. */
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft, Plus } from "lucide-react";
import { useState } from "react";
import { api } from "../../../../convex/_generated/api";
import type { SkillView } from "../../../../convex/views/skills";
import { useMay, useTenant, useTenantPages, useTenantQuery } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { More } from "../../ui/More";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Loading } from "../../ui/states";
import { Moment } from "../../ui/values";
import { Content } from "./Content";
import { Install } from "./Install";
import { OwnActions } from "./OwnActions";
import { Permissions } from "./Permissions";
import { Rate } from "./Rate";
import { SkillFacts, SkillStatus } from "./SkillCard";

export function Skill() {
  const { skillId } = useParams({ from: "/signed-in/$tenant/skills/$skillId" });
  const skill = useTenantQuery(api.queries.skills.get, { skillId });
  return skill === undefined ? <Loading lines={8} /> : <Shown skill={skill} />;
}

function Shown({ skill }: { skill: SkillView }) {
  const { slug: tenant } = useTenant();
  const mayInstall = useMay("skills:write");
  const mayPublish = useMay("skills:publish");
  const [isInstalling, setInstalling] = useState(false);
  return (
    <>
      <Link
        to="/$tenant/skills"
        params={{ tenant }}
        className="text-subtle mb-2 inline-flex items-center gap-1"
      >
        <ArrowLeft className="size-4" aria-hidden /> Skills
      </Link>
      <ScreenHeader
        title={skill.name}
        hint={<SkillStatus skill={skill} />}
        actions={
          <div className="flex flex-wrap gap-2">
            {skill.isOwn && mayPublish && <OwnActions skill={skill} />}
            {mayInstall && skill.status !== "withdrawn" && (
              <Button tone="primary" onClick={() => setInstalling(true)}>
                <Plus aria-hidden /> Give it to an agent
              </Button>
            )}
          </div>
        }
      />
      <p className="mb-2 max-w-3xl whitespace-pre-wrap">{skill.description}</p>
      <SkillFacts skill={skill} />
      <div className="mt-4 grid gap-4 lg:grid-cols-2">
        <Card title="What it asks for">
          <Permissions permissions={skill.permissions} />
        </Card>
        <Card title="What it is">
          <Content content={skill} />
        </Card>
        <History skillId={skill.id} />
        {mayInstall && !skill.isOwn && <Rate skillId={skill.id} />}
      </div>
      {isInstalling && <Install skill={skill} close={() => setInstalling(false)} />}
    </>
  );
}

function History({ skillId }: { skillId: string }) {
  const { results, status, loadMore } = useTenantPages(api.queries.skills.versions, { skillId });
  return (
    <Card title="Versions">
      {status === "LoadingFirstPage" && <Loading />}
      <ol className="divide-line divide-y">
        {results.map(({ version, changelog, permissions, createdAt }) => (
          <li key={version} className="py-2">
            <p className="flex justify-between gap-2">
              <span className="font-medium">{version}</span>
              <span className="text-subtle">
                <Moment atMs={createdAt} />
              </span>
            </p>
            {changelog !== undefined && <p className="whitespace-pre-wrap">{changelog}</p>}
            <p className="text-subtle text-xs">
              {permissions.length === 0 ? "asks for nothing" : `asks for ${permissions.join(", ")}`}
            </p>
          </li>
        ))}
      </ol>
      <More status={status} loadMore={loadMore} />
    </Card>
  );
}
