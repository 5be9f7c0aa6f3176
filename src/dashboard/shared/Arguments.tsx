/** What a tool is called with, field by field: whoever lets it through has to be able to read it. */
export function Arguments({ json }: { json: string }) {
  const fields = fieldsIn(json);
  if (fields.length === 0) return <p className="text-subtle">Without arguments.</p>;
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label="Arguments"
      className="bg-sunken max-h-72 overflow-auto rounded p-2"
    >
      <dl className="space-y-2">
        {fields.map(([name, text]) => (
          <div key={name}>
            <dt className="text-subtle text-xs">{name}</dt>
            <dd className="font-mono text-xs break-words whitespace-pre-wrap">{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Texts as they are, all else as JSON; what is no object, whole. */
function fieldsIn(json: string): readonly (readonly [name: string, text: string])[] {
  const value = parsed(json);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [["arguments", json]];
  }
  return Object.entries(value).map(
    ([name, field]) =>
      [name, typeof field === "string" ? field : JSON.stringify(field, null, 2)] as const,
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
