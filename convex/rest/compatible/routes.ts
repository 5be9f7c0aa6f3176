/** The compatible API: `/v1`, as clients of OpenAI's and Anthropic's expect it. */
import type { HttpRouter } from "convex/server";
import { httpAction } from "../../_generated/server";
import { chatDialect } from "../../../src/completions/chatAnswer";
import { serving } from "./serve";

export function addCompatibleRoutes(http: HttpRouter): void {
  http.route({
    method: "POST",
    path: "/v1/chat/completions",
    handler: httpAction(serving(chatDialect, "openai")),
  });
}
