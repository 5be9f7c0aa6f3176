import { channels as makeShapes } from "../../actionShapes";
import * as changeDoors from "../../mutations/channels";
import * as lookDoors from "../../queries/channels";
import { actionsOf, doorsOf } from "../native/doors";
import type { Route } from "../native/route";

const look = doorsOf("queries/channels", lookDoors);
const change = doorsOf("mutations/channels", changeDoors);
const make = actionsOf("actions/channels", makeShapes);
const read = { permission: "channels:read" } as const;
const write = { permission: "channels:write" } as const;

export const CHANNEL_ROUTES: readonly Route[] = [
  { at: "get /channels", door: look.list, ...read, summary: "Lists channels" },
  {
    at: "post /channels",
    door: make.create,
    ...write,
    summary: "Adds a channel to an agent",
    created: "/channels/{_id}",
  },
  { at: "get /channels/{channelId}", door: look.get, ...read, summary: "Reads a channel" },
  {
    at: "patch /channels/{channelId}",
    door: make.update,
    ...write,
    summary: "Changes a channel; null takes a setting away",
  },
  {
    at: "post /channels/{channelId}/pause",
    door: change.pause,
    ...write,
    summary: "Pauses a channel",
  },
  {
    at: "post /channels/{channelId}/resume",
    door: change.resume,
    ...write,
    summary: "Lets a paused channel go on",
  },
  {
    at: "delete /channels/{channelId}",
    door: change.remove,
    ...write,
    summary: "Removes a channel with its credential",
  },
];
