/** Signing a device in that shows a code. */
import { v } from "convex/values";
import { mutation } from "../_generated/server";
import { requireUser } from "../model/access";
import * as Devices from "../model/auth/devices";

/**
 * Signs the device that shows the code in as the signed-in person.
 *
 * @returns Whether a device that waits shows this code: false means that it was mistyped, or is too old.
 */
export const approve = mutation({
  args: { userCode: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { userCode }) => {
    const { _id: userId } = await requireUser(ctx);
    return await Devices.decide(ctx, { userCode, userId, status: "approved", nowMs: Date.now() });
  },
});

/**
 * Refuses the device that shows the code.
 *
 * @returns Whether a device that waits shows this code: false means that it was mistyped, or is too old.
 */
export const deny = mutation({
  args: { userCode: v.string() },
  returns: v.boolean(),
  handler: async (ctx, { userCode }) => {
    const { _id: userId } = await requireUser(ctx);
    return await Devices.decide(ctx, { userCode, userId, status: "denied", nowMs: Date.now() });
  },
});
