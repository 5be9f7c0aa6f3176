import type { ChannelType } from "../../../core/channels";

export const CHANNEL_NAMES: Readonly<Record<ChannelType, string>> = {
  telegram: "Telegram",
  discord: "Discord",
  slack: "Slack",
  whatsapp: "WhatsApp",
  email: "E-mail",
  web: "Web page",
  api: "API",
  cli: "Command line",
};

/** What is called by us, and not by a platform that would have to be connected first. */
const OWN: ReadonlySet<ChannelType> = new Set(["web", "api", "cli"]);

export function isPlatform(type: ChannelType): boolean {
  return !OWN.has(type);
}

/** "allowedChats" as people read it. */
export function settingName(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, (_, end: string, next: string) => `${end} ${next}`);
  const sentence = words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
  return sentence.replace(/^Smtp\b/, "SMTP");
}
