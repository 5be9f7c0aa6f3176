/** What screens of connections reckon with, apart from what they show. */
import { describe, expect, test } from "vitest";
import type { OverrideView } from "../../../convex/views/prices";
import { CHANNEL_TYPES, checkConfig, type ChannelType } from "../../../src/core/channels";
import {
  changeOf,
  configOf,
  textsOf,
  wrongIn,
} from "../../../src/dashboard/screens/channels/settings";
import { standingOf } from "../../../src/dashboard/screens/providers/standing";

describe("settings of a channel", () => {
  const slack = { teamId: "T024BE7LD", allowedChannels: ["C024BE91L", "C024BE92M"] };
  const email = {
    address: "support@example.com",
    smtpHost: "smtp.example.com",
    smtpPort: 587,
    username: "support",
  };

  test.each<[ChannelType, Record<string, unknown>]>([
    ["slack", slack],
    ["email", email],
    ["web", { allowedOrigins: ["https://www.example.com"], greeting: "Hello, you" }],
  ])("of %s go into a form and come back", (type, config) => {
    expect(configOf(type, textsOf(type, config))).toEqual(config);
    expect(wrongIn(type, textsOf(type, config))).toBeNull();
  });

  test("that are emptied are taken away, by a name that the deployment knows", () => {
    const change = changeOf("slack", { ...textsOf("slack", slack), allowedChannels: "" });
    expect(change).toEqual({ teamId: "T024BE7LD", allowedChannels: null });
    expect(checkConfig("slack", change).ok).toBe(true);
  });

  test.each(CHANNEL_TYPES)("of %s are judged as the deployment judges them", (type) => {
    const texts = textsOf(type, {});
    const checked = checkConfig(type, {});
    expect(wrongIn(type, texts)?.name).toBe(checked.ok ? undefined : checked.field.slice(7));
  });

  test("that are no number are none", () => {
    expect(wrongIn("email", { ...textsOf("email", email), smtpPort: "many" })?.name).toBe(
      "smtpPort",
    );
  });
});

describe("a version of a price", () => {
  const minute = 60_000;
  const version = (id: string, effectiveFrom: number, rest: Partial<OverrideView> = {}) =>
    ({ _id: id, provider: "openai", model: "gpt-5-mini", effectiveFrom, ...rest }) as OverrideView;
  const standings = (versions: OverrideView[]) =>
    versions.map((one) => standingOf(one, versions, 10 * minute));

  test("holds until another takes its place, of the same moment or of a later one", () => {
    expect(standings([version("a", 0), version("b", 0), version("c", minute)])).toEqual([
      "over",
      "over",
      "holds",
    ]);
  });

  test("is to come while another holds", () => {
    expect(standings([version("a", 0), version("b", 60 * minute)])).toEqual(["holds", "to come"]);
  });

  test("is of its own model", () => {
    const other = version("b", minute, { model: "gpt-5" });
    expect(standings([version("a", 0), other])).toEqual(["holds", "holds"]);
  });

  test("that was set in the present minute holds", () => {
    expect(standings([version("a", 10.5 * minute)])).toEqual(["holds"]);
  });
});
