/** Made by `npm run openapi` from the routes in convex/rest/routes: change those. */
export interface paths {
  "/activity": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists who changed what, the latest first
     * @description Needs the permission `activity:read`.
     */
    get: operations["getActivity"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists agents, newest first
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgents"];
    put?: never;
    /**
     * Adds an agent
     * @description Needs the permission `agents:write`.
     */
    post: operations["postAgents"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/models": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the models that agents can be made of, by provider
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsModels"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Finds agents by words
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsSearch"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/recent": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists agents that were last active
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsRecent"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/stats": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was said and spent by all agents
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsStats"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads an agent
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsByAgentId"];
    put?: never;
    post?: never;
    /**
     * Archives an agent
     * @description Needs the permission `agents:write`.
     */
    delete: operations["deleteAgentsByAgentId"];
    options?: never;
    head?: never;
    /**
     * Changes an agent; null takes a setting away
     * @description Needs the permission `agents:write`.
     */
    patch: operations["patchAgentsByAgentId"];
    trace?: never;
  };
  "/agents/{agentId}/stats": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was said and spent by an agent
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsByAgentIdStats"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/messages-elsewhere": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Counts messages that an agent exchanged elsewhere
     * @description Needs the permission `agents:write`.
     */
    post: operations["postAgentsByAgentIdMessagesElsewhere"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/prompt": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what the model would read first in a new session
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsByAgentIdPrompt"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/versions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists an agent's versions, newest first
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsByAgentIdVersions"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/versions/{version}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a version of an agent
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsByAgentIdVersionsByVersion"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/versions/{version}/restore": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Makes an agent what it was at a version
     * @description Needs the permission `agents:write`.
     */
    post: operations["postAgentsByAgentIdVersionsByVersionRestore"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/diff": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what changed from one version of an agent to another
     * @description Needs the permission `agents:read`.
     */
    get: operations["getAgentsByAgentIdDiff"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/conversations/{sessionId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists what was said in a session, by its id or the caller's own
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getAgentsByAgentIdConversationsBySessionId"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the skills that an agent has
     * @description Needs the permission `skills:read`.
     */
    get: operations["getAgentsByAgentIdSkills"];
    put?: never;
    /**
     * Gives an agent a skill
     * @description Needs the permission `skills:write`.
     */
    post: operations["postAgentsByAgentIdSkills"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skillId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Takes a skill from an agent
     * @description Needs the permission `skills:write`.
     */
    delete: operations["deleteAgentsByAgentIdSkillsBySkillId"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skillId}/upgrade": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Gives an agent another version of a skill
     * @description Needs the permission `skills:write`.
     */
    post: operations["postAgentsByAgentIdSkillsBySkillIdUpgrade"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skillId}/config": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Configures a skill of an agent
     * @description Needs the permission `skills:write`.
     */
    put: operations["putAgentsByAgentIdSkillsBySkillIdConfig"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skillId}/approval": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Says whether people approve the skill's calls
     * @description Needs the permission `skills:write`.
     */
    put: operations["putAgentsByAgentIdSkillsBySkillIdApproval"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skillId}/credential": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Gives a skill the credential of its requests
     * @description Needs the permission `skills:write`.
     */
    put: operations["putAgentsByAgentIdSkillsBySkillIdCredential"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skillId}/enable": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Enables a skill of an agent
     * @description Needs the permission `skills:write`.
     */
    post: operations["postAgentsByAgentIdSkillsBySkillIdEnable"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skillId}/disable": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Disables a skill of an agent
     * @description Needs the permission `skills:write`.
     */
    post: operations["postAgentsByAgentIdSkillsBySkillIdDisable"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/agents/{agentId}/skills/{skill}/execute": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Calls a skill of an agent, outside any session
     * @description Needs the permission `skills:execute`.
     */
    post: operations["postAgentsByAgentIdSkillsBySkillExecute"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/approvals": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists calls of tools that people are asked about
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getApprovals"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/approvals/{approvalId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads what is asked
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getApprovalsByApprovalId"];
    put?: never;
    /**
     * Approves or denies a call
     * @description Needs the permission `runs:approve`.
     */
    post: operations["postApprovalsByApprovalId"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists budgets and where they stand
     * @description Needs the permission `budgets:read`.
     */
    get: operations["getBudgets"];
    put?: never;
    /**
     * Adds a budget
     * @description Needs the permission `budgets:write`.
     */
    post: operations["postBudgets"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets/effective": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the budgets that count a call
     * @description Needs the permission `budgets:read`.
     */
    get: operations["getBudgetsEffective"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets/check": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells whether a call would be admitted
     * @description Needs the permission `budgets:read`.
     */
    get: operations["getBudgetsCheck"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists alerts, refusals and changes of budgets
     * @description Needs the permission `budgets:read`.
     */
    get: operations["getBudgetsEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets/reservations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Holds what a call elsewhere may come to
     * @description Needs the permission `costs:write`.
     */
    post: operations["postBudgetsReservations"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets/reservations/{key}/settle": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Books what the call came to, and gives the rest back
     * @description Needs the permission `costs:write`.
     */
    post: operations["postBudgetsReservationsByKeySettle"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets/reservations/{key}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Gives all that was held back
     * @description Needs the permission `costs:write`.
     */
    delete: operations["deleteBudgetsReservationsByKey"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/budgets/{policyId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a budget and where it stands
     * @description Needs the permission `budgets:read`.
     */
    get: operations["getBudgetsByPolicyId"];
    put?: never;
    post?: never;
    /**
     * Removes a budget
     * @description Needs the permission `budgets:write`.
     */
    delete: operations["deleteBudgetsByPolicyId"];
    options?: never;
    head?: never;
    /**
     * Changes a budget; null takes a setting away
     * @description Needs the permission `budgets:write`.
     */
    patch: operations["patchBudgetsByPolicyId"];
    trace?: never;
  };
  "/budgets/{policyId}/increases": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Grants more for the present period
     * @description Needs the permission `budgets:write`.
     */
    post: operations["postBudgetsByPolicyIdIncreases"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/channels": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists channels
     * @description Needs the permission `channels:read`.
     */
    get: operations["getChannels"];
    put?: never;
    /**
     * Adds a channel to an agent
     * @description Needs the permission `channels:write`.
     */
    post: operations["postChannels"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/channels/{channelId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a channel
     * @description Needs the permission `channels:read`.
     */
    get: operations["getChannelsByChannelId"];
    put?: never;
    post?: never;
    /**
     * Removes a channel with its credential
     * @description Needs the permission `channels:write`.
     */
    delete: operations["deleteChannelsByChannelId"];
    options?: never;
    head?: never;
    /**
     * Changes a channel; null takes a setting away
     * @description Needs the permission `channels:write`.
     */
    patch: operations["patchChannelsByChannelId"];
    trace?: never;
  };
  "/channels/{channelId}/pause": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Pauses a channel
     * @description Needs the permission `channels:write`.
     */
    post: operations["postChannelsByChannelIdPause"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/channels/{channelId}/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Lets a paused channel go on
     * @description Needs the permission `channels:write`.
     */
    post: operations["postChannelsByChannelIdResume"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/conversations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists messages, the latest first, by the names of the table of conversations
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getConversations"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/conversations/recent": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the latest messages of all agents
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getConversationsRecent"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/conversations/{conversationId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a message by these names
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getConversationsByConversationId"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/summary": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent today, this month and in all
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsSummary"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/by-agent": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, by agent
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsByAgent"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/by-model": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, by model
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsByModel"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/by-provider": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, by provider
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsByProvider"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/by-channel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, by channel
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsByChannel"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/by-user": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, by user
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsByUser"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/by-key": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, by key
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsByKey"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/by-session": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, by session
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsBySession"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/history": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what was spent, hour by hour, day by day or month by month
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsHistory"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/events": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the ledger: what a sum is of
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsEvents"];
    put?: never;
    /**
     * Books what was spent elsewhere
     * @description Needs the permission `costs:write`.
     */
    post: operations["postCostsEvents"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/events/{eventId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads all that is known of one call
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsEventsByEventId"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/events/{id}/corrections": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Corrects what was booked
     * @description Needs the permission `costs:manage`.
     */
    post: operations["postCostsEventsByIdCorrections"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/rerate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Prices what was booked without a price
     * @description Needs the permission `costs:manage`.
     */
    post: operations["postCostsRerate"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/cleanup": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Draws old events together
     * @description Needs the permission `costs:delete`.
     */
    post: operations["postCostsCleanup"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/costs/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Streams the ledger as CSV or NDJSON, as it is at this moment
     * @description Needs the permission `costs:read`.
     */
    get: operations["getCostsExport"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/exports": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Exports the tenant's data, page by page, as lines of JSON
     * @description Needs the permission `tenant:export`.
     */
    get: operations["getExports"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/files/upload-url": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Makes an address to POST a file to; it answers `storageId`
     * @description Needs the permission `messages:send`.
     */
    post: operations["postFilesUploadUrl"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/files/{fileId}/url": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells where a file can be read
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getFilesByFileIdUrl"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/invitations": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists open invitations
     * @description Needs the permission `members:write`.
     */
    get: operations["getInvitations"];
    put?: never;
    /**
     * Invites a person; the token is shown this once
     * @description Needs the permission `members:write`.
     */
    post: operations["postInvitations"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/invitations/accept": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Joins the tenant that one is invited to */
    post: operations["postInvitationsAccept"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/invitations/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revokes an invitation
     * @description Needs the permission `members:write`.
     */
    delete: operations["deleteInvitationsById"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/keys": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists API keys
     * @description Needs the permission `keys:read`.
     */
    get: operations["getKeys"];
    put?: never;
    /**
     * Makes an API key, which is shown this once
     * @description Needs the permission `keys:write`.
     */
    post: operations["postKeys"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/keys/{id}/rotate": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Makes a key's successor, which is shown this once
     * @description Needs the permission `keys:write`.
     */
    post: operations["postKeysByIdRotate"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/keys/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Revokes a key
     * @description Needs the permission `keys:write`.
     */
    delete: operations["deleteKeysById"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/me": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Reads who is signed in */
    get: operations["getMe"];
    put?: never;
    post?: never;
    /** Has the account and its data erased */
    delete: operations["deleteMe"];
    options?: never;
    head?: never;
    /** Changes who is signed in */
    patch: operations["patchMe"];
    trace?: never;
  };
  "/me/sign-ins": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists where one is signed in */
    get: operations["getMeSignIns"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/me/sign-ins/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Ends a sign-in */
    delete: operations["deleteMeSignInsById"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/me/identities": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists the ways in which one signs in */
    get: operations["getMeIdentities"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/me/identities/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Takes a way to sign in away */
    delete: operations["deleteMeIdentitiesById"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/members": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists members
     * @description Needs the permission `members:read`.
     */
    get: operations["getMembers"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/members/reset-links": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Makes a link with which a member sets a new password
     * @description Needs the permission `members:write`.
     */
    post: operations["postMembersResetLinks"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/members/{id}/role": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Gives a member another role
     * @description Needs the permission `members:write`.
     */
    put: operations["putMembersByIdRole"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/members/{id}/suspend": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Suspends a member
     * @description Needs the permission `members:write`.
     */
    post: operations["postMembersByIdSuspend"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/members/{id}/resume": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Lets a suspended member in again
     * @description Needs the permission `members:write`.
     */
    post: operations["postMembersByIdResume"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/members/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Removes a member
     * @description Needs the permission `members:write`.
     */
    delete: operations["deleteMembersById"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/messages/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Finds messages by words
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getMessagesSearch"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/messages/{messageId}/chunks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads pieces of a message while it is written
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getMessagesByMessageIdChunks"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/messages/{messageId}/edits": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Says a message anew, in a branch of the session
     * @description Needs the permission `messages:send`.
     */
    post: operations["postMessagesByMessageIdEdits"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/messages/{messageId}/rating": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Rates a reply
     * @description Needs the permission `messages:rate`.
     */
    put: operations["putMessagesByMessageIdRating"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/messages/{messageId}/pin": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Pins a message: models read it in any case
     * @description Needs the permission `sessions:write`.
     */
    put: operations["putMessagesByMessageIdPin"];
    post?: never;
    /**
     * Takes a pin away
     * @description Needs the permission `sessions:write`.
     */
    delete: operations["deleteMessagesByMessageIdPin"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/modes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists modes, the built-in ones first
     * @description Needs the permission `agents:read`.
     */
    get: operations["getModes"];
    put?: never;
    /**
     * Adds a mode
     * @description Needs the permission `agents:write`.
     */
    post: operations["postModes"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/modes/by-name/{name}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a mode
     * @description Needs the permission `agents:read`.
     */
    get: operations["getModesByNameByName"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/modes/{modeId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Removes a mode
     * @description Needs the permission `agents:write`.
     */
    delete: operations["deleteModesByModeId"];
    options?: never;
    head?: never;
    /**
     * Changes a mode; null takes a setting away
     * @description Needs the permission `agents:write`.
     */
    patch: operations["patchModesByModeId"];
    trace?: never;
  };
  "/prices": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the tenant's own prices
     * @description Needs the permission `costs:read`.
     */
    get: operations["getPrices"];
    put?: never;
    /**
     * Sets a price of one's own for a model
     * @description Needs the permission `costs:manage`.
     */
    post: operations["postPrices"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prices/lookup": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what a model costs, null where nobody knows
     * @description Needs the permission `costs:read`.
     */
    get: operations["getPricesLookup"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prices/models": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the price book's models with what each costs
     * @description Needs the permission `costs:read`.
     */
    get: operations["getPricesModels"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/prices/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Removes a price of one's own
     * @description Needs the permission `costs:manage`.
     */
    delete: operations["deletePricesById"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/providers": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists accounts at model providers
     * @description Needs the permission `providers:read`.
     */
    get: operations["getProviders"];
    put?: never;
    /**
     * Registers an account at a model provider
     * @description Needs the permission `providers:write`.
     */
    post: operations["postProviders"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/providers/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Removes an account with its credential
     * @description Needs the permission `providers:write`.
     */
    delete: operations["deleteProvidersById"];
    options?: never;
    head?: never;
    /**
     * Changes an account at a model provider
     * @description Needs the permission `providers:write`.
     */
    patch: operations["patchProvidersById"];
    trace?: never;
  };
  "/providers/{id}/enable": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Enables an account
     * @description Needs the permission `providers:write`.
     */
    post: operations["postProvidersByIdEnable"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/providers/{id}/disable": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Disables an account
     * @description Needs the permission `providers:write`.
     */
    post: operations["postProvidersByIdDisable"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/providers/{id}/verify": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Asks the provider whether an account works
     * @description Needs the permission `providers:write`.
     */
    post: operations["postProvidersByIdVerify"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists runs, the latest first
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRuns"];
    put?: never;
    /**
     * Begins a run with a message, in a session or a new one of an agent
     * @description Needs the permission `messages:send`.
     */
    post: operations["postRuns"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/unfinished": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists runs that have not ended
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRunsUnfinished"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a run
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRunsByRunId"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/steps": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists a run's calls of models and tools
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRunsByRunIdSteps"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/trace": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a run's spans
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRunsByRunIdTrace"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/messages": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists what was said in a run
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRunsByRunIdMessages"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/chunks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads pieces of the message that a run is writing
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRunsByRunIdChunks"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/costs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists what a run has cost, call by call
     * @description Needs the permission `costs:read`.
     */
    get: operations["getRunsByRunIdCosts"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/cancel": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Cancels a run
     * @description Needs the permission `runs:cancel`.
     */
    post: operations["postRunsByRunIdCancel"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/drive": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Waits for a run, and drives it meanwhile
     * @description Needs the permission `messages:send`.
     */
    post: operations["postRunsByRunIdDrive"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/runs/{runId}/stream": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Streams a run as server-sent events; `last-event-id` takes it up again after a cut
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getRunsByRunIdStream"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists sessions, the latest first
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessions"];
    put?: never;
    /**
     * Begins a session
     * @description Needs the permission `sessions:write`.
     */
    post: operations["postSessions"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Finds sessions by words
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsSearch"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/{sessionId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a session
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsBySessionId"];
    put?: never;
    post?: never;
    /**
     * Deletes a session with all that was said
     * @description Needs the permission `sessions:delete`.
     */
    delete: operations["deleteSessionsBySessionId"];
    options?: never;
    head?: never;
    /**
     * Changes a session; null takes a setting away
     * @description Needs the permission `sessions:write`.
     */
    patch: operations["patchSessionsBySessionId"];
    trace?: never;
  };
  "/sessions/{sessionId}/messages": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists messages
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsBySessionIdMessages"];
    put?: never;
    /**
     * Sends a message, and so begins a run
     * @description Needs the permission `messages:send`.
     */
    post: operations["postSessionsBySessionIdMessages"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/{sessionId}/runs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists runs of a session
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsBySessionIdRuns"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/{sessionId}/notes": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists what the agent wrote down
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsBySessionIdNotes"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/{sessionId}/prompt": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what the model would read next
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsBySessionIdPrompt"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/{sessionId}/summaries": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists summaries
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsBySessionIdSummaries"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/{sessionId}/compaction": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Has the next turn begin with a summary
     * @description Needs the permission `sessions:write`.
     */
    post: operations["postSessionsBySessionIdCompaction"];
    /**
     * Takes the summary in force away
     * @description Needs the permission `sessions:write`.
     */
    delete: operations["deleteSessionsBySessionIdCompaction"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/sessions/{sessionId}/export": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Exports a session, page by page
     * @description Needs the permission `sessions:read`.
     */
    get: operations["getSessionsBySessionIdExport"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists published skills
     * @description Needs the permission `skills:read`.
     */
    get: operations["getSkills"];
    put?: never;
    /**
     * Adds a skill as a draft
     * @description Needs the permission `skills:publish`.
     */
    post: operations["postSkills"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills/search": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Finds skills by words
     * @description Needs the permission `skills:read`.
     */
    get: operations["getSkillsSearch"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills/mine": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists the tenant's own skills
     * @description Needs the permission `skills:read`.
     */
    get: operations["getSkillsMine"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills/upload-url": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Makes an address to POST a binary to; it answers `storageId`
     * @description Needs the permission `skills:publish`.
     */
    post: operations["postSkillsUploadUrl"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills/{skillId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a skill
     * @description Needs the permission `skills:read`.
     */
    get: operations["getSkillsBySkillId"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Changes what is said of a skill
     * @description Needs the permission `skills:publish`.
     */
    patch: operations["patchSkillsBySkillId"];
    trace?: never;
  };
  "/skills/{skillId}/versions": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists a skill's versions
     * @description Needs the permission `skills:read`.
     */
    get: operations["getSkillsBySkillIdVersions"];
    put?: never;
    /**
     * Adds a version
     * @description Needs the permission `skills:publish`.
     */
    post: operations["postSkillsBySkillIdVersions"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills/{skillId}/publish": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Shows a skill to all tenants
     * @description Needs the permission `skills:publish`.
     */
    post: operations["postSkillsBySkillIdPublish"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills/{skillId}/withdraw": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Takes a skill out of the marketplace
     * @description Needs the permission `skills:publish`.
     */
    post: operations["postSkillsBySkillIdWithdraw"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/skills/{skillId}/rating": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /**
     * Rates a skill
     * @description Needs the permission `skills:write`.
     */
    put: operations["putSkillsBySkillIdRating"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tenant": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads the tenant that the key is of
     * @description Needs the permission `tenant:read`.
     */
    get: operations["getTenant"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    /**
     * Changes the tenant
     * @description Needs the permission `tenant:write`.
     */
    patch: operations["patchTenant"];
    trace?: never;
  };
  "/tenant/lookup": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what an id is of, null where it is of nothing
     * @description Needs the permission `tenant:read`.
     */
    get: operations["getTenantLookup"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tenant/usage": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells what the tenant uses of its plan
     * @description Needs the permission `tenant:read`.
     */
    get: operations["getTenantUsage"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tenants": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Lists the tenants that one is in */
    get: operations["getTenants"];
    put?: never;
    /** Signs a tenant up */
    post: operations["postTenants"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tenants/{tenantId}/default": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Makes a tenant the one that is meant where none is named */
    put: operations["putTenantsByTenantIdDefault"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tenants/{tenantId}/leave": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Leaves a tenant */
    post: operations["postTenantsByTenantIdLeave"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/tenants/{tenantId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Has a tenant and all of its data erased
     * @description Needs the permission `tenant:erase`.
     */
    delete: operations["deleteTenantsByTenantId"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/metrics": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Tells Prometheus of spend, tokens and calls, runs under way and budgets: what the key may read
     * @description Needs the permission `costs:read`.
     */
    get: operations["getMetrics"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists endpoints that are told of events
     * @description Needs the permission `webhooks:read`.
     */
    get: operations["getWebhooks"];
    put?: never;
    /**
     * Adds an endpoint; its secret is shown this once
     * @description Needs the permission `webhooks:write`.
     */
    post: operations["postWebhooks"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/deliveries": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Lists deliveries, newest first
     * @description Needs the permission `webhooks:read`.
     */
    get: operations["getWebhooksDeliveries"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/deliveries/{deliveryId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads a delivery with the body that is sent
     * @description Needs the permission `webhooks:read`.
     */
    get: operations["getWebhooksDeliveriesByDeliveryId"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/deliveries/{deliveryId}/replay": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sends a delivery again
     * @description Needs the permission `webhooks:write`.
     */
    post: operations["postWebhooksDeliveriesByDeliveryIdReplay"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{endpointId}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Reads an endpoint
     * @description Needs the permission `webhooks:read`.
     */
    get: operations["getWebhooksByEndpointId"];
    put?: never;
    post?: never;
    /**
     * Removes an endpoint with its secrets
     * @description Needs the permission `webhooks:write`.
     */
    delete: operations["deleteWebhooksByEndpointId"];
    options?: never;
    head?: never;
    /**
     * Changes an endpoint; null takes the description away
     * @description Needs the permission `webhooks:write`.
     */
    patch: operations["patchWebhooksByEndpointId"];
    trace?: never;
  };
  "/webhooks/{endpointId}/enable": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Has events sent to an endpoint
     * @description Needs the permission `webhooks:write`.
     */
    post: operations["postWebhooksByEndpointIdEnable"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{endpointId}/disable": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Has nothing sent to an endpoint
     * @description Needs the permission `webhooks:write`.
     */
    post: operations["postWebhooksByEndpointIdDisable"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{endpointId}/rotate-secret": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Gives an endpoint another secret, which is shown this once
     * @description Needs the permission `webhooks:write`.
     */
    post: operations["postWebhooksByEndpointIdRotateSecret"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{endpointId}/test": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sends an endpoint a test
     * @description Needs the permission `webhooks:write`.
     */
    post: operations["postWebhooksByEndpointIdTest"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/webhooks/{endpointId}/replay-dead": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Sends again what was given up
     * @description Needs the permission `webhooks:write`.
     */
    post: operations["postWebhooksByEndpointIdReplayDead"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/docs": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Shows this description to people */
    get: operations["getDocs"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/docs/start.js": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A script of the page that shows this description */
    get: operations["getDocsStart.js"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/docs/swagger-ui-bundle.js": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A script of the page that shows this description */
    get: operations["getDocsSwaggerUiBundle.js"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/docs/swagger-ui.css": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Styles that page */
    get: operations["getDocsSwaggerUi.css"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/health": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Says that requests are answered */
    get: operations["getHealth"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/openapi.json": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Describes this API */
    get: operations["getOpenapi.json"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Activity: {
      /** @description Id in `activity_log` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      actor: {
        /** @enum {string} */
        kind: "user" | "key" | "system";
        id: string;
        /** @description Id in `users` */
        userId?: string;
      };
      action: string;
      entityTable: string;
      entityId: string;
      changes: {
        field: string;
        from?: string;
        to?: string;
      }[];
      ip?: string;
      userAgent?: string;
      requestId?: string;
      createdAt: number;
    };
    Problem: {
      type: string;
      title: string;
      status: number;
      detail: string;
      /** @enum {string} */
      kind:
        | "unauthenticated"
        | "forbidden"
        | "not_found"
        | "invalid_argument"
        | "limit_reached"
        | "conflict"
        | "idempotency_key_reused"
        | "budget_exceeded"
        | "price_unknown"
        | "rate_limited"
        | "provider_failed"
        | "method_not_allowed"
        | "body_too_large"
        | "unsupported_media_type"
        | "unavailable"
        | "internal";
      field?: string;
      reason?: string;
      errors?: {
        field: string;
        reason: string;
      }[];
      retryAfterMs?: number;
      requestId: string;
    } & {
      [key: string]: unknown;
    };
    Agent: {
      /** @description Id in `agents` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      slug?: string;
      name: string;
      description?: string;
      /** @enum {string} */
      status: "active" | "paused" | "archived";
      model: string;
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      systemPrompt: string;
      temperature?: number;
      maxTokens: number;
      /** @enum {string} */
      reasoningEffort?: "none" | "low" | "medium" | "high" | "xhigh" | "max";
      maxContextTokens?: number;
      mode: string;
      skills: string[];
      tools?: {
        /** @enum {string} */
        name:
          | "clock"
          | "calculator"
          | "http_get"
          | "http_post"
          | "notes"
          | "search_history"
          | "read_result";
        approval?: {
          required: boolean;
          /** @enum {string} */
          role?: "owner" | "admin" | "operator" | "member";
          expiresAfterMinutes?: number;
        };
        allowedHosts?: string[];
      }[];
      channels: string[];
      maxCostPerMessage?: number;
      maxCostPerMessageUsd?: string;
      monthlyBudget?: number;
      monthlyBudgetUsd?: string;
      limits?: {
        toolRounds?: number;
        minutes?: number;
        tokens?: number;
      };
      fallbackModels?: {
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
      }[];
      summaryModel?: {
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
      };
      consensusEnabled: boolean;
      consensusModels?: string[];
      /** @enum {string} */
      consensusStrategy?: "majority" | "unanimous" | "weighted";
      consensus?: {
        choices?: string[];
        judge?: string;
        weights?: number[];
        quorum?: number;
        deadlineSeconds?: number;
      };
      metadata?: {
        [key: string]: unknown;
      };
      version: number;
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
      updatedAt: number;
    };
    ProviderModels: {
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      isReady: boolean;
      models: {
        model: string;
        name: string;
        inputUsdPerMillion?: string;
        outputUsdPerMillion?: string;
        contextTokens?: number;
        outputTokensMax?: number;
        acceptsTemperature: boolean;
        efforts?: ("none" | "low" | "medium" | "high" | "xhigh" | "max")[];
        retiresOn?: string;
      }[];
    };
    AgentStats: {
      messageCount: number;
      sessionCount: number;
      runCount: number;
      promptTokens: number;
      completionTokens: number;
      totalTokens: number;
      totalCost: number;
      totalCostUsd: string;
      avgCostPerMessage: number;
      lastActiveAt: number | null;
      activeAgents: number;
      pausedAgents: number;
      archivedAgents: number;
    };
    Prompt: {
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      model: string;
      mode: string;
      temperature?: number;
      /** @enum {string} */
      reasoningEffort?: "none" | "low" | "medium" | "high" | "xhigh" | "max";
      maxOutputTokens: number;
      budget: {
        windowTokens: number;
        outputTokens: number;
        marginTokens: number;
        inputTokens: number;
      };
      totalTokens: number;
      blocks: {
        /** @enum {string} */
        kind: "system" | "mode" | "tools" | "summary" | "pinned" | "history" | "under_way";
        tokens: number;
        text?: string;
        messages?: {
          /** @description Id in `messages` */
          messageId: string | null;
          /** @enum {string} */
          role: "user" | "assistant";
          text: string;
          toolCalls: number;
          files?: {
            /** @description Id in `files` */
            fileId: string;
            name: string;
            contentType: string;
            /** @enum {string} */
            as: "image" | "file" | "text" | "name";
            /** @enum {string} */
            unseen?: "not_for_model" | "too_large" | "does_not_fit" | "reply_failed";
            tokens: number;
          }[];
          tokens: number;
        }[];
      }[];
      leftOut: {
        /** @enum {string} */
        reason: "does_not_fit" | "nothing_to_read" | "before_first_question";
        /** @description Id in `messages` */
        messageId: string | null;
      }[];
      earlierTurns: number;
    };
    AgentVersionEntry: {
      /** @description Id in `agent_versions` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `agents` */
      agentId: string;
      version: number;
      changedFields: string[];
      restoredFrom?: number;
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
    };
    AgentVersion: {
      /** @description Id in `agent_versions` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `agents` */
      agentId: string;
      version: number;
      changedFields: string[];
      restoredFrom?: number;
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
      settings: {
        name: string;
        description?: string;
        /** @enum {string} */
        status: "active" | "paused" | "archived";
        model: string;
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        systemPrompt: string;
        temperature?: number;
        maxTokens: number;
        /** @enum {string} */
        reasoningEffort?: "none" | "low" | "medium" | "high" | "xhigh" | "max";
        maxContextTokens?: number;
        mode: string;
        skills: string[];
        tools?: {
          /** @enum {string} */
          name:
            | "clock"
            | "calculator"
            | "http_get"
            | "http_post"
            | "notes"
            | "search_history"
            | "read_result";
          approval?: {
            required: boolean;
            /** @enum {string} */
            role?: "owner" | "admin" | "operator" | "member";
            expiresAfterMinutes?: number;
          };
          allowedHosts?: string[];
        }[];
        channels: string[];
        maxCostPerMessage?: number;
        maxCostPerMessageUsd?: string;
        monthlyBudget?: number;
        monthlyBudgetUsd?: string;
        limits?: {
          toolRounds?: number;
          minutes?: number;
          tokens?: number;
        };
        fallbackModels?: {
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
        }[];
        summaryModel?: {
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
        };
        consensusEnabled: boolean;
        consensusModels?: string[];
        /** @enum {string} */
        consensusStrategy?: "majority" | "unanimous" | "weighted";
        consensus?: {
          choices?: string[];
          judge?: string;
          weights?: number[];
          quorum?: number;
          deadlineSeconds?: number;
        };
        metadata?: {
          [key: string]: unknown;
        };
      };
    };
    Conversation: {
      /** @description Id in `messages` */
      _id: string;
      /** @description Id in `agents` */
      agentId: string;
      /** @description Id in `sessions` */
      sessionId: string;
      channel?: string;
      /** @enum {string} */
      role: "user" | "assistant" | "system";
      content: string;
      timestamp: number;
      model?: string;
      /** @enum {string} */
      provider?: "anthropic" | "openai" | "google" | "openai_compatible";
      tokensUsed?: number;
      cost?: number;
      costUsd?: string;
      responseTime?: number;
      attachments?: {
        /** @description Id in `files` */
        fileId: string;
        name: string;
        contentType: string;
        sizeBytes: number;
      }[];
      skillsUsed?: string[];
      feedback?: {
        /** @enum {string} */
        rating: "good" | "bad";
        comment?: string;
        /** @description Id in `users` */
        userId: string;
        createdAt: number;
      };
      /** @description Id in `messages` */
      editedFrom?: string;
      /** @description Id in `messages` */
      copiedFrom?: string;
      /** @enum {string} */
      status: "streaming" | "complete" | "interrupted";
      error?: string;
    };
    InstalledSkill: {
      /** @description Id in `agent_skills` */
      _id: string;
      /** @description Id in `agents` */
      agentId: string;
      skillId: string;
      name: string;
      version: string;
      latestVersion?: string;
      grantedPermissions: string[];
      approval?: {
        required: boolean;
        /** @enum {string} */
        role?: "owner" | "admin" | "operator" | "member";
        expiresAfterMinutes?: number;
      };
      config?: {
        [key: string]: unknown;
      };
      credentialMask?: string;
      /** @enum {string} */
      status: "installed" | "disabled" | "error";
      lastError?: string;
      isUsable: boolean;
      useCount: number;
      lastUsedAt?: number;
      installedAt: number;
      updatedAt: number;
    };
    SkillResult: {
      success: boolean;
      result?: string;
      error?: string;
      skill: string;
      version: string;
      cost: number;
      costUsd: string;
      tokensUsed: number;
      responseTime: number;
    };
    Approval: {
      /** @description Id in `approvals` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `agents` */
      agentId: string;
      /** @description Id in `sessions` */
      sessionId: string;
      /** @description Id in `runs` */
      runId: string;
      /** @description Id in `messages` */
      messageId: string;
      toolCallId: string;
      toolName: string;
      argumentsJson: string;
      /** @enum {string} */
      role: "owner" | "admin" | "operator" | "member";
      /** @enum {string} */
      state: "pending" | "approved" | "denied" | "expired" | "cancelled";
      expiresAt?: number;
      createdAt: number;
      /** @description Id in `users` */
      decidedBy?: string;
      decidedAt?: number;
      comment?: string;
    };
    Budget: {
      /** @description Id in `budget_policies` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      name: string;
      /** @enum {string} */
      dimension: "tenant" | "agent" | "provider" | "model" | "key" | "user";
      key: string;
      /** @enum {string} */
      window: "message" | "hour" | "day" | "week" | "month" | "total";
      /** @enum {string} */
      action: "warn" | "degrade" | "block" | "pause";
      degradeTo?: {
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
      };
      alertPercents: number[];
      /** @enum {string} */
      source: "manual" | "plan" | "tenant" | "agent" | "agent_message";
      /** @enum {string} */
      status: "opening" | "active" | "disabled";
      period: string;
      resetsAtMs: number | null;
      percent: number;
      cost: {
        spent: number;
        spentUsd: string;
        reserved: number;
        reservedUsd: string;
        limit?: number;
        limitUsd?: string;
        increase?: number;
        increaseUsd?: string;
        remaining?: number;
        remainingUsd?: string;
      };
      tokens: {
        spent: number;
        reserved: number;
        limit?: number;
        increase?: number;
        remaining?: number;
      };
      /** @description Id in `users` */
      createdBy?: string;
      createdAt: number;
      updatedAt: number;
    };
    EffectiveBudgets: {
      budgets: components["schemas"]["Budget"][];
      /** @description Id in `budget_policies` */
      bindingId: string | null;
    };
    BudgetCheck: {
      budgets: components["schemas"]["Budget"][];
      /** @description Id in `budget_policies` */
      bindingId: string | null;
      /** @enum {string} */
      decision: "allow" | "refuse" | "degrade" | "wait" | "price_unknown";
      /** @description Id in `budget_policies` */
      byId: string | null;
      degradeTo?: {
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
      };
      requestedTokens: number;
      requestedCost: number | null;
      requestedCostUsd: string | null;
    };
    BudgetEvent: {
      /** @description Id in `budget_events` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `budget_policies` */
      policyId: string;
      budget: string | null;
      /** @enum {string} */
      kind: "refused" | "degraded" | "paused" | "resumed" | "alerted" | "increased" | "expired";
      period: string;
      /** @description Id in `agents` */
      agentId?: string;
      /** @description Id in `users` */
      userId?: string;
      /** @description Id in `api_keys` */
      keyId?: string;
      reservationKey?: string;
      percent?: number;
      limit?: {
        usd?: string;
        tokens?: number;
      };
      spent?: {
        usd?: string;
        tokens?: number;
      };
      reserved?: {
        usd?: string;
        tokens?: number;
      };
      amount?: {
        usd?: string;
        tokens?: number;
      };
      model?: {
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
      };
      reason?: string;
      at: number;
    };
    Channel: {
      /** @description Id in `channels` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `agents` */
      agentId: string;
      name: string;
      /** @enum {string} */
      type: "telegram" | "discord" | "slack" | "whatsapp" | "email" | "web" | "api" | "cli";
      /** @enum {string} */
      status: "active" | "paused" | "error";
      config: {
        [key: string]: unknown;
      };
      credentialMask?: string;
      error?: string;
      messageCount: number;
      lastMessageAt?: number;
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
      updatedAt: number;
    };
    CostSummary: {
      today: number;
      month: number;
      total: number;
      modelBreakdown: {
        model: string;
        provider: string;
        cost: number;
        costUsd: string;
        costPico: string;
        inputCostUsd: string;
        outputCostUsd: string;
        feesUsd: string;
        promptTokens: number;
        completionTokens: number;
        costEvents: number;
        unpricedEvents: number;
      }[];
      exact: {
        today: components["schemas"]["Spend"];
        month: components["schemas"]["Spend"];
        total: components["schemas"]["Spend"];
      };
      periods: {
        today: string;
        month: string;
        timeZone: string;
      };
      forecast: {
        cost: number;
        costUsd: string;
        elapsedMs: number;
        monthMs: number;
      } | null;
      unpricedModels: {
        provider: string;
        model: string;
        unpricedEvents: number;
      }[];
      countedUntil: number | null;
    };
    Spend: {
      costUsd: string;
      costPico: string;
      inputCostUsd: string;
      outputCostUsd: string;
      feesUsd: string;
      promptTokens: number;
      completionTokens: number;
      costEvents: number;
      unpricedEvents: number;
    };
    Spender: {
      key: string;
      name?: string;
      cost: number;
      costUsd: string;
      costPico: string;
      inputCostUsd: string;
      outputCostUsd: string;
      feesUsd: string;
      promptTokens: number;
      completionTokens: number;
      costEvents: number;
      unpricedEvents: number;
      share: number | null;
      lastActiveAt: number;
    };
    CostHistory: {
      /** @enum {string} */
      dimension: "tenant" | "agent" | "model" | "provider" | "channel" | "user" | "key" | "session";
      key: string;
      /** @enum {string} */
      unit: "total" | "month" | "day" | "hour";
      timeZone: string;
      points: {
        period: string;
        cost: number;
        costUsd: string;
        costPico: string;
        inputCostUsd: string;
        outputCostUsd: string;
        feesUsd: string;
        promptTokens: number;
        completionTokens: number;
        costEvents: number;
        unpricedEvents: number;
      }[];
      whole: components["schemas"]["Spend"];
      countedUntil: number | null;
    };
    CostEvent: {
      /** @description Id in `cost_events` */
      _id: string;
      attemptId: string;
      /** @enum {string} */
      kind: "attempt" | "adjustment" | "summary";
      /** @description Id in `agents` */
      agentId: string;
      /** @description Id in `sessions` */
      sessionId?: string;
      /** @description Id in `messages` */
      messageId?: string;
      /** @description Id in `runs` */
      runId?: string;
      /** @description Id in `users` */
      userId?: string;
      /** @description Id in `api_keys` */
      keyId?: string;
      channel?: string;
      eventCount?: number;
      /** @enum {string} */
      attemptKind: "primary" | "retry" | "fallback";
      /** @enum {string} */
      status: "running" | "ok" | "error" | "aborted" | "truncated" | "lost";
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      model: string;
      servedModel?: string;
      promptTokens: number;
      completionTokens: number;
      totalTokens: number;
      inputCost: number;
      outputCost: number;
      totalCost: number;
      totalCostUsd: string;
      totalCostPico: string;
      /** @enum {string} */
      currency: "usd";
      lines: {
        class: string;
        model?: string;
        tokens: number;
        unitUsd: string;
        amountUsd: string;
      }[];
      fees: {
        unit: string;
        count: number;
        unitUsd: string;
        amountUsd: string;
      }[];
      /** @enum {string} */
      usageSource:
        | "provider"
        | "estimated_partial"
        | "estimated"
        | "unknown"
        | "reported"
        | "summary"
        | "corrected"
        | "billed";
      /** @enum {string} */
      reconciliation: "ok" | "mismatch" | "unknown";
      reportedCostUsd?: string;
      adjusts?: string;
      reason?: string;
      notes: string[];
      priceVersion: string | null;
      unpriced: string[];
      timestamp: number;
      period: string;
    };
    CostEventDetail: {
      /** @description Id in `cost_events` */
      _id: string;
      attemptId: string;
      /** @enum {string} */
      kind: "attempt" | "adjustment" | "summary";
      /** @description Id in `agents` */
      agentId: string;
      /** @description Id in `sessions` */
      sessionId?: string;
      /** @description Id in `messages` */
      messageId?: string;
      /** @description Id in `runs` */
      runId?: string;
      /** @description Id in `users` */
      userId?: string;
      /** @description Id in `api_keys` */
      keyId?: string;
      channel?: string;
      eventCount?: number;
      /** @enum {string} */
      attemptKind: "primary" | "retry" | "fallback";
      /** @enum {string} */
      status: "running" | "ok" | "error" | "aborted" | "truncated" | "lost";
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      model: string;
      servedModel?: string;
      promptTokens: number;
      completionTokens: number;
      totalTokens: number;
      inputCost: number;
      outputCost: number;
      totalCost: number;
      totalCostUsd: string;
      totalCostPico: string;
      /** @enum {string} */
      currency: "usd";
      lines: {
        class: string;
        model?: string;
        tokens: number;
        unitUsd: string;
        amountUsd: string;
      }[];
      fees: {
        unit: string;
        count: number;
        unitUsd: string;
        amountUsd: string;
      }[];
      /** @enum {string} */
      usageSource:
        | "provider"
        | "estimated_partial"
        | "estimated"
        | "unknown"
        | "reported"
        | "summary"
        | "corrected"
        | "billed";
      /** @enum {string} */
      reconciliation: "ok" | "mismatch" | "unknown";
      reportedCostUsd?: string;
      adjusts?: string;
      reason?: string;
      notes: string[];
      priceVersion: string | null;
      unpriced: string[];
      timestamp: number;
      period: string;
      usage: {
        tokens: {
          inputFresh?: number;
          cacheRead?: number;
          cacheWrite5m?: number;
          cacheWrite30m?: number;
          cacheWrite1h?: number;
          cacheWrite12h?: number;
          cacheWriteUnknown?: number;
          output?: number;
          audioInput?: number;
          audioCacheRead?: number;
          audioOutput?: number;
          imageInput?: number;
          imageOutput?: number;
        };
        reasoningTokens: number;
        toolUnits: {
          webSearch?: number;
          webFetch?: number;
          fileSearch?: number;
          grounding?: number;
        };
      };
      modifiers: {
        name: string;
        factor: string;
      }[];
      tierApplied: {
        serviceTier: string;
        longContextTokens: number | null;
      };
      feesUsd: string;
      endpoint?: string;
      /** @description Id in `run_steps` */
      stepId?: string;
      requestedTier?: string;
      servedTier?: string;
      servedSpeed?: string;
      servedRegion?: string;
      providerRequestId?: string;
      providerMessageId?: string;
      rawUsage?: string;
      startedAt: number;
      firstChunkAt?: number;
      endedAt?: number;
      adjustments: components["schemas"]["CostEvent"][];
      standing: {
        totalCost: number;
        totalCostUsd: string;
        totalCostPico: string;
      };
    };
    ExportPage: {
      ndjson: string;
      next: {
        table: string;
        cursor: string | null;
      } | null;
    };
    Invitation: {
      /** @description Id in `invitations` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      email: string;
      /** @enum {string} */
      role: "owner" | "admin" | "operator" | "member" | "viewer";
      /** @enum {string} */
      status: "pending" | "accepted" | "revoked" | "expired";
      /** @description Id in `users` */
      invitedBy: string;
      /** @description Id in `users` */
      acceptedBy?: string;
      acceptedAt?: number;
      expiresAt: number;
      createdAt: number;
    };
    NewInvitation: {
      /** @description Id in `invitations` */
      _id: string;
      token: string;
    };
    Joined: {
      /** @description Id in `tenants` */
      tenantId: string;
      /** @enum {string} */
      role: "owner" | "admin" | "operator" | "member" | "viewer";
    };
    Key: {
      /** @description Id in `api_keys` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      name: string;
      keyId: string;
      scopes: (
        | "tenant:read"
        | "tenant:write"
        | "tenant:export"
        | "tenant:erase"
        | "members:read"
        | "members:write"
        | "keys:read"
        | "keys:write"
        | "providers:read"
        | "providers:write"
        | "agents:read"
        | "agents:write"
        | "sessions:read"
        | "sessions:write"
        | "sessions:delete"
        | "messages:send"
        | "messages:rate"
        | "models:call"
        | "runs:cancel"
        | "runs:approve"
        | "skills:read"
        | "skills:write"
        | "skills:execute"
        | "skills:publish"
        | "channels:read"
        | "channels:write"
        | "costs:read"
        | "costs:write"
        | "costs:delete"
        | "costs:manage"
        | "budgets:read"
        | "budgets:write"
        | "activity:read"
        | "webhooks:read"
        | "webhooks:write"
      )[];
      /** @enum {string} */
      status: "active" | "revoked" | "expired";
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
      expiresAt: number;
      lastUsedAt?: number;
      revokedAt?: number;
      /** @description Id in `api_keys` */
      replaces?: string;
    };
    NewKey: {
      /** @description Id in `api_keys` */
      _id: string;
      keyId: string;
      key: string;
    };
    Membership: {
      /** @description Id in `memberships` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `users` */
      userId: string;
      name: string;
      email?: string;
      /** @enum {string} */
      role: "owner" | "admin" | "operator" | "member" | "viewer";
      /** @enum {string} */
      status: "active" | "suspended";
      createdAt: number;
      updatedAt: number;
    };
    Message: {
      /** @description Id in `messages` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `agents` */
      agentId: string;
      /** @description Id in `sessions` */
      sessionId: string;
      /** @description Id in `runs` */
      runId?: string;
      /** @enum {string} */
      role: "user" | "assistant" | "system";
      content: string;
      tokenCount?: number;
      /** @enum {string} */
      status: "streaming" | "complete" | "interrupted";
      error?: string;
      channel?: string;
      model?: string;
      /** @enum {string} */
      provider?: "anthropic" | "openai" | "google" | "openai_compatible";
      usage?: {
        promptTokens: number;
        completionTokens: number;
        totalTokens: number;
      };
      cost?: {
        amount: number;
        amountUsd: string;
        /** @enum {string} */
        currency: "usd";
      };
      reasoning?: {
        enabled: boolean;
        steps?: string[];
      };
      attachments?: {
        /** @description Id in `files` */
        fileId: string;
        name: string;
        contentType: string;
        sizeBytes: number;
      }[];
      skillsUsed?: string[];
      consensus?: {
        /** @enum {string} */
        strategy: "majority" | "unanimous" | "weighted";
        /** @enum {string} */
        outcome: "open" | "agreed" | "no_agreement" | "no_quorum" | "not_judged";
        votes: {
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
          /** @description Id in `run_steps` */
          stepId: string;
          weight: number;
          /** @enum {string} */
          status: "open" | "voted" | "missing";
          answer?: string;
          problem?: string;
          group?: number;
        }[];
        judge?: {
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
        };
        agreement?: number;
      };
      toolCalls?: {
        toolCallId: string;
        name: string;
        argumentsJson: string;
        result?: {
          text: string;
          isError: boolean;
          file?: {
            /** @description Id in `files` */
            fileId: string;
            sizeBytes: number;
          };
        };
      }[];
      feedback?: {
        /** @enum {string} */
        rating: "good" | "bad";
        comment?: string;
        /** @description Id in `users` */
        userId: string;
        createdAt: number;
      };
      /** @description Id in `messages` */
      editedFrom?: string;
      /** @description Id in `messages` */
      copiedFrom?: string;
      responseTimeMs?: number;
      createdAt: number;
      completedAt?: number;
    };
    Chunks: {
      /** @description Id in `messages` */
      messageId: string | null;
      /** @enum {string|null} */
      status: "streaming" | "complete" | "interrupted" | null;
      chunks: {
        seq: number;
        /** @description Id in `messages` */
        messageId: string;
        parts: {
          /** @enum {string} */
          kind: "text" | "reasoning";
          text: string;
        }[];
      }[];
      lastSeq: number;
      isDone: boolean;
    };
    Sent: {
      /** @description Id in `runs` */
      runId: string;
      /** @description Id in `sessions` */
      sessionId: string;
      /** @description Id in `messages` */
      messageId: string;
    };
    Mode: {
      /** @description Id in `modes` */
      modeId?: string;
      description?: string;
      /** @description Id in `users` */
      createdBy?: string;
      createdAt?: number;
      updatedAt?: number;
      name: string;
      isBuiltIn: boolean;
      prompt: string;
      temperature?: number;
      maxTokens?: number;
      historyShare: number;
    };
    Override: {
      /** @description Id in `price_overrides` */
      _id: string;
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      model: string;
      effectiveFrom: number;
      enabled: boolean;
      usdPerMillion?: {
        [key: string]: string;
      };
      usdPerThousand?: {
        [key: string]: string;
      };
      sameAs?: {
        provider: string;
        model: string;
      };
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
    };
    Price: {
      /** @enum {string} */
      source: "override" | "book";
      /** @description Id in `price_overrides` */
      overrideId?: string;
      priceVersion: string;
      usdPerMillion: {
        [key: string]: string;
      };
      usdPerThousand: {
        [key: string]: string;
      };
      longContext: {
        inputTokens: number;
        inclusive: boolean;
        usdPerMillion: {
          [key: string]: string;
        };
      }[];
      serviceTiers: string[];
      regions: string[];
    } | null;
    Model: {
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      model: string;
      name: string;
      contextTokens: number | null;
      outputTokensMax: number | null;
      retiresOn: string | null;
      price: components["schemas"]["Price"];
    };
    Provider: {
      /** @description Id in `providers` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      name: string;
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      /** @enum {string} */
      status: "enabled" | "disabled";
      baseUrl?: string;
      credentialMask?: string;
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
      updatedAt: number;
    };
    Run: {
      /** @description Id in `runs` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `agents` */
      agentId: string;
      /** @description Id in `sessions` */
      sessionId: string;
      /** @description Id in `users` */
      userId?: string;
      turn: number;
      state: {
        /** @enum {string} */
        kind:
          | "queued"
          | "leased"
          | "calling"
          | "tools"
          | "awaiting_approval"
          | "completed"
          | "failed"
          | "cancelled";
        /** @enum {string} */
        reason?:
          | "provider_failed"
          | "budget_exceeded"
          | "price_unknown"
          | "misconfigured"
          | "limit_reached"
          | "effect_unknown"
          | "workers_lost"
          | "internal";
        detail?: string;
        /** @description Id in `budget_policies` */
        refusedById?: string;
        cancelRequested: boolean;
        endedAt?: number;
      };
      /** @description Id in `messages` */
      userMessageId: string;
      /** @description Id in `messages` */
      messageId?: string;
      model?: string;
      /** @enum {string} */
      provider?: "anthropic" | "openai" | "google" | "openai_compatible";
      totalCost: number;
      totalCostUsd: string;
      totalTokens: number;
      createdAt: number;
      startedAt?: number;
    };
    Step: {
      /** @description Id in `run_steps` */
      _id: string;
      /** @description Id in `runs` */
      runId: string;
      index: number;
      /** @enum {string} */
      kind: "model_call" | "tool_call" | "consensus" | "compaction";
      /** @description Id in `run_steps` */
      parentStepId?: string;
      toolCall?: {
        toolCallId: string;
        name: string;
      };
      plan?: {
        /** @enum {string} */
        strategy: "majority" | "unanimous" | "weighted";
        quorum: number;
        choices?: string[];
        judge?: {
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
        };
        deadlineAtMs: number;
      };
      ballot?: {
        nth: number;
        weight: number;
        answer?: string;
        problem?: string;
      };
      groups?: number[];
      compactsUpToTurn?: number;
      /** @enum {string} */
      status: "running" | "completed" | "failed" | "cancelled";
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      model: string;
      attempts: {
        attemptId: string;
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
        /** @enum {string} */
        kind: "primary" | "retry" | "fallback";
        /** @enum {string} */
        status: "running" | "ok" | "error" | "aborted" | "truncated" | "lost";
        startedAt: number;
        firstChunkAt?: number;
        endedAt?: number;
        error?: {
          /** @enum {string} */
          failureClass:
            | "invalid_request"
            | "authentication"
            | "permission"
            | "not_found"
            | "rate_limited"
            | "overloaded"
            | "server"
            | "timeout"
            | "network"
            | "content_filtered"
            | "spend_limit"
            | "cut_stream";
          status: number | null;
          message: string;
        };
        passedOver?: {
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
          /** @enum {string} */
          reason:
            | "invalid_request"
            | "authentication"
            | "permission"
            | "not_found"
            | "rate_limited"
            | "overloaded"
            | "server"
            | "timeout"
            | "network"
            | "content_filtered"
            | "spend_limit"
            | "cut_stream";
          until: number;
        }[];
      }[];
      /** @enum {string} */
      finishReason?: "end" | "length" | "tool_calls" | "filtered" | "aborted" | "other";
      warnings?: string[];
      totalCost: number;
      totalCostUsd: string;
      totalTokens: number;
      startedAt: number;
      endedAt?: number;
    };
    Trace: {
      run: components["schemas"]["Run"];
      steps: {
        /** @description Id in `run_steps` */
        _id: string;
        /** @description Id in `runs` */
        runId: string;
        index: number;
        /** @enum {string} */
        kind: "model_call" | "tool_call" | "consensus" | "compaction";
        /** @description Id in `run_steps` */
        parentStepId?: string;
        toolCall?: {
          toolCallId: string;
          name: string;
        };
        plan?: {
          /** @enum {string} */
          strategy: "majority" | "unanimous" | "weighted";
          quorum: number;
          choices?: string[];
          judge?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
          };
          deadlineAtMs: number;
        };
        ballot?: {
          nth: number;
          weight: number;
          answer?: string;
          problem?: string;
        };
        groups?: number[];
        compactsUpToTurn?: number;
        /** @enum {string} */
        status: "running" | "completed" | "failed" | "cancelled";
        /** @enum {string} */
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
        attempts: {
          attemptId: string;
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
          /** @enum {string} */
          kind: "primary" | "retry" | "fallback";
          /** @enum {string} */
          status: "running" | "ok" | "error" | "aborted" | "truncated" | "lost";
          startedAt: number;
          firstChunkAt?: number;
          endedAt?: number;
          error?: {
            /** @enum {string} */
            failureClass:
              | "invalid_request"
              | "authentication"
              | "permission"
              | "not_found"
              | "rate_limited"
              | "overloaded"
              | "server"
              | "timeout"
              | "network"
              | "content_filtered"
              | "spend_limit"
              | "cut_stream";
            status: number | null;
            message: string;
          };
          passedOver?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
            /** @enum {string} */
            reason:
              | "invalid_request"
              | "authentication"
              | "permission"
              | "not_found"
              | "rate_limited"
              | "overloaded"
              | "server"
              | "timeout"
              | "network"
              | "content_filtered"
              | "spend_limit"
              | "cut_stream";
            until: number;
          }[];
        }[];
        /** @enum {string} */
        finishReason?: "end" | "length" | "tool_calls" | "filtered" | "aborted" | "other";
        warnings?: string[];
        totalCost: number;
        totalCostUsd: string;
        totalTokens: number;
        startedAt: number;
        endedAt?: number;
        durationMs?: number;
        spent: {
          promptTokens: number;
          completionTokens: number;
          totalTokens: number;
          totalCost: number;
          totalCostUsd: string;
          attemptId: string;
        }[];
      }[];
      totals: {
        promptTokens: number;
        completionTokens: number;
        totalTokens: number;
        totalCost: number;
        totalCostUsd: string;
        modelCalls: number;
        toolCalls: number;
        attempts: number;
        waitedMs: number;
        durationMs?: number;
      };
    };
    Session: {
      /** @description Id in `sessions` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `agents` */
      agentId: string;
      /** @description Id in `users` */
      userId?: string;
      externalId?: string;
      /** @enum {string} */
      status: "active" | "completed" | "abandoned";
      title?: string;
      metadata?: {
        [key: string]: unknown;
      };
      source?: string;
      messageCount: number;
      totalCost: number;
      totalCostUsd: string;
      totalTokens: number;
      branchedFrom?: {
        /** @description Id in `sessions` */
        sessionId: string;
        turn: number;
      };
      pinnedMessageIds?: string[];
      /** @description Id in `summaries` */
      summaryId?: string;
      compactsNext?: boolean;
      /** @description Id in `runs` */
      activeRunId?: string;
      createdAt: number;
      lastActivityAt: number;
      completedAt?: number;
    };
    Note: {
      name: string;
      text: string;
      updatedAt: number;
    };
    Summary: {
      /** @description Id in `summaries` */
      _id: string;
      /** @description Id in `sessions` */
      sessionId: string;
      /** @description Id in `runs` */
      runId?: string;
      /** @description Id in `summaries` */
      previousId?: string;
      upToTurn: number;
      text: string;
      tokenCount: number;
      /** @enum {string} */
      provider: "anthropic" | "openai" | "google" | "openai_compatible";
      model: string;
      createdAt: number;
      undoneAt?: number;
      isInForce: boolean;
    };
    SkillEntry: {
      id: string;
      name: string;
      description: string;
      category: string;
      publisher: {
        name: string;
        slug: string;
      } | null;
      isOwn: boolean;
      /** @enum {string} */
      status: "draft" | "published" | "withdrawn";
      verified: boolean;
      version: string;
      permissions: string[];
      installCount: number;
      rating?: number;
      ratingCount: number;
      createdAt: number;
      updatedAt: number;
    };
    Skill: {
      id: string;
      name: string;
      description: string;
      category: string;
      publisher: {
        name: string;
        slug: string;
      } | null;
      isOwn: boolean;
      /** @enum {string} */
      status: "draft" | "published" | "withdrawn";
      verified: boolean;
      version: string;
      permissions: string[];
      installCount: number;
      rating?: number;
      ratingCount: number;
      createdAt: number;
      updatedAt: number;
      configSchema?: {
        [key: string]: unknown;
      };
      prompt?: {
        name: string;
        description: string;
        instructions: string;
        license?: string;
        compatibility?: string;
        allowedTools?: string[];
        metadata?: {
          [key: string]: string;
        };
      };
      http?: {
        description: string;
        /** @enum {string} */
        method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
        url: string;
        headers?: {
          [key: string]: string;
        };
        inputSchema: {
          [key: string]: unknown;
        };
      };
      wasm?: {
        sha256: string;
        sizeBytes: number;
      };
    };
    SkillVersion: {
      version: string;
      permissions: string[];
      configSchema?: {
        [key: string]: unknown;
      };
      prompt?: {
        name: string;
        description: string;
        instructions: string;
        license?: string;
        compatibility?: string;
        allowedTools?: string[];
        metadata?: {
          [key: string]: string;
        };
      };
      http?: {
        description: string;
        /** @enum {string} */
        method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
        url: string;
        headers?: {
          [key: string]: string;
        };
        inputSchema: {
          [key: string]: unknown;
        };
      };
      wasm?: {
        sha256: string;
        sizeBytes: number;
      };
      changelog?: string;
      createdAt: number;
    };
    Tenant: {
      /** @description Id in `tenants` */
      _id: string;
      name: string;
      slug: string;
      /** @enum {string} */
      status: "active" | "trial" | "suspended" | "deleted";
      /** @enum {string} */
      plan: "starter" | "pro" | "enterprise";
      maxAgents: number;
      maxMonthlyTokens: number;
      maxStorageGB: number;
      monthlyBudget?: number;
      monthlyBudgetUsd?: string;
      timeZone?: string;
      billingEmail?: string;
      metadata?: {
        [key: string]: unknown;
      };
      createdAt: number;
      updatedAt: number;
    };
    FoundRow: {
      /** @enum {string} */
      kind: "session" | "run" | "agent" | "call";
      id: string;
      name?: string;
    } | null;
    TenantUsage: {
      agents: {
        used: number;
        limit: number;
      };
      tokensThisMonth: {
        used: number;
        limit: number;
      };
      storageBytes: {
        used: number;
        limit: number;
      };
      fileCount: number;
    };
    MyTenant: {
      /** @description Id in `tenants` */
      tenantId: string;
      name: string;
      slug: string;
      /** @enum {string} */
      status: "active" | "trial" | "suspended" | "deleted";
      /** @enum {string} */
      role: "owner" | "admin" | "operator" | "member" | "viewer";
      /** @enum {string} */
      membershipStatus: "active" | "suspended";
      isDefault: boolean;
    };
    WebhookEndpoint: {
      /** @description Id in `webhook_endpoints` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      url: string;
      description?: string;
      events: string[];
      /** @enum {string} */
      status: "active" | "disabled";
      disabledReason?: string;
      disabledAt?: number;
      secretMask?: string;
      failingSinceMs?: number;
      /** @description Id in `users` */
      createdBy: string;
      createdAt: number;
      updatedAt: number;
    };
    NewWebhookSecret: {
      /** @description Id in `webhook_endpoints` */
      endpointId: string;
      secret: string;
    };
    WebhookDelivery: {
      /** @description Id in `webhook_deliveries` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `webhook_endpoints` */
      endpointId: string;
      /** @description Id in `webhook_events` */
      eventId: string;
      /** @enum {string} */
      eventType:
        | "run.completed"
        | "run.failed"
        | "run.cancelled"
        | "run.awaiting_approval"
        | "approval.decided"
        | "budget.alert"
        | "budget.exceeded"
        | "budget.paused"
        | "agent.created"
        | "agent.updated"
        | "agent.archived"
        | "session.created"
        | "key.created"
        | "key.revoked"
        | "webhook.test";
      /** @enum {string} */
      state: "pending" | "delivering" | "delivered" | "dead";
      attemptCount: number;
      attempts: {
        at: number;
        durationMs: number;
        status: number | null;
        error?: string;
      }[];
      nextAttemptAtMs: number | null;
      deadReason?: string;
      endedAt?: number;
      createdAt: number;
    };
    WebhookDeliveryDetail: {
      /** @description Id in `webhook_deliveries` */
      _id: string;
      /** @description Id in `tenants` */
      tenantId: string;
      /** @description Id in `webhook_endpoints` */
      endpointId: string;
      /** @description Id in `webhook_events` */
      eventId: string;
      /** @enum {string} */
      eventType:
        | "run.completed"
        | "run.failed"
        | "run.cancelled"
        | "run.awaiting_approval"
        | "approval.decided"
        | "budget.alert"
        | "budget.exceeded"
        | "budget.paused"
        | "agent.created"
        | "agent.updated"
        | "agent.archived"
        | "session.created"
        | "key.created"
        | "key.revoked"
        | "webhook.test";
      /** @enum {string} */
      state: "pending" | "delivering" | "delivered" | "dead";
      attemptCount: number;
      attempts: {
        at: number;
        durationMs: number;
        status: number | null;
        error?: string;
      }[];
      nextAttemptAtMs: number | null;
      deadReason?: string;
      endedAt?: number;
      createdAt: number;
      payload: string | null;
    };
  };
  responses: {
    /** @description Something about the request is wrong: `field` says what, `reason` why */
    Failed400: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Nobody is signed in, or the key is none that holds */
    Failed401: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        "www-authenticate"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description The key or the role lacks the permission */
    Failed403: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description There is none, or none of yours */
    Failed404: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description It is not in a state that allows this; with `retry-after`: the idempotency key's first request is under way */
    Failed409: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        /** @description Seconds */
        "retry-after"?: string;
        "retry-after-ms"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Too many requests, or a quota is used up: with `x-should-retry: false` waiting does not help */
    Failed429: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        /** @description Seconds */
        "retry-after"?: string;
        "retry-after-ms"?: string;
        "x-should-retry"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description Others were first, or there is too much to do: nothing was done */
    Failed503: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        /** @description Seconds */
        "retry-after"?: string;
        "retry-after-ms"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description The body is too large */
    Failed413: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description The body is no JSON */
    Failed415: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description The idempotency key was used with another request */
    Failed422: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description A budget has no room for it */
    Failed402: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        "x-should-retry"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
    /** @description The model's provider has failed */
    Failed502: {
      headers: {
        "x-request-id"?: string;
        "x-ratelimit-limit-requests"?: string;
        "x-ratelimit-remaining-requests"?: string;
        "x-ratelimit-reset-requests"?: string;
        [name: string]: unknown;
      };
      content: {
        "application/problem+json": components["schemas"]["Problem"];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  getActivity: {
    parameters: {
      query?: {
        entityTable?: string;
        entityId?: string;
        action?: string;
        actorId?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Activity"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgents: {
    parameters: {
      query?: {
        status?: "active" | "paused" | "archived";
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Agent"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgents: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "Support",
         *       "systemPrompt": "You answer customers' questions about their orders.",
         *       "provider": "anthropic",
         *       "model": "claude-opus-4-6"
         *     }
         */
        "application/json": {
          name: string;
          slug?: string;
          systemPrompt: string;
          model: string;
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          description?: string;
          temperature?: number;
          maxTokens?: number;
          /** @enum {string} */
          reasoningEffort?: "none" | "low" | "medium" | "high" | "xhigh" | "max";
          maxContextTokens?: number;
          mode?: string;
          channels?: string[];
          skills?: string[];
          tools?: {
            /** @enum {string} */
            name:
              | "clock"
              | "calculator"
              | "http_get"
              | "http_post"
              | "notes"
              | "search_history"
              | "read_result";
            approval?: {
              required: boolean;
              /** @enum {string} */
              role?: "owner" | "admin" | "operator" | "member";
              expiresAfterMinutes?: number;
            };
            allowedHosts?: string[];
          }[];
          limits?: {
            toolRounds?: number;
            minutes?: number;
            tokens?: number;
          };
          fallbackModels?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
          }[];
          summaryModel?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
          };
          maxCostPerMessage?: number | string;
          monthlyBudget?: number | string;
          consensusEnabled?: boolean;
          consensusModels?: string[];
          /** @enum {string} */
          consensusStrategy?: "majority" | "unanimous" | "weighted";
          consensus?: {
            choices?: string[];
            judge?: string;
            weights?: number[];
            quorum?: number;
            deadlineSeconds?: number;
          };
          metadata?: {
            [key: string]: unknown;
          };
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `agents` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsModels: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["ProviderModels"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsSearch: {
    parameters: {
      query: {
        query: string;
        status?: "active" | "paused" | "archived";
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Agent"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsRecent: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Agent"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsStats: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AgentStats"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Agent"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteAgentsByAgentId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchAgentsByAgentId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          name?: string;
          slug?: string;
          systemPrompt?: string;
          model?: string;
          /** @enum {string} */
          provider?: "anthropic" | "openai" | "google" | "openai_compatible";
          /** @enum {string} */
          status?: "active" | "paused" | "archived";
          description?: string | null;
          temperature?: number | null;
          maxTokens?: number;
          /** @enum {string|null} */
          reasoningEffort?: "none" | "low" | "medium" | "high" | "xhigh" | "max" | null;
          maxContextTokens?: number | null;
          mode?: string;
          channels?: string[];
          skills?: string[];
          tools?: {
            /** @enum {string} */
            name:
              | "clock"
              | "calculator"
              | "http_get"
              | "http_post"
              | "notes"
              | "search_history"
              | "read_result";
            approval?: {
              required: boolean;
              /** @enum {string} */
              role?: "owner" | "admin" | "operator" | "member";
              expiresAfterMinutes?: number;
            };
            allowedHosts?: string[];
          }[];
          limits?: {
            toolRounds?: number;
            minutes?: number;
            tokens?: number;
          } | null;
          fallbackModels?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
          }[];
          summaryModel?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
          } | null;
          maxCostPerMessage?: number | string | null;
          monthlyBudget?: number | string | null;
          consensusEnabled?: boolean;
          consensusModels?: string[] | null;
          /** @enum {string|null} */
          consensusStrategy?: "majority" | "unanimous" | "weighted" | null;
          consensus?: {
            choices?: string[];
            judge?: string;
            weights?: number[];
            quorum?: number;
            deadlineSeconds?: number;
          } | null;
          metadata?: {
            [key: string]: unknown;
          } | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentIdStats: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AgentStats"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgentsByAgentIdMessagesElsewhere: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          messageCount: number;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentIdPrompt: {
    parameters: {
      query?: {
        content?: string;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Prompt"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentIdVersions: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["AgentVersionEntry"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentIdVersionsByVersion: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["AgentVersion"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgentsByAgentIdVersionsByVersionRestore: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
        version: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            version: number;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentIdDiff: {
    parameters: {
      query: {
        from: number;
        to: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: {
              field: string;
              from?: string;
              to?: string;
            }[];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentIdConversationsBySessionId: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `agents` */
        agentId: string;
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Conversation"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getAgentsByAgentIdSkills: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["InstalledSkill"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgentsByAgentIdSkills: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          skillId: string;
          version?: string;
          grantedPermissions?: string[];
          config?: {
            [key: string]: unknown;
          };
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `agent_skills` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteAgentsByAgentIdSkillsBySkillId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgentsByAgentIdSkillsBySkillIdUpgrade: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          version?: string;
          grantedPermissions?: string[];
          config?: {
            [key: string]: unknown;
          };
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            version: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  putAgentsByAgentIdSkillsBySkillIdConfig: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          config: {
            [key: string]: unknown;
          };
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  putAgentsByAgentIdSkillsBySkillIdApproval: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          approval: {
            required: boolean;
            /** @enum {string} */
            role?: "owner" | "admin" | "operator" | "member";
            expiresAfterMinutes?: number;
          } | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  putAgentsByAgentIdSkillsBySkillIdCredential: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
        skillId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          credential: string | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgentsByAgentIdSkillsBySkillIdEnable: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgentsByAgentIdSkillsBySkillIdDisable: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
        /** @description Id in `agents` */
        agentId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postAgentsByAgentIdSkillsBySkillExecute: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `agents` */
        agentId: string;
        skill: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          parameters: {
            [key: string]: unknown;
          };
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["SkillResult"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      402: components["responses"]["Failed402"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      502: components["responses"]["Failed502"];
      503: components["responses"]["Failed503"];
    };
  };
  getApprovals: {
    parameters: {
      query?: {
        state?: "pending" | "approved" | "denied" | "expired" | "cancelled";
        /** @description Id in `runs` */
        runId?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Approval"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getApprovalsByApprovalId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `approvals` */
        approvalId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Approval"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postApprovalsByApprovalId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `approvals` */
        approvalId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @enum {string} */
          decision: "approve" | "deny";
          comment?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Approval"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getBudgets: {
    parameters: {
      query?: {
        dimension?: "tenant" | "agent" | "provider" | "model" | "key" | "user";
        key?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Budget"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postBudgets: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "name": "All of us",
         *       "dimension": "tenant",
         *       "window": "month",
         *       "limit": "250.00"
         *     }
         */
        "application/json": {
          name: string;
          /** @enum {string} */
          dimension: "tenant" | "agent" | "provider" | "model" | "key" | "user";
          key?: string;
          /** @enum {string} */
          window: "message" | "hour" | "day" | "week" | "month" | "total";
          limit?: number | string;
          limitTokens?: number;
          /** @enum {string} */
          action?: "warn" | "degrade" | "block" | "pause";
          degradeTo?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
          };
          alertPercents?: number[];
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `budget_policies` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getBudgetsEffective: {
    parameters: {
      query: {
        /** @description Id in `agents` */
        agentId: string;
        provider?: "anthropic" | "openai" | "google" | "openai_compatible";
        model?: string;
        /** @description Id in `api_keys` */
        keyId?: string;
        /** @description Id in `users` */
        userId?: string;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["EffectiveBudgets"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getBudgetsCheck: {
    parameters: {
      query: {
        /** @description Id in `agents` */
        agentId: string;
        provider?: "anthropic" | "openai" | "google" | "openai_compatible";
        model?: string;
        /** @description Id in `api_keys` */
        keyId?: string;
        /** @description Id in `users` */
        userId?: string;
        promptTokens: number;
        outputTokens: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["BudgetCheck"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getBudgetsEvents: {
    parameters: {
      query?: {
        /** @description Id in `budget_policies` */
        policyId?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["BudgetEvent"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postBudgetsReservations: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          key: string;
          /** @description Id in `agents` */
          agentId: string;
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
          tokens: number;
          cost: number | string;
          expiresAfterMinutes?: number;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json":
            | {
                /** @enum {string} */
                status: "reserved";
                expiresAtMs: number;
              }
            | {
                /** @enum {string} */
                status: "refused";
                reason: string;
              }
            | {
                /** @enum {string} */
                status: "opening";
              };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postBudgetsReservationsByKeySettle: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        key: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          inputTokens: number;
          outputTokens: number;
          inputCost: number | string;
          outputCost: number | string;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteBudgetsReservationsByKey: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        key: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getBudgetsByPolicyId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `budget_policies` */
        policyId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Budget"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteBudgetsByPolicyId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `budget_policies` */
        policyId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchBudgetsByPolicyId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `budget_policies` */
        policyId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          name?: string;
          limit?: number | string | null;
          limitTokens?: number | null;
          /** @enum {string} */
          action?: "warn" | "degrade" | "block" | "pause";
          degradeTo?: {
            /** @enum {string} */
            provider: "anthropic" | "openai" | "google" | "openai_compatible";
            model: string;
          } | null;
          alertPercents?: number[];
          enabled?: boolean;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postBudgetsByPolicyIdIncreases: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `budget_policies` */
        policyId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          amount?: number | string;
          amountTokens?: number;
          reason: string;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getChannels: {
    parameters: {
      query?: {
        /** @description Id in `agents` */
        agentId?: string;
        type?: "telegram" | "discord" | "slack" | "whatsapp" | "email" | "web" | "api" | "cli";
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Channel"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postChannels: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description Id in `agents` */
          agentId: string;
          /** @enum {string} */
          type: "telegram" | "discord" | "slack" | "whatsapp" | "email" | "web" | "api" | "cli";
          name?: string;
          config?: {
            [key: string]: unknown;
          };
          credential?: string;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `channels` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getChannelsByChannelId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `channels` */
        channelId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Channel"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteChannelsByChannelId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `channels` */
        channelId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchChannelsByChannelId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `channels` */
        channelId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          /** @description Id in `agents` */
          agentId?: string;
          name?: string;
          config?: {
            [key: string]: unknown;
          };
          credential?: string | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postChannelsByChannelIdPause: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `channels` */
        channelId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postChannelsByChannelIdResume: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `channels` */
        channelId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getConversations: {
    parameters: {
      query?: {
        /** @description Id in `agents` */
        agentId?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Conversation"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getConversationsRecent: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Conversation"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getConversationsByConversationId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `messages` */
        conversationId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Conversation"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsSummary: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CostSummary"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsByAgent: {
    parameters: {
      query?: {
        period?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            unit: "total" | "month" | "day" | "hour";
            period: string;
            whole: components["schemas"]["Spend"];
            countedUntil: number | null;
            data: components["schemas"]["Spender"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsByModel: {
    parameters: {
      query?: {
        period?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            unit: "total" | "month" | "day" | "hour";
            period: string;
            whole: components["schemas"]["Spend"];
            countedUntil: number | null;
            data: components["schemas"]["Spender"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsByProvider: {
    parameters: {
      query?: {
        period?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            unit: "total" | "month" | "day" | "hour";
            period: string;
            whole: components["schemas"]["Spend"];
            countedUntil: number | null;
            data: components["schemas"]["Spender"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsByChannel: {
    parameters: {
      query?: {
        period?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            unit: "total" | "month" | "day" | "hour";
            period: string;
            whole: components["schemas"]["Spend"];
            countedUntil: number | null;
            data: components["schemas"]["Spender"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsByUser: {
    parameters: {
      query?: {
        period?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            unit: "total" | "month" | "day" | "hour";
            period: string;
            whole: components["schemas"]["Spend"];
            countedUntil: number | null;
            data: components["schemas"]["Spender"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsByKey: {
    parameters: {
      query?: {
        period?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            unit: "total" | "month" | "day" | "hour";
            period: string;
            whole: components["schemas"]["Spend"];
            countedUntil: number | null;
            data: components["schemas"]["Spender"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsBySession: {
    parameters: {
      query?: {
        period?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @enum {string} */
            unit: "total" | "month" | "day" | "hour";
            period: string;
            whole: components["schemas"]["Spend"];
            countedUntil: number | null;
            data: components["schemas"]["Spender"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsHistory: {
    parameters: {
      query: {
        dimension?:
          "tenant" | "agent" | "model" | "provider" | "channel" | "user" | "key" | "session";
        key?: string;
        unit: "hour" | "day" | "month";
        from: number;
        to: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CostHistory"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsEvents: {
    parameters: {
      query?: {
        period?: string;
        dimension?:
          "tenant" | "agent" | "model" | "provider" | "channel" | "user" | "key" | "session";
        key?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["CostEvent"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postCostsEvents: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description Id in `agents` */
          agentId: string;
          /** @description Id in `sessions` */
          sessionId?: string;
          /** @description Id in `messages` */
          conversationId?: string;
          model: string;
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          inputTokens: number;
          outputTokens: number;
          totalTokens?: number;
          inputCost: number | string;
          outputCost: number | string;
          totalCost?: number | string;
          channel?: string;
          endpoint?: string;
          responseTime?: number;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `cost_events` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsEventsByEventId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `cost_events` */
        eventId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["CostEventDetail"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postCostsEventsByIdCorrections: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `cost_events` */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          reason: string;
          tokens?: {
            inputFresh?: number;
            cacheRead?: number;
            cacheWrite5m?: number;
            cacheWrite30m?: number;
            cacheWrite1h?: number;
            cacheWrite12h?: number;
            cacheWriteUnknown?: number;
            output?: number;
            audioInput?: number;
            audioCacheRead?: number;
            audioOutput?: number;
            imageInput?: number;
            imageOutput?: number;
          };
          toolUnits?: {
            webSearch?: number;
            webFetch?: number;
            fileSearch?: number;
            grounding?: number;
          };
          reasoningTokens?: number;
          servedModel?: string;
          totalCost?: number | string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `cost_events` */
            id: string | null;
            differenceUsd: string;
            totalCostUsd: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postCostsRerate: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          from: number;
          to: number;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            examinedCount: number;
            adjustedCount: number;
            isDone: boolean;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postCostsCleanup: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          before: number;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            summarizedCount: number;
            isDone: boolean;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getCostsExport: {
    parameters: {
      query?: {
        period?: string;
        from?: string;
        to?: string;
        format?: "csv" | "ndjson";
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Streams the ledger as CSV or NDJSON, as it is at this moment */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "text/csv": string;
          "application/x-ndjson": string;
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getExports: {
    parameters: {
      query?: {
        table?: string;
        cursor?: string;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ExportPage"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postFilesUploadUrl: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            url: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getFilesByFileIdUrl: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `files` */
        fileId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            url: string;
          };
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getInvitations: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Invitation"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postInvitations: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          email: string;
          /** @enum {string} */
          role: "owner" | "admin" | "operator" | "member" | "viewer";
          expiresInDays?: number;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewInvitation"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postInvitationsAccept: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          token: string;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Joined"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteInvitationsById: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `invitations` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getKeys: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Key"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postKeys: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
          scopes: (
            | "tenant:read"
            | "tenant:write"
            | "tenant:export"
            | "tenant:erase"
            | "members:read"
            | "members:write"
            | "keys:read"
            | "keys:write"
            | "providers:read"
            | "providers:write"
            | "agents:read"
            | "agents:write"
            | "sessions:read"
            | "sessions:write"
            | "sessions:delete"
            | "messages:send"
            | "messages:rate"
            | "models:call"
            | "runs:cancel"
            | "runs:approve"
            | "skills:read"
            | "skills:write"
            | "skills:execute"
            | "skills:publish"
            | "channels:read"
            | "channels:write"
            | "costs:read"
            | "costs:write"
            | "costs:delete"
            | "costs:manage"
            | "budgets:read"
            | "budgets:write"
            | "activity:read"
            | "webhooks:read"
            | "webhooks:write"
          )[];
          expiresInDays?: number;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewKey"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postKeysByIdRotate: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `api_keys` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewKey"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteKeysById: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `api_keys` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getMe: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `users` */
            _id: string;
            name: string;
            email?: string;
            /** @enum {string} */
            status: "active" | "suspended";
            /** @description Id in `tenants` */
            defaultTenantId?: string;
            createdAt: number;
          };
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteMe: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `erasures` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchMe: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getMeSignIns: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: {
              /** @description Id in `auth_sessions` */
              _id: string;
              createdAt: number;
              lastUsedAt: number;
              expiresAt: number;
              isCurrent: boolean;
              userAgent?: string;
              ip?: string;
            }[];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteMeSignInsById: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `auth_sessions` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getMeIdentities: {
    parameters: {
      query?: never;
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            hasPassword: boolean;
            canLink: boolean;
            identities: {
              /** @description Id in `identities` */
              _id: string;
              issuer: string;
              subject: string;
              createdAt: number;
              isCurrent: boolean;
            }[];
          };
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteMeIdentitiesById: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `identities` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getMembers: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Membership"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postMembersResetLinks: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description Id in `users` */
          userId: string;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            token: string;
            expiresAt: number;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  putMembersByIdRole: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `memberships` */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @enum {string} */
          role: "owner" | "admin" | "operator" | "member" | "viewer";
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postMembersByIdSuspend: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `memberships` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postMembersByIdResume: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `memberships` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteMembersById: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `memberships` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getMessagesSearch: {
    parameters: {
      query: {
        query: string;
        /** @description Id in `sessions` */
        sessionId?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Message"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getMessagesByMessageIdChunks: {
    parameters: {
      query?: {
        afterSeq?: number;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `messages` */
        messageId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Chunks"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postMessagesByMessageIdEdits: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `messages` */
        messageId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          content: string;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Sent"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      402: components["responses"]["Failed402"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      502: components["responses"]["Failed502"];
      503: components["responses"]["Failed503"];
    };
  };
  putMessagesByMessageIdRating: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `messages` */
        messageId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @enum {string|null} */
          rating: "good" | "bad" | null;
          comment?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  putMessagesByMessageIdPin: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `messages` */
        messageId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteMessagesByMessageIdPin: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `messages` */
        messageId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getModes: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Mode"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postModes: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
          prompt: string;
          historyShare?: number;
          description?: string;
          temperature?: number;
          maxTokens?: number;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `modes` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getModesByNameByName: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Mode"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteModesByModeId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `modes` */
        modeId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchModesByModeId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `modes` */
        modeId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          prompt?: string;
          historyShare?: number;
          description?: string | null;
          temperature?: number | null;
          maxTokens?: number | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getPrices: {
    parameters: {
      query?: {
        provider?: "anthropic" | "openai" | "google" | "openai_compatible";
        model?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Override"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postPrices: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          model: string;
          usdPerMillion?: {
            inputFresh?: number | string;
            cacheRead?: number | string;
            cacheWrite5m?: number | string;
            cacheWrite30m?: number | string;
            cacheWrite1h?: number | string;
            cacheWrite12h?: number | string;
            cacheWriteUnknown?: number | string;
            output?: number | string;
            audioInput?: number | string;
            audioCacheRead?: number | string;
            audioOutput?: number | string;
            imageInput?: number | string;
            imageOutput?: number | string;
          };
          usdPerThousand?: {
            webSearch?: number | string;
            webFetch?: number | string;
            fileSearch?: number | string;
            grounding?: number | string;
          };
          sameAs?: {
            provider: string;
            model: string;
          };
          effectiveFrom?: number;
          enabled?: boolean;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `price_overrides` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getPricesLookup: {
    parameters: {
      query: {
        provider: "anthropic" | "openai" | "google" | "openai_compatible";
        model: string;
        atMs?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            price: components["schemas"]["Price"];
          };
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getPricesModels: {
    parameters: {
      query?: {
        atMs?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Model"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deletePricesById: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `price_overrides` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getProviders: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Provider"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postProviders: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
          /** @enum {string} */
          provider: "anthropic" | "openai" | "google" | "openai_compatible";
          baseUrl?: string;
          credential?: string;
          enabled?: boolean;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `providers` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteProvidersById: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `providers` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchProvidersById: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `providers` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          name?: string;
          baseUrl?: string | null;
          credential?: string | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postProvidersByIdEnable: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `providers` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postProvidersByIdDisable: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `providers` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postProvidersByIdVerify: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `providers` */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json":
            | {
                /** @enum {string} */
                outcome: "works";
              }
            | {
                /** @enum {string} */
                outcome: "open";
              }
            | {
                /** @enum {string} */
                outcome: "unusable";
                detail: string;
              }
            | {
                /** @enum {string} */
                outcome: "failed";
                /** @enum {string} */
                failureClass:
                  | "invalid_request"
                  | "authentication"
                  | "permission"
                  | "not_found"
                  | "rate_limited"
                  | "overloaded"
                  | "server"
                  | "timeout"
                  | "network"
                  | "content_filtered"
                  | "spend_limit"
                  | "cut_stream";
                status: number | null;
              };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getRuns: {
    parameters: {
      query?: {
        state?:
          | "queued"
          | "leased"
          | "calling"
          | "tools"
          | "awaiting_approval"
          | "completed"
          | "failed"
          | "cancelled";
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Run"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postRuns: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "agentId": "jd7…",
         *       "content": "Where is my order?"
         *     }
         */
        "application/json": {
          /** @description Id in `sessions` */
          sessionId?: string;
          /** @description Id in `agents` */
          agentId?: string;
          content: string;
          attachments?: {
            /** @description Id in `_storage` */
            storageId: string;
            name: string;
          }[];
          /** @enum {string} */
          whenBusy?: "queue" | "interrupt" | "reject";
          /** @enum {string} */
          drivenBy?: "scheduler" | "caller";
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Sent"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      402: components["responses"]["Failed402"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      502: components["responses"]["Failed502"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsUnfinished: {
    parameters: {
      query?: {
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Run"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsByRunId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Run"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsByRunIdSteps: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Step"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsByRunIdTrace: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Trace"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsByRunIdMessages: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Message"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsByRunIdChunks: {
    parameters: {
      query?: {
        afterSeq?: number;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Chunks"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsByRunIdCosts: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["CostEvent"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postRunsByRunIdCancel: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Run"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postRunsByRunIdDrive: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `runs` */
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Run"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      402: components["responses"]["Failed402"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      502: components["responses"]["Failed502"];
      503: components["responses"]["Failed503"];
    };
  };
  getRunsByRunIdStream: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `id` of the event that was seen last: what follows it is sent */
        "last-event-id"?: string;
      };
      path: {
        runId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Streams a run as server-sent events; `last-event-id` takes it up again after a cut */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "text/event-stream": string;
        };
      };
      /** @description The end was seen already, `last-event-id` says */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessions: {
    parameters: {
      query?: {
        /** @description Id in `agents` */
        agentId?: string;
        status?: "active" | "completed" | "abandoned";
        /** @description Id in `users` */
        userId?: string;
        source?: string;
        activeFromMs?: number;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Session"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSessions: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          /** @description Id in `agents` */
          agentId: string;
          sessionId?: string;
          channel?: string;
          title?: string;
          metadata?: {
            [key: string]: unknown;
          };
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `sessions` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsSearch: {
    parameters: {
      query: {
        query: string;
        /** @description Id in `agents` */
        agentId?: string;
        status?: "active" | "completed" | "abandoned";
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Session"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsBySessionId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Session"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteSessionsBySessionId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchSessionsBySessionId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          /** @enum {string} */
          status?: "active" | "completed" | "abandoned";
          title?: string | null;
          metadata?: {
            [key: string]: unknown;
          } | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsBySessionIdMessages: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Message"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSessionsBySessionIdMessages: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "content": "And when does it come?"
         *     }
         */
        "application/json": {
          content: string;
          attachments?: {
            /** @description Id in `_storage` */
            storageId: string;
            name: string;
          }[];
          /** @enum {string} */
          whenBusy?: "queue" | "interrupt" | "reject";
          /** @enum {string} */
          drivenBy?: "scheduler" | "caller";
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Sent"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      402: components["responses"]["Failed402"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      502: components["responses"]["Failed502"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsBySessionIdRuns: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Run"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsBySessionIdNotes: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Note"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsBySessionIdPrompt: {
    parameters: {
      query?: {
        content?: string;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Prompt"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsBySessionIdSummaries: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Summary"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSessionsBySessionIdCompaction: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteSessionsBySessionIdCompaction: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSessionsBySessionIdExport: {
    parameters: {
      query?: {
        table?: string;
        cursor?: string;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `sessions` */
        sessionId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["ExportPage"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSkills: {
    parameters: {
      query?: {
        category?: string;
        verified?: boolean;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["SkillEntry"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSkills: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          version: string;
          permissions: string[];
          configSchema?: {
            [key: string]: unknown;
          };
          skillMd?: string;
          http?: {
            description: string;
            /** @enum {string} */
            method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
            url: string;
            headers?: {
              [key: string]: string;
            };
            inputSchema: {
              [key: string]: unknown;
            };
          };
          changelog?: string;
          id: string;
          name: string;
          description: string;
          category: string;
          /** @description Id in `_storage` */
          binary?: string;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSkillsSearch: {
    parameters: {
      query: {
        category?: string;
        verified?: boolean;
        query: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["SkillEntry"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSkillsMine: {
    parameters: {
      query?: {
        /** @description Id in `users` */
        publisherId?: string;
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["SkillEntry"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSkillsUploadUrl: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            url: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSkillsBySkillId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        skillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Skill"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchSkillsBySkillId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          name?: string;
          description?: string;
          category?: string;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getSkillsBySkillIdVersions: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path: {
        skillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["SkillVersion"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSkillsBySkillIdVersions: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          version: string;
          permissions: string[];
          configSchema?: {
            [key: string]: unknown;
          };
          skillMd?: string;
          http?: {
            description: string;
            /** @enum {string} */
            method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
            url: string;
            headers?: {
              [key: string]: string;
            };
            inputSchema: {
              [key: string]: unknown;
            };
          };
          changelog?: string;
          /** @description Id in `_storage` */
          binary?: string;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSkillsBySkillIdPublish: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postSkillsBySkillIdWithdraw: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  putSkillsBySkillIdRating: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        skillId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          stars: number;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getTenant: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Tenant"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchTenant: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          name?: string;
          slug?: string;
          billingEmail?: string;
          monthlyBudget?: number | string | null;
          timeZone?: string | null;
          metadata?: {
            [key: string]: unknown;
          } | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getTenantLookup: {
    parameters: {
      query: {
        id: string;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            found: components["schemas"]["FoundRow"];
          };
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getTenantUsage: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["TenantUsage"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getTenants: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["MyTenant"][];
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postTenants: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          name: string;
          slug: string;
          billingEmail: string;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `tenants` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  putTenantsByTenantIdDefault: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `tenants` */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postTenantsByTenantIdLeave: {
    parameters: {
      query?: never;
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `tenants` */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteTenantsByTenantId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `tenants` */
        tenantId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `erasures` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getMetrics: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Tells Prometheus of spend, tokens and calls, runs under way and budgets: what the key may read */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "text/plain": string;
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getWebhooks: {
    parameters: {
      query?: {
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["WebhookEndpoint"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postWebhooks: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        /**
         * @example {
         *       "url": "https://hooks.example.com/agents",
         *       "events": [
         *         "run.*",
         *         "budget.exceeded"
         *       ]
         *     }
         */
        "application/json": {
          url: string;
          events: string[];
          description?: string;
        };
      };
    };
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewWebhookSecret"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getWebhooksDeliveries: {
    parameters: {
      query?: {
        /** @description Id in `webhook_endpoints` */
        endpointId?: string;
        state?: "pending" | "delivering" | "delivered" | "dead";
        /** @description `nextCursor` of the page before */
        cursor?: string;
        limit?: number;
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["WebhookDelivery"][];
            nextCursor: string | null;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getWebhooksDeliveriesByDeliveryId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `webhook_deliveries` */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookDeliveryDetail"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postWebhooksDeliveriesByDeliveryIdReplay: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_deliveries` */
        deliveryId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getWebhooksByEndpointId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description The `etag` of an answer: while nothing has changed, 304 without a body */
        "if-none-match"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["WebhookEndpoint"];
        };
      };
      /** @description As it was: see `if-none-match` */
      304: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  deleteWebhooksByEndpointId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  patchWebhooksByEndpointId: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": {
          url?: string;
          events?: string[];
          description?: string | null;
        };
      };
    };
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postWebhooksByEndpointIdEnable: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postWebhooksByEndpointIdDisable: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postWebhooksByEndpointIdRotateSecret: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["NewWebhookSecret"];
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postWebhooksByEndpointIdTest: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Made */
      201: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          location?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            /** @description Id in `webhook_deliveries` */
            _id: string;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  postWebhooksByEndpointIdReplayDead: {
    parameters: {
      query?: {
        /** @description Id of the tenant, for people in several. Keys have one only. */
        tenant?: string;
      };
      header?: {
        /** @description Makes the request safe to repeat for 24 hours: the same key and request are done once, and answered alike, with `idempotent-replayed: true`. With another request: 422. */
        "idempotency-key"?: string;
      };
      path: {
        /** @description Id in `webhook_endpoints` */
        endpointId: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": {
          sinceMs: number;
        };
      };
    };
    responses: {
      /** @description Done */
      200: {
        headers: {
          "x-request-id"?: string;
          "x-ratelimit-limit-requests"?: string;
          "x-ratelimit-remaining-requests"?: string;
          "x-ratelimit-reset-requests"?: string;
          "idempotent-replayed"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            replayedCount: number;
            hasMore: boolean;
          };
        };
      };
      400: components["responses"]["Failed400"];
      401: components["responses"]["Failed401"];
      403: components["responses"]["Failed403"];
      404: components["responses"]["Failed404"];
      409: components["responses"]["Failed409"];
      413: components["responses"]["Failed413"];
      415: components["responses"]["Failed415"];
      422: components["responses"]["Failed422"];
      429: components["responses"]["Failed429"];
      503: components["responses"]["Failed503"];
    };
  };
  getDocs: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Shows this description to people */
      200: {
        headers: {
          "x-request-id"?: string;
          [name: string]: unknown;
        };
        content: {
          "text/html": string;
        };
      };
      400: components["responses"]["Failed400"];
    };
  };
  "getDocsStart.js": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A script of the page that shows this description */
      200: {
        headers: {
          "x-request-id"?: string;
          [name: string]: unknown;
        };
        content: {
          "text/javascript": string;
        };
      };
      400: components["responses"]["Failed400"];
    };
  };
  "getDocsSwaggerUiBundle.js": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A script of the page that shows this description */
      200: {
        headers: {
          "x-request-id"?: string;
          [name: string]: unknown;
        };
        content: {
          "text/javascript": string;
        };
      };
      400: components["responses"]["Failed400"];
    };
  };
  "getDocsSwaggerUi.css": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Styles that page */
      200: {
        headers: {
          "x-request-id"?: string;
          [name: string]: unknown;
        };
        content: {
          "text/css": string;
        };
      };
      400: components["responses"]["Failed400"];
    };
  };
  getHealth: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Says that requests are answered */
      200: {
        headers: {
          "x-request-id"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            [key: string]: unknown;
          };
        };
      };
      400: components["responses"]["Failed400"];
    };
  };
  "getOpenapi.json": {
    parameters: {
      query?: never;
      header?: {
        /** @description The `etag` of the description that is known already */
        "if-none-match"?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Describes this API */
      200: {
        headers: {
          "x-request-id"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            [key: string]: unknown;
          };
        };
      };
      /** @description It is as it was */
      304: {
        headers: {
          "x-request-id"?: string;
          etag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: components["responses"]["Failed400"];
    };
  };
}
