/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as actions_channels from "../actions/channels.js";
import type * as actions_invitations from "../actions/invitations.js";
import type * as actions_keys from "../actions/keys.js";
import type * as actions_passwords from "../actions/passwords.js";
import type * as actions_providers from "../actions/providers.js";
import type * as actions_skills from "../actions/skills.js";
import type * as crons from "../crons.js";
import type * as http from "../http.js";
import type * as jobs_access from "../jobs/access.js";
import type * as jobs_auth_devices from "../jobs/auth/devices.js";
import type * as jobs_auth_identities from "../jobs/auth/identities.js";
import type * as jobs_auth_invitations from "../jobs/auth/invitations.js";
import type * as jobs_auth_links from "../jobs/auth/links.js";
import type * as jobs_auth_signIns from "../jobs/auth/signIns.js";
import type * as jobs_channels from "../jobs/channels.js";
import type * as jobs_costs from "../jobs/costs.js";
import type * as jobs_demo from "../jobs/demo.js";
import type * as jobs_driving from "../jobs/driving.js";
import type * as jobs_erasures from "../jobs/erasures.js";
import type * as jobs_files from "../jobs/files.js";
import type * as jobs_invitations from "../jobs/invitations.js";
import type * as jobs_keys from "../jobs/keys.js";
import type * as jobs_modelCall from "../jobs/modelCall.js";
import type * as jobs_providers from "../jobs/providers.js";
import type * as jobs_reaper from "../jobs/reaper.js";
import type * as jobs_rotation from "../jobs/rotation.js";
import type * as jobs_runs from "../jobs/runs.js";
import type * as jobs_sessions from "../jobs/sessions.js";
import type * as jobs_skills from "../jobs/skills.js";
import type * as jobs_tenants from "../jobs/tenants.js";
import type * as jobs_users from "../jobs/users.js";
import type * as lib_batcher from "../lib/batcher.js";
import type * as lib_changes from "../lib/changes.js";
import type * as lib_checks from "../lib/checks.js";
import type * as lib_crypto from "../lib/crypto.js";
import type * as lib_emails from "../lib/emails.js";
import type * as lib_errors from "../lib/errors.js";
import type * as lib_http from "../lib/http.js";
import type * as lib_objects from "../lib/objects.js";
import type * as lib_texts from "../lib/texts.js";
import type * as lib_usd from "../lib/usd.js";
import type * as model_access from "../model/access.js";
import type * as model_actionAccess from "../model/actionAccess.js";
import type * as model_activity from "../model/activity.js";
import type * as model_agents_agents from "../model/agents/agents.js";
import type * as model_agents_settings from "../model/agents/settings.js";
import type * as model_agents_stats from "../model/agents/stats.js";
import type * as model_agents_versions from "../model/agents/versions.js";
import type * as model_attachments from "../model/attachments.js";
import type * as model_auth_accounts from "../model/auth/accounts.js";
import type * as model_auth_devices from "../model/auth/devices.js";
import type * as model_auth_identities from "../model/auth/identities.js";
import type * as model_auth_limits from "../model/auth/limits.js";
import type * as model_auth_links from "../model/auth/links.js";
import type * as model_auth_passwords from "../model/auth/passwords.js";
import type * as model_auth_signIns from "../model/auth/signIns.js";
import type * as model_auth_suspension from "../model/auth/suspension.js";
import type * as model_auth_tokens from "../model/auth/tokens.js";
import type * as model_branches from "../model/branches.js";
import type * as model_channels_channels from "../model/channels/channels.js";
import type * as model_channels_settings from "../model/channels/settings.js";
import type * as model_chunks from "../model/chunks.js";
import type * as model_costs_attempts from "../model/costs/attempts.js";
import type * as model_costs_cleanup from "../model/costs/cleanup.js";
import type * as model_costs_ledger from "../model/costs/ledger.js";
import type * as model_costs_reported from "../model/costs/reported.js";
import type * as model_costs_reports from "../model/costs/reports.js";
import type * as model_credentials from "../model/credentials.js";
import type * as model_demo from "../model/demo.js";
import type * as model_deploymentSecrets from "../model/deploymentSecrets.js";
import type * as model_deploymentSettings from "../model/deploymentSettings.js";
import type * as model_erasure_batches from "../model/erasure/batches.js";
import type * as model_erasure_erasures from "../model/erasure/erasures.js";
import type * as model_erasure_ofTenant from "../model/erasure/ofTenant.js";
import type * as model_erasure_ofUser from "../model/erasure/ofUser.js";
import type * as model_erasure_progress from "../model/erasure/progress.js";
import type * as model_exports from "../model/exports.js";
import type * as model_invitations from "../model/invitations.js";
import type * as model_keys_expiry from "../model/keys/expiry.js";
import type * as model_keys_keys from "../model/keys/keys.js";
import type * as model_keys_lookup from "../model/keys/lookup.js";
import type * as model_memberships from "../model/memberships.js";
import type * as model_messages from "../model/messages.js";
import type * as model_providers_addresses from "../model/providers/addresses.js";
import type * as model_providers_credentials from "../model/providers/credentials.js";
import type * as model_providers_deployment from "../model/providers/deployment.js";
import type * as model_providers_providers from "../model/providers/providers.js";
import type * as model_rotation from "../model/rotation.js";
import type * as model_runs_cancel from "../model/runs/cancel.js";
import type * as model_runs_edit from "../model/runs/edit.js";
import type * as model_runs_end from "../model/runs/end.js";
import type * as model_runs_finish from "../model/runs/finish.js";
import type * as model_runs_read from "../model/runs/read.js";
import type * as model_runs_reap from "../model/runs/reap.js";
import type * as model_runs_send from "../model/runs/send.js";
import type * as model_runs_state from "../model/runs/state.js";
import type * as model_runs_turn from "../model/runs/turn.js";
import type * as model_runs_work from "../model/runs/work.js";
import type * as model_secrets from "../model/secrets.js";
import type * as model_sessionRemoval from "../model/sessionRemoval.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_skills_binaries from "../model/skills/binaries.js";
import type * as model_skills_checks from "../model/skills/checks.js";
import type * as model_skills_configuration from "../model/skills/configuration.js";
import type * as model_skills_counts from "../model/skills/counts.js";
import type * as model_skills_installations from "../model/skills/installations.js";
import type * as model_skills_installed from "../model/skills/installed.js";
import type * as model_skills_listings from "../model/skills/listings.js";
import type * as model_skills_marketplace from "../model/skills/marketplace.js";
import type * as model_skills_operating from "../model/skills/operating.js";
import type * as model_skills_publishing from "../model/skills/publishing.js";
import type * as model_skills_ratings from "../model/skills/ratings.js";
import type * as model_skills_terms from "../model/skills/terms.js";
import type * as model_storage from "../model/storage.js";
import type * as model_tenantTables from "../model/tenantTables.js";
import type * as model_tenants from "../model/tenants.js";
import type * as model_totals from "../model/totals.js";
import type * as model_uploads from "../model/uploads.js";
import type * as mutations_agents from "../mutations/agents.js";
import type * as mutations_channels from "../mutations/channels.js";
import type * as mutations_conversations from "../mutations/conversations.js";
import type * as mutations_costs from "../mutations/costs.js";
import type * as mutations_devices from "../mutations/devices.js";
import type * as mutations_erasures from "../mutations/erasures.js";
import type * as mutations_files from "../mutations/files.js";
import type * as mutations_identities from "../mutations/identities.js";
import type * as mutations_invitations from "../mutations/invitations.js";
import type * as mutations_keys from "../mutations/keys.js";
import type * as mutations_memberships from "../mutations/memberships.js";
import type * as mutations_messages from "../mutations/messages.js";
import type * as mutations_providers from "../mutations/providers.js";
import type * as mutations_runs from "../mutations/runs.js";
import type * as mutations_signIns from "../mutations/signIns.js";
import type * as mutations_skills from "../mutations/skills.js";
import type * as mutations_tenants from "../mutations/tenants.js";
import type * as mutations_users from "../mutations/users.js";
import type * as queries_activity from "../queries/activity.js";
import type * as queries_agents from "../queries/agents.js";
import type * as queries_channels from "../queries/channels.js";
import type * as queries_conversations from "../queries/conversations.js";
import type * as queries_costs from "../queries/costs.js";
import type * as queries_exports from "../queries/exports.js";
import type * as queries_files from "../queries/files.js";
import type * as queries_identities from "../queries/identities.js";
import type * as queries_invitations from "../queries/invitations.js";
import type * as queries_keys from "../queries/keys.js";
import type * as queries_memberships from "../queries/memberships.js";
import type * as queries_messages from "../queries/messages.js";
import type * as queries_providers from "../queries/providers.js";
import type * as queries_runs from "../queries/runs.js";
import type * as queries_sessions from "../queries/sessions.js";
import type * as queries_signIns from "../queries/signIns.js";
import type * as queries_skills from "../queries/skills.js";
import type * as queries_tenants from "../queries/tenants.js";
import type * as queries_users from "../queries/users.js";
import type * as rest_auth from "../rest/auth.js";
import type * as rest_authCors from "../rest/authCors.js";
import type * as rest_authDevice from "../rest/authDevice.js";
import type * as rest_authIdentities from "../rest/authIdentities.js";
import type * as rest_authKeys from "../rest/authKeys.js";
import type * as rest_authLinks from "../rest/authLinks.js";
import type * as rest_authReplies from "../rest/authReplies.js";
import type * as rest_authSignIn from "../rest/authSignIn.js";
import type * as rest_pages_device from "../rest/pages/device.js";
import type * as rest_pages_links from "../rest/pages/links.js";
import type * as rest_pages_shell from "../rest/pages/shell.js";
import type * as schema_administration from "../schema/administration.js";
import type * as schema_agents from "../schema/agents.js";
import type * as schema_money from "../schema/money.js";
import type * as schema_people from "../schema/people.js";
import type * as schema_skills from "../schema/skills.js";
import type * as schema_work from "../schema/work.js";
import type * as validators from "../validators.js";
import type * as validators_administration from "../validators/administration.js";
import type * as validators_agents from "../validators/agents.js";
import type * as validators_money from "../validators/money.js";
import type * as validators_people from "../validators/people.js";
import type * as validators_work from "../validators/work.js";
import type * as views from "../views.js";
import type * as views_administration from "../views/administration.js";
import type * as views_agents from "../views/agents.js";
import type * as views_auth from "../views/auth.js";
import type * as views_channels from "../views/channels.js";
import type * as views_people from "../views/people.js";
import type * as views_skills from "../views/skills.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  "actions/channels": typeof actions_channels;
  "actions/invitations": typeof actions_invitations;
  "actions/keys": typeof actions_keys;
  "actions/passwords": typeof actions_passwords;
  "actions/providers": typeof actions_providers;
  "actions/skills": typeof actions_skills;
  crons: typeof crons;
  http: typeof http;
  "jobs/access": typeof jobs_access;
  "jobs/auth/devices": typeof jobs_auth_devices;
  "jobs/auth/identities": typeof jobs_auth_identities;
  "jobs/auth/invitations": typeof jobs_auth_invitations;
  "jobs/auth/links": typeof jobs_auth_links;
  "jobs/auth/signIns": typeof jobs_auth_signIns;
  "jobs/channels": typeof jobs_channels;
  "jobs/costs": typeof jobs_costs;
  "jobs/demo": typeof jobs_demo;
  "jobs/driving": typeof jobs_driving;
  "jobs/erasures": typeof jobs_erasures;
  "jobs/files": typeof jobs_files;
  "jobs/invitations": typeof jobs_invitations;
  "jobs/keys": typeof jobs_keys;
  "jobs/modelCall": typeof jobs_modelCall;
  "jobs/providers": typeof jobs_providers;
  "jobs/reaper": typeof jobs_reaper;
  "jobs/rotation": typeof jobs_rotation;
  "jobs/runs": typeof jobs_runs;
  "jobs/sessions": typeof jobs_sessions;
  "jobs/skills": typeof jobs_skills;
  "jobs/tenants": typeof jobs_tenants;
  "jobs/users": typeof jobs_users;
  "lib/batcher": typeof lib_batcher;
  "lib/changes": typeof lib_changes;
  "lib/checks": typeof lib_checks;
  "lib/crypto": typeof lib_crypto;
  "lib/emails": typeof lib_emails;
  "lib/errors": typeof lib_errors;
  "lib/http": typeof lib_http;
  "lib/objects": typeof lib_objects;
  "lib/texts": typeof lib_texts;
  "lib/usd": typeof lib_usd;
  "model/access": typeof model_access;
  "model/actionAccess": typeof model_actionAccess;
  "model/activity": typeof model_activity;
  "model/agents/agents": typeof model_agents_agents;
  "model/agents/settings": typeof model_agents_settings;
  "model/agents/stats": typeof model_agents_stats;
  "model/agents/versions": typeof model_agents_versions;
  "model/attachments": typeof model_attachments;
  "model/auth/accounts": typeof model_auth_accounts;
  "model/auth/devices": typeof model_auth_devices;
  "model/auth/identities": typeof model_auth_identities;
  "model/auth/limits": typeof model_auth_limits;
  "model/auth/links": typeof model_auth_links;
  "model/auth/passwords": typeof model_auth_passwords;
  "model/auth/signIns": typeof model_auth_signIns;
  "model/auth/suspension": typeof model_auth_suspension;
  "model/auth/tokens": typeof model_auth_tokens;
  "model/branches": typeof model_branches;
  "model/channels/channels": typeof model_channels_channels;
  "model/channels/settings": typeof model_channels_settings;
  "model/chunks": typeof model_chunks;
  "model/costs/attempts": typeof model_costs_attempts;
  "model/costs/cleanup": typeof model_costs_cleanup;
  "model/costs/ledger": typeof model_costs_ledger;
  "model/costs/reported": typeof model_costs_reported;
  "model/costs/reports": typeof model_costs_reports;
  "model/credentials": typeof model_credentials;
  "model/demo": typeof model_demo;
  "model/deploymentSecrets": typeof model_deploymentSecrets;
  "model/deploymentSettings": typeof model_deploymentSettings;
  "model/erasure/batches": typeof model_erasure_batches;
  "model/erasure/erasures": typeof model_erasure_erasures;
  "model/erasure/ofTenant": typeof model_erasure_ofTenant;
  "model/erasure/ofUser": typeof model_erasure_ofUser;
  "model/erasure/progress": typeof model_erasure_progress;
  "model/exports": typeof model_exports;
  "model/invitations": typeof model_invitations;
  "model/keys/expiry": typeof model_keys_expiry;
  "model/keys/keys": typeof model_keys_keys;
  "model/keys/lookup": typeof model_keys_lookup;
  "model/memberships": typeof model_memberships;
  "model/messages": typeof model_messages;
  "model/providers/addresses": typeof model_providers_addresses;
  "model/providers/credentials": typeof model_providers_credentials;
  "model/providers/deployment": typeof model_providers_deployment;
  "model/providers/providers": typeof model_providers_providers;
  "model/rotation": typeof model_rotation;
  "model/runs/cancel": typeof model_runs_cancel;
  "model/runs/edit": typeof model_runs_edit;
  "model/runs/end": typeof model_runs_end;
  "model/runs/finish": typeof model_runs_finish;
  "model/runs/read": typeof model_runs_read;
  "model/runs/reap": typeof model_runs_reap;
  "model/runs/send": typeof model_runs_send;
  "model/runs/state": typeof model_runs_state;
  "model/runs/turn": typeof model_runs_turn;
  "model/runs/work": typeof model_runs_work;
  "model/secrets": typeof model_secrets;
  "model/sessionRemoval": typeof model_sessionRemoval;
  "model/sessions": typeof model_sessions;
  "model/skills/binaries": typeof model_skills_binaries;
  "model/skills/checks": typeof model_skills_checks;
  "model/skills/configuration": typeof model_skills_configuration;
  "model/skills/counts": typeof model_skills_counts;
  "model/skills/installations": typeof model_skills_installations;
  "model/skills/installed": typeof model_skills_installed;
  "model/skills/listings": typeof model_skills_listings;
  "model/skills/marketplace": typeof model_skills_marketplace;
  "model/skills/operating": typeof model_skills_operating;
  "model/skills/publishing": typeof model_skills_publishing;
  "model/skills/ratings": typeof model_skills_ratings;
  "model/skills/terms": typeof model_skills_terms;
  "model/storage": typeof model_storage;
  "model/tenantTables": typeof model_tenantTables;
  "model/tenants": typeof model_tenants;
  "model/totals": typeof model_totals;
  "model/uploads": typeof model_uploads;
  "mutations/agents": typeof mutations_agents;
  "mutations/channels": typeof mutations_channels;
  "mutations/conversations": typeof mutations_conversations;
  "mutations/costs": typeof mutations_costs;
  "mutations/devices": typeof mutations_devices;
  "mutations/erasures": typeof mutations_erasures;
  "mutations/files": typeof mutations_files;
  "mutations/identities": typeof mutations_identities;
  "mutations/invitations": typeof mutations_invitations;
  "mutations/keys": typeof mutations_keys;
  "mutations/memberships": typeof mutations_memberships;
  "mutations/messages": typeof mutations_messages;
  "mutations/providers": typeof mutations_providers;
  "mutations/runs": typeof mutations_runs;
  "mutations/signIns": typeof mutations_signIns;
  "mutations/skills": typeof mutations_skills;
  "mutations/tenants": typeof mutations_tenants;
  "mutations/users": typeof mutations_users;
  "queries/activity": typeof queries_activity;
  "queries/agents": typeof queries_agents;
  "queries/channels": typeof queries_channels;
  "queries/conversations": typeof queries_conversations;
  "queries/costs": typeof queries_costs;
  "queries/exports": typeof queries_exports;
  "queries/files": typeof queries_files;
  "queries/identities": typeof queries_identities;
  "queries/invitations": typeof queries_invitations;
  "queries/keys": typeof queries_keys;
  "queries/memberships": typeof queries_memberships;
  "queries/messages": typeof queries_messages;
  "queries/providers": typeof queries_providers;
  "queries/runs": typeof queries_runs;
  "queries/sessions": typeof queries_sessions;
  "queries/signIns": typeof queries_signIns;
  "queries/skills": typeof queries_skills;
  "queries/tenants": typeof queries_tenants;
  "queries/users": typeof queries_users;
  "rest/auth": typeof rest_auth;
  "rest/authCors": typeof rest_authCors;
  "rest/authDevice": typeof rest_authDevice;
  "rest/authIdentities": typeof rest_authIdentities;
  "rest/authKeys": typeof rest_authKeys;
  "rest/authLinks": typeof rest_authLinks;
  "rest/authReplies": typeof rest_authReplies;
  "rest/authSignIn": typeof rest_authSignIn;
  "rest/pages/device": typeof rest_pages_device;
  "rest/pages/links": typeof rest_pages_links;
  "rest/pages/shell": typeof rest_pages_shell;
  "schema/administration": typeof schema_administration;
  "schema/agents": typeof schema_agents;
  "schema/money": typeof schema_money;
  "schema/people": typeof schema_people;
  "schema/skills": typeof schema_skills;
  "schema/work": typeof schema_work;
  validators: typeof validators;
  "validators/administration": typeof validators_administration;
  "validators/agents": typeof validators_agents;
  "validators/money": typeof validators_money;
  "validators/people": typeof validators_people;
  "validators/work": typeof validators_work;
  views: typeof views;
  "views/administration": typeof views_administration;
  "views/agents": typeof views_agents;
  "views/auth": typeof views_auth;
  "views/channels": typeof views_channels;
  "views/people": typeof views_people;
  "views/skills": typeof views_skills;
}>;

/**
 * A utility for referencing Convex functions in your app's public API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;

/**
 * A utility for referencing Convex functions in your app's internal API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = internal.myModule.myFunction;
 * ```
 */
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;

export declare const components: {
  rateLimiter: import("@convex-dev/rate-limiter/_generated/component.js").ComponentApi<"rateLimiter">;
};
