import { skills as makeShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/skills";
import * as lookDoors from "../../queries/skills";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/skills", lookDoors);
const change = doorsOf("mutations/skills", changeDoors);
const make = actionsOf("actions/skills", makeShapes);
const read = { permission: "skills:read" } as const;
const write = { permission: "skills:write" } as const;
const publish = { permission: "skills:publish" } as const;

export const SKILL_ROUTES: readonly Route[] = [
  { at: "get /skills", door: look.list, ...read, summary: "Lists published skills" },
  {
    at: "post /skills",
    door: make.create,
    ...publish,
    summary: "Adds a skill as a draft",
    created: "/skills/{id}",
  },
  { at: "get /skills/search", door: look.search, ...read, summary: "Finds skills by words" },
  { at: "get /skills/mine", door: look.mine, ...read, summary: "Lists the tenant's own skills" },
  {
    at: "post /skills/upload-url",
    door: change.createUploadUrl,
    ...publish,
    summary: "Makes an address to POST a binary to; it answers `storageId`",
    as: "url",
  },
  { at: "get /skills/{skillId}", door: look.get, ...read, summary: "Reads a skill" },
  {
    at: "patch /skills/{skillId}",
    door: change.update,
    ...publish,
    summary: "Changes what is said of a skill",
  },
  {
    at: "get /skills/{skillId}/versions",
    door: look.versions,
    ...read,
    summary: "Lists a skill's versions",
  },
  {
    at: "post /skills/{skillId}/versions",
    door: make.addVersion,
    ...publish,
    summary: "Adds a version",
    created: "/skills/{skillId}",
  },
  {
    at: "post /skills/{skillId}/publish",
    door: change.publish,
    ...publish,
    summary: "Shows a skill to all tenants",
  },
  {
    at: "post /skills/{skillId}/withdraw",
    door: change.withdraw,
    ...publish,
    summary: "Takes a skill out of the marketplace",
  },
  { at: "put /skills/{skillId}/rating", door: change.rate, ...write, summary: "Rates a skill" },
];
