import { Link } from "@tanstack/react-router";
import { BadgeCheck, Star } from "lucide-react";
import type { SkillEntry } from "../../../../convex/views/skills";
import { useTenant } from "../../data/tenant";
import { Badge } from "../../ui/Badge";
import { Card } from "../../ui/Card";
import { Count } from "../../ui/values";

export function SkillCard({ skill }: { skill: SkillEntry }) {
  const { slug: tenant } = useTenant();
  const { id, name, description, permissions } = skill;
  return (
    <Card className="flex h-full flex-col">
      <div className="mb-1 flex items-start justify-between gap-2">
        <h2 className="font-semibold">
          <Link
            to="/$tenant/skills/$skillId"
            params={{ tenant, skillId: id }}
            className="text-accent underline"
          >
            {name}
          </Link>
        </h2>
        <SkillStatus skill={skill} />
      </div>
      <p className="text-subtle mb-3 line-clamp-3 grow">{description}</p>
      <SkillFacts skill={skill} />
      <p className="text-subtle mt-1 truncate text-xs">
        {permissions.length === 0 ? "Asks for nothing" : `Asks for ${permissions.join(", ")}`}
      </p>
    </Card>
  );
}

export function SkillStatus({ skill: { status, verified } }: { skill: SkillEntry }) {
  if (status !== "published") return <Badge tone="warn">{status}</Badge>;
  if (!verified) return null;
  return (
    <Badge tone="good">
      <BadgeCheck className="size-3.5" aria-hidden /> verified
    </Badge>
  );
}

/** Who offers it, and how it has done. */
export function SkillFacts({ skill }: { skill: SkillEntry }) {
  const { publisher, isOwn, version, category, installCount, rating, ratingCount } = skill;
  return (
    <p className="text-subtle flex flex-wrap gap-x-3 text-xs">
      <span>by {isOwn ? "your company" : (publisher?.name ?? "this deployment")}</span>
      <span>{category}</span>
      <span>version {version}</span>
      <span>
        <Count of={installCount} /> {installCount === 1 ? "agent has it" : "agents have it"}
      </span>
      {rating !== undefined && (
        <span className="flex items-center gap-1">
          <Star className="size-3" aria-hidden /> {rating.toFixed(1)} of 5, by{" "}
          <Count of={ratingCount} />
        </span>
      )}
    </p>
  );
}
