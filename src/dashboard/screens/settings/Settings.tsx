/** What holds for the whole company, what holds for oneself, and the ends of both. */
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Company } from "./Company";
import { Danger } from "./Danger";
import { Me } from "./Me";
import { Password } from "./Password";
import { Plan } from "./Plan";
import { SignIns } from "./SignIns";
import { WaysIn } from "./WaysIn";

export function Settings() {
  return (
    <>
      <ScreenHeader title="Settings" />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Company />
        <div className="space-y-4">
          <Plan />
          <Me />
          <Password />
        </div>
      </div>
      <WaysIn />
      <SignIns />
      <Danger />
    </>
  );
}
