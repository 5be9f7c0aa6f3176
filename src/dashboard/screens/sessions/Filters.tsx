import { CHANNEL_TYPES } from "../../../core/channels";
import { useLivingAgents } from "../../data/agents";
import { useMembers } from "../../data/members";
import { SelectField } from "../../ui/Field";
import { SearchField } from "../../ui/SearchField";
import { DAYS, STATUSES, toSessionsSearch, type SessionsSearch } from "./search";

type FiltersProps = { search: SessionsSearch; look: (change: SessionsSearch) => void };

export function Filters({ search, look }: FiltersProps) {
  const { status, days, user, channel } = search;
  return (
    <div className="mb-4 grid grid-cols-2 items-end gap-3 sm:flex sm:flex-wrap">
      <SearchField label="Words of the title" value={search.q ?? ""} look={(q) => look({ q })} />
      <Whose search={search} look={look} />
      <SelectField
        label="Status"
        value={status ?? ""}
        disabled={user !== undefined || channel !== undefined}
        onChange={({ target }) => look(only("status", target.value))}
      >
        <option value="">any</option>
        {STATUSES.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </SelectField>
      <SelectField
        label="Last active"
        value={days ?? ""}
        onChange={({ target }) => look(only("days", Number(target.value)))}
      >
        <option value="">at any time</option>
        {DAYS.map((count) => (
          <option key={count} value={count}>
            {count === 1 ? "in the last day" : `in the last ${count} days`}
          </option>
        ))}
      </SelectField>
    </div>
  );
}

/** One of them, as the address would have it; cleared where that is nothing. */
function only(name: "status" | "days", value: string | number): SessionsSearch {
  return { [name]: toSessionsSearch({ [name]: value })[name] };
}

const KINDS = ["agent", "user", "channel"] as const;

/** An agent's, a person's, or those that came by a channel. */
function Whose({ search, look }: FiltersProps) {
  const agents = useLivingAgents();
  const { all: members } = useMembers();
  const kind = KINDS.find((one) => search[one] !== undefined);
  const channels = [...new Set([...CHANNEL_TYPES, ...(search.channel ? [search.channel] : [])])];
  const choose = (chosen: string) => {
    const [of, id] = splitAtFirst(chosen);
    const none = { agent: undefined, user: undefined, channel: undefined };
    look({ ...none, ...toSessionsSearch({ [of]: id }) });
  };
  return (
    <SelectField
      label="Whose"
      value={kind === undefined ? "" : `${kind}:${search[kind] ?? ""}`}
      onChange={({ target }) => choose(target.value)}
    >
      <option value="">everybody's</option>
      <optgroup label="With an agent">
        {agents?.map(({ _id, name }) => (
          <option key={_id} value={`agent:${_id}`}>
            {name}
          </option>
        ))}
      </optgroup>
      <optgroup label="Of a person">
        {members.map(({ userId, name }) => (
          <option key={userId} value={`user:${userId}`}>
            {name}
          </option>
        ))}
      </optgroup>
      <optgroup label="By a channel">
        {channels.map((channel) => (
          <option key={channel} value={`channel:${channel}`}>
            {channel}
          </option>
        ))}
      </optgroup>
    </SelectField>
  );
}

/** A channel may have a colon in its name. */
function splitAtFirst(text: string): [string, string] {
  const at = text.indexOf(":");
  return [text.slice(0, at), text.slice(at + 1)];
}
