/** What the routes of the device flow read and write. */
import { v } from "convex/values";
import { internalMutation } from "../../_generated/server";
import * as Devices from "../../model/auth/devices";
import { vDeviceAnswer } from "../../views/auth";

/** A device that waits to be approved. */
export const insert = internalMutation({
  args: { deviceCodeHash: v.string(), userCode: v.string() },
  returns: v.null(),
  handler: async (ctx, args) => {
    await Devices.insert(ctx, { ...args, nowMs: Date.now() });
    return null;
  },
});

/** What the device that asks is told. */
export const ask = internalMutation({
  args: {
    deviceCodeHash: v.string(),
    hashes: v.object({ familyHash: v.string(), refreshHash: v.string() }),
  },
  returns: vDeviceAnswer,
  handler: async (ctx, args) => await Devices.ask(ctx, { ...args, nowMs: Date.now() }),
});

/** Deletes devices whose time has come. */
export const sweep = internalMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await Devices.sweep(ctx, Date.now());
    return null;
  },
});
