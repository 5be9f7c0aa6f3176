/** Every public function of the product, found and not listed: a new one is here by itself. */
import { readFileSync } from "node:fs";
import { makeFunctionReference, type FunctionReference } from "convex/server";
import { PERMISSIONS, type Permission } from "../../../src/core/permissions";

export type Door = {
  /** As in `api`: "queries.agents.get". */
  name: string;
  kind: "query" | "mutation" | "action";
  reference: FunctionReference<"query" | "mutation" | "action">;
  /** What its check asks for; `person` for doors of a signed-in person's own. */
  needs: Permission | "person";
  /** Where its arguments hold ids, at any depth. */
  idSlots: IdSlot[];
};

export type IdSlot = { path: string[]; table: string };

type Registered = {
  isQuery?: true;
  isMutation?: true;
  isAction?: true;
  isPublic?: true;
  exportArgs(): string;
};

const modules = import.meta.glob<Record<string, Registered>>(
  "../../../convex/{queries,mutations,actions}/*.ts",
  { eager: true },
);

export const DOORS: readonly Door[] = Object.entries(modules).flatMap(([file, exported]) => {
  const path = file.slice(file.indexOf("convex/") + "convex/".length, -".ts".length);
  const needs = needsIn(readFileSync(`convex/${path}.ts`, "utf8"));
  return Object.entries(exported).flatMap(([name, registered]) =>
    registered.isPublic !== true
      ? []
      : [
          {
            name: `${path.replaceAll("/", ".")}.${name}`,
            kind: kindOf(registered),
            reference: makeFunctionReference(`${path}:${name}`),
            needs: needs.get(name) ?? fail(`${path}:${name} has no check`),
            idSlots: slotsIn(JSON.parse(registered.exportArgs()) as Validator),
          },
        ],
  );
});

function kindOf({ isQuery, isMutation }: Registered): Door["kind"] {
  if (isQuery === true) return "query";
  return isMutation === true ? "mutation" : "action";
}

/** The permission that each function of a file asks for, from its text: the only place where it stands. */
function needsIn(text: string): Map<string, Door["needs"]> {
  const functions = text.split(/^export const /m).slice(1);
  return new Map(
    functions.map((body) => {
      const name = /^\w+/.exec(body)?.[0] ?? "";
      const permission = /permission: "([^"]+)"/.exec(body)?.[1];
      const known = PERMISSIONS.find((candidate) => candidate === permission);
      return [name, known ?? (body.includes("requireUser(ctx)") ? "person" : fail(name))];
    }),
  );
}

/** As `exportArgs` writes it; of each kind only the fields that lead to ids. */
type Validator = {
  type: string;
  tableName?: string;
  value?: unknown;
  values?: { fieldType: Validator };
};

function slotsIn({ type, tableName, value, values }: Validator, path: string[] = []): IdSlot[] {
  if (tableName !== undefined) return [{ path, table: tableName }];
  if (type === "object") {
    const fields = value as Record<string, { fieldType: Validator }>;
    return Object.entries(fields).flatMap(([field, { fieldType }]) =>
      slotsIn(fieldType, [...path, field]),
    );
  }
  if (type === "array") return slotsIn(value as Validator, [...path, "0"]);
  if (type === "union") return (value as Validator[]).flatMap((member) => slotsIn(member, path));
  return values === undefined ? [] : slotsIn(values.fieldType, [...path, "*"]);
}

function fail(what: string): never {
  throw new Error(what);
}
