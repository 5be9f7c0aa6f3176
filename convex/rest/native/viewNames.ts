/** The names of views in the document, by what they are: `vAgentView` is `Agent` wherever a door returns it. */
import type { Validator } from "convex/values";
import * as views from "../../views";
import * as administration from "../../views/administration";
import * as agents from "../../views/agents";
import * as approvals from "../../views/approvals";
import * as budgets from "../../views/budgets";
import * as channels from "../../views/channels";
import * as costs from "../../views/costs";
import * as modes from "../../views/modes";
import * as people from "../../views/people";
import * as prices from "../../views/prices";
import * as prompts from "../../views/prompts";
import * as skills from "../../views/skills";
import * as summaries from "../../views/summaries";
import * as traces from "../../views/traces";
import * as webhooks from "../../views/webhooks";
import { jsonOf } from "./doors";
import type { Names } from "./schemas";

const MODULES = [
  views,
  administration,
  agents,
  approvals,
  budgets,
  channels,
  costs,
  modes,
  people,
  prices,
  prompts,
  skills,
  summaries,
  traces,
  webhooks,
];

let names: Names | null = null;

export function viewNames(): Names {
  names ??= new Map(MODULES.flatMap((module) => Object.entries(module)).flatMap(named));
  return names;
}

/** Every exported validator of an object: "vAgentView" as "Agent". */
function named([name, exported]: [string, unknown]): [string, string][] {
  if (!/^v[A-Z]/.test(name)) return [];
  const json = jsonOf(exported as Validator<unknown, "required", string>);
  if (json.type !== "object") return [];
  return [[JSON.stringify(json), name.slice(1).replace(/View$/, "")]];
}
