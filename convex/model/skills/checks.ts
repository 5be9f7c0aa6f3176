/** What a publisher may say of a skill. */
import { isSemanticVersion } from "../../../src/core/semanticVersion";
import { checkedLength, checkedList, checkedText } from "../../lib/checks";
import { fail } from "../../lib/errors";

const NAME_LENGTH_MAX = 80;
const DESCRIPTION_LENGTH_MAX = 2_000;
const CHANGELOG_LENGTH_MAX = 4_000;
const ID = /^skill(_[a-z0-9]+)+$/;
const ID_LENGTH_MAX = 64;
const CATEGORY = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const CATEGORY_LENGTH_MAX = 40;
/** Each is granted by a person who reads it. */
const PERMISSIONS = { countMax: 50, lengthMax: 64 };
const PERMISSION = /^[a-z][a-z0-9]*(\.[a-z][a-z0-9]*){1,2}$/;

export type SkillTexts = { name: string; description: string; category: string };

/** The name, description and category that are given. */
export function checkedTexts<Texts extends Partial<SkillTexts>>(texts: Texts): Texts {
  const { name, description, category } = texts;
  return {
    ...texts,
    ...(name !== undefined && { name: checkedText("name", name, NAME_LENGTH_MAX) }),
    ...(description !== undefined && {
      description: checkedText("description", description, DESCRIPTION_LENGTH_MAX),
    }),
    ...(category !== undefined && { category: checkedCategory(category) }),
  };
}

export function checkedId(id: string): string {
  const reason =
    'must be "skill" and lower-case words, joined by underscores and 64 characters at most: skill_web_search';
  if (id.length > ID_LENGTH_MAX || !ID.test(id)) {
    fail({ kind: "invalid_argument", field: "id", reason });
  }
  return id;
}

/** The version, when it is a semantic one. */
export function checkedVersion(version: string): string {
  const reason = "must be three numbers: 1.2.0";
  if (!isSemanticVersion(version)) fail({ kind: "invalid_argument", field: "version", reason });
  return version;
}

/** The permissions, each once. */
export function checkedPermissions(field: string, permissions: readonly string[]): string[] {
  const list = checkedList(field, permissions, PERMISSIONS);
  const odd = list.find((permission) => !PERMISSION.test(permission));
  if (odd !== undefined) {
    const reason = `has "${odd}"; each must be a noun and one or two verbs: network.http.get, fs.read`;
    fail({ kind: "invalid_argument", field, reason });
  }
  return [...new Set(list)];
}

export function checkedChangelog(changelog: string): string {
  return checkedLength("changelog", changelog, CHANGELOG_LENGTH_MAX);
}

function checkedCategory(category: string): string {
  if (category.length > CATEGORY_LENGTH_MAX || !CATEGORY.test(category)) {
    const reason = "must be lower-case words, joined by dashes and 40 characters at most: data";
    fail({ kind: "invalid_argument", field: "category", reason });
  }
  return category;
}
