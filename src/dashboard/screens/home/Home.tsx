/** What somebody who is responsible looks at first: money, what runs, what waits for them, what failed. */
import { useMay, useTenant } from "../../data/tenant";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { DemoNotice } from "./DemoNotice";
import { Onboarding } from "./Onboarding";
import { Pending } from "./Pending";
import { RunsNow, FailedRuns } from "./Runs";
import { Spend } from "./Spend";

export function Home() {
  const { name } = useTenant();
  const maySeeCosts = useMay("costs:read");
  return (
    <>
      <ScreenHeader title="Home" hint={name} />
      <DemoNotice />
      <Onboarding />
      <div className="grid gap-4 lg:grid-cols-2">
        {maySeeCosts && <Spend />}
        <Pending />
        <RunsNow />
        <FailedRuns />
      </div>
    </>
  );
}
