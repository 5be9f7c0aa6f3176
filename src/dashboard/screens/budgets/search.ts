/** Which budget is looked at, and whose binding one, as it stands in the address. */

export type BudgetsSearch = {
  /** The one that a refusal led to. */
  budget?: string | undefined;
  agent?: string | undefined;
  user?: string | undefined;
  key?: string | undefined;
  /** "provider/model"; the agent's own without it. */
  model?: string | undefined;
};

export function toBudgetsSearch(search: Record<string, unknown>): BudgetsSearch {
  const text = (name: keyof BudgetsSearch) => {
    const value = search[name];
    return typeof value === "string" && value !== "" ? { [name]: value } : {};
  };
  return { ...text("budget"), ...text("agent"), ...text("user"), ...text("key"), ...text("model") };
}
