/** Our issuer as others see it, so that they can check its tokens. Public, and the same for everybody. */
import { httpAction } from "../_generated/server";
import { ownIssuer } from "../model/deploymentSecrets";

/** Shorter than a rotation of keys takes. */
const HEADERS = { "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*" };

const JWKS_PATH = "/.well-known/jwks.json";

export const jwks = httpAction(() =>
  Promise.resolve(Response.json(ownIssuer().jwks, { headers: HEADERS })),
);

/** As OpenID Connect Discovery 1.0 has it, as far as there is something to say. */
export const configuration = httpAction((_ctx, request) => {
  const { origin } = new URL(request.url);
  const document = {
    issuer: ownIssuer().issuer,
    jwks_uri: origin + JWKS_PATH,
    device_authorization_endpoint: `${origin}/auth/device`,
    token_endpoint: `${origin}/auth/device/token`,
    grant_types_supported: ["urn:ietf:params:oauth:grant-type:device_code"],
    response_types_supported: [],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["ES256"],
  };
  return Promise.resolve(Response.json(document, { headers: HEADERS }));
});
