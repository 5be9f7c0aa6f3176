import type { SkillVersionView } from "../../../../convex/views/skills";

/** What a version gives to an agent: what its model is told, or what it asks whom. */
export function Content({ content }: { content: SkillVersionView }) {
  const { prompt, http, wasm } = content;
  if (prompt !== undefined) {
    return (
      <>
        <p className="mb-2">
          Models know of it: <q>{prompt.description}</q> Once they need it, they read:
        </p>
        <Source text={prompt.instructions} />
      </>
    );
  }
  if (http !== undefined) {
    const { description, method, url, headers = {}, inputSchema } = http;
    return (
      <div className="space-y-2">
        <p>{description}</p>
        <p className="font-mono text-xs break-all">
          {method} {url}
        </p>
        {Object.keys(headers).length > 0 && <Source text={JSON.stringify(headers, null, 2)} />}
        <details>
          <summary className="cursor-pointer">What it is called with</summary>
          <Source text={JSON.stringify(inputSchema, null, 2)} />
        </details>
      </div>
    );
  }
  if (wasm !== undefined) return <p>A program (WebAssembly). Nothing here runs such yet.</p>;
  return <p className="text-subtle">There is nothing in it to run.</p>;
}

function Source({ text }: { text: string }) {
  return (
    <pre
      tabIndex={0}
      className="bg-sunken max-h-80 overflow-auto rounded p-3 text-xs break-words whitespace-pre-wrap"
    >
      {text}
    </pre>
  );
}
