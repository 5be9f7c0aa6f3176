/** Skills in runs: which an agent has, what it may do with them unasked, and what is kept. One mistake each. */
import type { Mutant } from "./mutants";

const tests = ["tests/convex/skillTurn.test.ts"];

export const SKILL_TURNS: readonly Mutant[] = [
  {
    name: "skill turns: an agent's skills have no say in approvals",
    file: "convex/model/runs/grants.ts",
    tests,
    find: "granted ?? skills.find(({ skillId }) => skillId === skillIn(call))",
    replace: "granted",
  },
  {
    name: "skill turns: reading instructions is never asked about",
    file: "convex/model/skills/runnable.ts",
    tests,
    find: "return name === READ_SKILL ? readSkill(argumentsJson) : name;",
    replace: 'return argumentsJson === "" ? readSkill(argumentsJson) : name;',
  },
  {
    name: "skill turns: another request goes unasked because the last one did",
    file: "convex/model/skills/installations.ts",
    tests,
    find: "...(doesOther && wasLetThrough && { approval: undefined }),",
    replace: "...(doesOther && wasLetThrough && {}),",
  },
  {
    name: "skill turns: nobody is asked about a request that changes something",
    file: "src/skills/httpTool.ts",
    tests,
    find: 'toolClass: isReadOnly(skill) ? "pure" : "effect",',
    replace: 'toolClass: "pure",',
  },
  {
    name: "skill turns: a skill that is not to be used is used",
    file: "convex/model/skills/runnable.ts",
    tests,
    find: "if (there === null || !isUsableNow(row, { agent, version: there.version })) continue;",
    replace: "if (there === null) continue;",
  },
  {
    name: "skill turns: the prompt says nothing of skills",
    file: "convex/model/context.ts",
    tests,
    find: "if (listing === null) return systemPrompt;",
    replace: "if (listing !== null) return systemPrompt;",
  },
  {
    name: "skill turns: instructions are those of any skill",
    file: "src/skills/tools.ts",
    tests,
    find: "const instructions = await prompts.find(({ skillId }) => skillId === skill)?.read();",
    replace: "const instructions = await prompts[0]?.read();",
  },
  {
    name: "skill turns: uses are not counted",
    file: "convex/model/runs/tools.ts",
    tests,
    find: "if (uses.length === 0) return {};",
    replace: "if (uses.length >= 0) return {};",
  },
];
