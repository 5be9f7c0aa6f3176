/** Data folders with a project deployed to them, to start copies of: deploying takes a second, a copy none. */
import { madeOnce } from "../../support/madeOnce";
import { embeddedTest, type EmbeddedTestOptions } from "./embeddedTest";

type Deployed = Required<Pick<EmbeddedTestOptions, "project" | "environment">>;

/** @param name - What the workers know it by; one project and environment each. */
export async function deployedFolder(name: string, deployed: Deployed): Promise<string> {
  return await madeOnce(name, async (data) => {
    const t = await embeddedTest({ ...deployed, data });
    await t.close();
  });
}
