import { useNavigate, useSearch } from "@tanstack/react-router";
import { useDeferredValue, useState, type ReactNode } from "react";
import { api } from "../../../../convex/_generated/api";
import type { SkillEntry } from "../../../../convex/views/skills";
import { useTenantPages, useTenantQuery } from "../../data/tenant";
import { CheckField } from "../../ui/CheckField";
import { TextField } from "../../ui/Field";
import { More } from "../../ui/More";
import { Empty, Loading } from "../../ui/states";
import { SkillCard } from "./SkillCard";
import { toSkillsSearch } from "./search";

/** All skills that are offered, those that most agents have first. */
export function Market() {
  const search = useSearch({ from: "/signed-in/$tenant/skills" });
  const navigate = useNavigate({ from: "/$tenant/skills" });
  const [words, setWords] = useState("");
  const wanted = useDeferredValue(words.trim());
  const { category, verified } = search;
  const filter = { ...(category !== undefined && { category }), ...(verified && { verified }) };
  const change = (part: object) =>
    void navigate({ search: toSkillsSearch({ ...search, ...part }), replace: true });
  return (
    <>
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <div className="w-56">
          <TextField
            label="Find by words"
            type="search"
            maxLength={200}
            value={words}
            onChange={({ target }) => setWords(target.value)}
          />
        </div>
        <div className="w-48">
          <TextField
            label="Category"
            placeholder="any, such as data"
            value={category ?? ""}
            onChange={({ target }) => change({ category: target.value.trim() })}
          />
        </div>
        <div className="pb-2">
          <CheckField
            label="Verified only"
            checked={verified === true}
            onChange={({ target }) => change({ verified: target.checked })}
          />
        </div>
      </div>
      {wanted === "" ? <Popular filter={filter} /> : <Found words={wanted} filter={filter} />}
    </>
  );
}

type Filter = { category?: string; verified?: boolean };

function Popular({ filter }: { filter: Filter }) {
  const { results, status, loadMore } = useTenantPages(api.queries.skills.list, filter);
  if (status === "LoadingFirstPage") return <Loading lines={6} />;
  if (results.length > 0) {
    return <Cards skills={results} more={<More status={status} loadMore={loadMore} />} />;
  }
  if (Object.keys(filter).length > 0) return <Empty title="None is like that" />;
  return (
    <Empty title="Nobody offers a skill yet">
      A skill is a text of instructions, or a request to a server. Make one under &ldquo;Your
      company&rsquo;s&rdquo;: it is for your own agents until you offer it to all.
    </Empty>
  );
}

function Found({ words, filter }: { words: string; filter: Filter }) {
  const skills = useTenantQuery(api.queries.skills.search, { query: words, ...filter });
  if (skills === undefined) return <Loading lines={4} />;
  if (skills.length === 0) return <Empty title="No skill has these words" />;
  return <Cards skills={skills} />;
}

function Cards({ skills, more }: { skills: readonly SkillEntry[]; more?: ReactNode }) {
  return (
    <>
      <ul className="mb-4 grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {skills.map((skill) => (
          <li key={skill.id}>
            <SkillCard skill={skill} />
          </li>
        ))}
      </ul>
      {more}
    </>
  );
}
