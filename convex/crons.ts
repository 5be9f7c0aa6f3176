/** Crons run in slots of their own, whatever the scheduled jobs are busy with. */
import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

// A run whose worker died is seen to within 30 s of lease and these 10 s.
crons.interval("put lost runs right", { seconds: 10 }, internal.jobs.reaper.reap, {});

crons.interval("delete old chunks", { minutes: 1 }, internal.jobs.reaper.sweepChunks, {});

// Goes on by itself while there is something to fold.
crons.interval("fold tallies", { seconds: 15 }, internal.jobs.rollups.start, {});

// Prints what differs; nothing should.
crons.interval("check that sums agree", { hours: 1 }, internal.jobs.checks.checkAll, {});

// Budgets that count from now on are opened by a job at once; these are those whose job never came.
crons.interval("open budgets", { minutes: 1 }, internal.jobs.budgets.openAll, {});
// Sums that move have it looked at once; these are those whose job never came.
crons.interval("tell of thresholds", { minutes: 10 }, internal.jobs.budgets.alertAll, {});
crons.interval("resume paused agents", { minutes: 1 }, internal.jobs.budgets.resumeDue, {});
crons.interval("book lost reservations", { minutes: 1 }, internal.jobs.budgets.sweepExpired, {});
crons.interval("delete old budget events", { hours: 1 }, internal.jobs.budgets.sweep, {});

// New calls with an expired key are refused at once; whoever is subscribed with one is told by this.
crons.interval("end expired keys", { minutes: 1 }, internal.jobs.keys.expire, {});

crons.interval("end expired approvals", { minutes: 1 }, internal.jobs.approvals.expire, {});

crons.interval("end expired invitations", { minutes: 10 }, internal.jobs.invitations.expire, {});

// Nothing to do unless SEALING_KEYS begins with a new key.
crons.interval("seal anew with the first key", { hours: 24 }, internal.jobs.rotation.rotate, {});

crons.interval("delete expired sign-ins", { hours: 1 }, internal.jobs.auth.signIns.sweep, {});
crons.interval("go on with erasures", { minutes: 5 }, internal.jobs.erasures.resumeStuck, {});
crons.interval("go on deleting sessions", { minutes: 5 }, internal.jobs.sessions.resumeStuck, {});

// Browsers upload before they send, and not all of them send.
crons.interval("delete unclaimed uploads", { hours: 1 }, internal.jobs.files.sweepUploads, {});

// Nothing to do unless OTEL_EXPORTER_OTLP_ENDPOINT says where to.
crons.interval("export traces", { seconds: 30 }, internal.jobs.traces.exportEnded, {});

// Their workers are gone; what their models may have cost is booked.
crons.interval("settle lost calls of skills", { minutes: 5 }, internal.jobs.skillCalls.sweep, {});

crons.interval("delete old cool-downs", { hours: 1 }, internal.jobs.providers.sweepCooldowns, {});

crons.interval("forget idempotency keys", { hours: 1 }, internal.jobs.rest.sweep, {});

crons.interval("delete expired links", { hours: 1 }, internal.jobs.auth.links.sweep, {});

crons.interval("delete expired devices", { hours: 1 }, internal.jobs.auth.devices.sweep, {});

// Whoever tells of something wakes the worker; this is for retries, and for a worker that died.
crons.interval("deliver webhooks", { seconds: 10 }, internal.jobs.webhooks.start, {});
crons.interval("delete old webhooks", { hours: 1 }, internal.jobs.webhooks.sweep, {});

export default crons;
