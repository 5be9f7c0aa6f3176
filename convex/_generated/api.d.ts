/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as crons from "../crons.js";
import type * as http from "../http.js";
import type * as jobs_demo from "../jobs/demo.js";
import type * as jobs_driving from "../jobs/driving.js";
import type * as jobs_modelCall from "../jobs/modelCall.js";
import type * as jobs_reaper from "../jobs/reaper.js";
import type * as jobs_runs from "../jobs/runs.js";
import type * as lib_batcher from "../lib/batcher.js";
import type * as lib_checks from "../lib/checks.js";
import type * as lib_errors from "../lib/errors.js";
import type * as lib_objects from "../lib/objects.js";
import type * as lib_texts from "../lib/texts.js";
import type * as lib_usd from "../lib/usd.js";
import type * as model_access from "../model/access.js";
import type * as model_agents from "../model/agents.js";
import type * as model_chunks from "../model/chunks.js";
import type * as model_costReports from "../model/costReports.js";
import type * as model_costs from "../model/costs.js";
import type * as model_demo from "../model/demo.js";
import type * as model_messages from "../model/messages.js";
import type * as model_providers from "../model/providers.js";
import type * as model_runs_cancel from "../model/runs/cancel.js";
import type * as model_runs_end from "../model/runs/end.js";
import type * as model_runs_finish from "../model/runs/finish.js";
import type * as model_runs_read from "../model/runs/read.js";
import type * as model_runs_reap from "../model/runs/reap.js";
import type * as model_runs_send from "../model/runs/send.js";
import type * as model_runs_state from "../model/runs/state.js";
import type * as model_runs_work from "../model/runs/work.js";
import type * as model_sessions from "../model/sessions.js";
import type * as model_totals from "../model/totals.js";
import type * as mutations_agents from "../mutations/agents.js";
import type * as mutations_conversations from "../mutations/conversations.js";
import type * as mutations_messages from "../mutations/messages.js";
import type * as mutations_runs from "../mutations/runs.js";
import type * as queries_agents from "../queries/agents.js";
import type * as queries_conversations from "../queries/conversations.js";
import type * as queries_costs from "../queries/costs.js";
import type * as queries_messages from "../queries/messages.js";
import type * as queries_runs from "../queries/runs.js";
import type * as queries_sessions from "../queries/sessions.js";
import type * as validators from "../validators.js";
import type * as views from "../views.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  crons: typeof crons;
  http: typeof http;
  "jobs/demo": typeof jobs_demo;
  "jobs/driving": typeof jobs_driving;
  "jobs/modelCall": typeof jobs_modelCall;
  "jobs/reaper": typeof jobs_reaper;
  "jobs/runs": typeof jobs_runs;
  "lib/batcher": typeof lib_batcher;
  "lib/checks": typeof lib_checks;
  "lib/errors": typeof lib_errors;
  "lib/objects": typeof lib_objects;
  "lib/texts": typeof lib_texts;
  "lib/usd": typeof lib_usd;
  "model/access": typeof model_access;
  "model/agents": typeof model_agents;
  "model/chunks": typeof model_chunks;
  "model/costReports": typeof model_costReports;
  "model/costs": typeof model_costs;
  "model/demo": typeof model_demo;
  "model/messages": typeof model_messages;
  "model/providers": typeof model_providers;
  "model/runs/cancel": typeof model_runs_cancel;
  "model/runs/end": typeof model_runs_end;
  "model/runs/finish": typeof model_runs_finish;
  "model/runs/read": typeof model_runs_read;
  "model/runs/reap": typeof model_runs_reap;
  "model/runs/send": typeof model_runs_send;
  "model/runs/state": typeof model_runs_state;
  "model/runs/work": typeof model_runs_work;
  "model/sessions": typeof model_sessions;
  "model/totals": typeof model_totals;
  "mutations/agents": typeof mutations_agents;
  "mutations/conversations": typeof mutations_conversations;
  "mutations/messages": typeof mutations_messages;
  "mutations/runs": typeof mutations_runs;
  "queries/agents": typeof queries_agents;
  "queries/conversations": typeof queries_conversations;
  "queries/costs": typeof queries_costs;
  "queries/messages": typeof queries_messages;
  "queries/runs": typeof queries_runs;
  "queries/sessions": typeof queries_sessions;
  validators: typeof validators;
  views: typeof views;
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

export declare const components: {};
