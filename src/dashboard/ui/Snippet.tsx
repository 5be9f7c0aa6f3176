import { CopyButton } from "./CopyButton";

/** Lines to take along into a terminal or a program. */
export function Snippet({ name, text }: { name: string; text: string }) {
  return (
    <figure className="border-line overflow-hidden rounded-md border">
      <figcaption className="border-line bg-surface flex items-center justify-between gap-2 border-b px-3 py-1">
        <span className="font-medium">{name}</span>
        <CopyButton text={text} size="sm" />
      </figcaption>
      <pre
        tabIndex={0}
        role="group"
        aria-label={name}
        className="bg-sunken overflow-x-auto p-3 font-mono text-xs"
      >
        {text}
      </pre>
    </figure>
  );
}
