/** Who calls: from what a client shows to an identity. */
import type { Identity } from "../../engine/types";
import { RequestError, type Runtime } from "../../runtime/types";
import type { JsonObject } from "../../values/json";
import type { AuthToken } from "../sync/protocol";
import { isAdminKey } from "./adminKey";
import { tokenIdentifier } from "./attributes";
import { KeySets } from "./keySets";
import { verifyToken } from "./tokens";

export class Authenticator {
  readonly #runtime: Runtime;
  readonly #adminKey: string;
  readonly #keySets = new KeySets();

  constructor(runtime: Runtime, adminKey: string) {
    this.#runtime = runtime;
    this.#adminKey = adminKey;
    runtime.onAuthProviders(() => this.#keySets.forget());
  }

  /** @throws RequestError - 401 or 403 for a token or key that is refused, 503 when it cannot be checked. */
  async identify(token: AuthToken): Promise<Identity> {
    switch (token.tokenType) {
      case "None":
        return { kind: "none" };
      case "User":
        return await verifyToken(token.value, {
          providers: this.#runtime.authProviders(),
          keySets: this.#keySets,
        });
      case "Admin":
        if (!isAdminKey(token.value, this.#adminKey)) {
          throw new RequestError(
            403,
            "BadAdminKey",
            "The admin key is not the one of this deployment.",
          );
        }
        return {
          kind: "admin",
          actingAs: token.actingAs === null ? null : actingIdentity(token.actingAs),
        };
    }
  }

  /** From an `Authorization` header: `Bearer <jwt>`, `Convex <admin key>[:<base64 of an identity>]` or none. */
  async identifyHeader(header: string | undefined): Promise<Identity> {
    return header === undefined ? { kind: "none" } : await this.identify(parseHeader(header));
  }
}

function parseHeader(header: string): AuthToken {
  const [, scheme, credentials] = /^(bearer|convex) +(\S.*)$/i.exec(header.trim()) ?? [];
  if (scheme === undefined || credentials === undefined) {
    throw new RequestError(
      400,
      "InvalidHeaderFailure",
      `The Authorization header must be "Bearer <token>" or "Convex <admin key>".`,
    );
  }
  if (scheme.toLowerCase() === "bearer") return { tokenType: "User", value: credentials };
  // The secret part of a key has no colon; what follows one is the identity to act as.
  const [, value = credentials, identity] = /^(.*\|[^:]*):(.*)$/.exec(credentials) ?? [];
  const actingAs = identity === undefined ? null : parseIdentity(identity);
  return { tokenType: "Admin", value, actingAs };
}

function parseIdentity(base64: string): JsonObject {
  try {
    const identity: unknown = JSON.parse(Buffer.from(base64, "base64").toString("utf8"));
    if (typeof identity === "object" && identity !== null && !Array.isArray(identity)) {
      return identity as JsonObject;
    }
  } catch {
    // Falls through to the refusal below.
  }
  throw new RequestError(
    400,
    "HeaderParseFailure",
    "What follows the colon after the admin key must be the base64 of a JSON object.",
  );
}

function actingIdentity(attributes: JsonObject): JsonObject {
  if (typeof attributes["tokenIdentifier"] === "string") return attributes;
  const { issuer, subject } = attributes;
  if (typeof issuer !== "string" || typeof subject !== "string") {
    throw new RequestError(
      400,
      "BadIdentity",
      `An identity to act as needs "tokenIdentifier", or "issuer" and "subject".`,
    );
  }
  return { ...attributes, tokenIdentifier: tokenIdentifier(issuer, subject) };
}
