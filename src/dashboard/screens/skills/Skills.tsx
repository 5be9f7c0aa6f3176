/** What agents can be taught: what there is for all, what one's agents have, and what one offers oneself. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMay } from "../../data/tenant";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Views } from "../../ui/Views";
import { ChosenAgent } from "./ChosenAgent";
import { Market } from "./Market";
import { OwnSkills } from "./OwnSkills";
import type { View } from "./search";

const VIEWS: readonly { view: View; name: string }[] = [
  { view: "market", name: "All there are" },
  { view: "installed", name: "Installed" },
  { view: "own", name: "Your company's" },
];

export function Skills() {
  const { view = "market" } = useSearch({ from: "/signed-in/$tenant/skills" });
  const navigate = useNavigate({ from: "/$tenant/skills" });
  const mayPublish = useMay("skills:publish");
  return (
    <>
      <ScreenHeader
        title="Skills"
        hint="Instructions and requests that agents are given, each with what it may do."
      />
      <Views
        label="Of skills"
        views={VIEWS}
        current={view}
        choose={(next) => void navigate({ search: (all) => ({ ...all, view: next }) })}
      />
      {view === "market" && <Market />}
      {view === "installed" && <ChosenAgent />}
      {view === "own" && <OwnSkills mayPublish={mayPublish} />}
    </>
  );
}
