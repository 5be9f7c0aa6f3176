import { meaningOf } from "./permissions";

/** What a skill asks for. */
export function Permissions({ permissions }: { permissions: readonly string[] }) {
  if (permissions.length === 0) return <p className="text-subtle">It asks for nothing.</p>;
  return (
    <ul className="space-y-1">
      {permissions.map((permission) => (
        <li key={permission}>
          <code className="font-mono text-xs">{permission}</code>{" "}
          <span className="text-subtle">{meaningOf(permission)}</span>
        </li>
      ))}
    </ul>
  );
}
