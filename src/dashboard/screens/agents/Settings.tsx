import { useMay } from "../../data/tenant";
import { AnswerFields } from "./form/AnswerFields";
import { BasicFields } from "./form/BasicFields";
import { FallbackFields } from "./form/FallbackFields";
import { LimitFields } from "./form/LimitFields";
import { MoreFields } from "./form/MoreFields";
import { ToolFields } from "./form/ToolFields";
import { VoteFields } from "./form/VoteFields";
import { SaveBar } from "./SaveBar";
import type { Editing } from "./useAgentForm";

/** All that can be said of an agent. Whoever may not change it may read it. */
export function Settings({ editing }: { editing: Editing }) {
  const mayWrite = useMay("agents:write");
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void editing.save();
      }}
    >
      {!mayWrite && <p className="text-subtle mb-3">Your role may read this, and not change it.</p>}
      <fieldset disabled={!mayWrite} className="min-w-0 space-y-4">
        <legend className="sr-only">Settings</legend>
        <BasicFields />
        <AnswerFields />
        <ToolFields />
        <LimitFields />
        <FallbackFields />
        <VoteFields />
        <MoreFields />
      </fieldset>
      {mayWrite && <SaveBar editing={editing} />}
    </form>
  );
}
