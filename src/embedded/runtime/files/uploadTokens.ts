/** The tokens in upload URLs: who has one may store a file in one component, for an hour. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { ComponentPath } from "../../engine/types";
import { openSecret } from "../../store/secret";
import type { Store } from "../../store/store";
import { RequestError } from "../types";

const SECRET_SETTING = "files.uploadSecret";
const VALIDITY_MS = 3_600_000;
/** More than any token of ours is long: component paths are names of a project. */
const TOKEN_CHARS_MAX = 4_096;

export interface UploadTokens {
  issue(componentPath: ComponentPath, nowMs: number): string;
  /**
   * The component that the token is for.
   *
   * @throws RequestError - 401: it is no token of this store, or it is too old.
   */
  open(token: string, nowMs: number): ComponentPath;
}

/** Made once for a store, when no transaction is open. */
export function openUploadTokens(store: Store): UploadTokens {
  const secret = openSecret(store, SECRET_SETTING);
  const seal = (content: string): Buffer => createHmac("sha256", secret).update(content).digest();

  return {
    issue(componentPath, nowMs) {
      const content = Buffer.from(JSON.stringify([componentPath, nowMs])).toString("base64url");
      return `${content}.${seal(content).toString("base64url")}`;
    },
    open(token, nowMs) {
      const [content = "", signature = ""] = token.slice(0, TOKEN_CHARS_MAX).split(".");
      const given = Buffer.from(signature, "base64url");
      const expected = seal(content);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw refusal("StorageTokenInvalid", "Couldn't decode the StoreFileAuthorization token");
      }
      const [componentPath, issuedMs] = JSON.parse(
        Buffer.from(content, "base64url").toString(),
      ) as [ComponentPath, number];
      if (issuedMs + VALIDITY_MS <= nowMs) {
        throw refusal("StorageTokenExpired", "Store File Authorization expired");
      }
      return componentPath;
    },
  };
}

function refusal(code: string, message: string): RequestError {
  return new RequestError(401, code, message);
}
