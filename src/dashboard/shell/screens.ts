/** The screens of a tenant: for the navigation, the command palette and the keyboard. */
import {
  BookOpen,
  Bot,
  ChartColumn,
  Cloud,
  Gauge,
  House,
  KeyRound,
  ListTree,
  MessageSquare,
  Puzzle,
  MessagesSquare,
  Radio,
  ScrollText,
  Settings,
  Users,
  Webhook,
  type LucideIcon,
} from "lucide-react";
import type { LinkProps } from "@tanstack/react-router";
import type { Permission } from "../../core/permissions";

/** The address of a screen of a tenant. */
export type ScreenPath = Extract<LinkProps["to"], `/$tenant${string}`>;
export type Screen = { to: ScreenPath; name: string; icon: LucideIcon; needs: Permission };
export type ScreenGroup = { name: string; screens: readonly Screen[] };

export const SCREEN_GROUPS: readonly ScreenGroup[] = [
  {
    name: "Work",
    screens: [
      { to: "/$tenant", name: "Home", icon: House, needs: "tenant:read" },
      { to: "/$tenant/chat", name: "Chat", icon: MessageSquare, needs: "sessions:read" },
      { to: "/$tenant/sessions", name: "Sessions", icon: MessagesSquare, needs: "sessions:read" },
      { to: "/$tenant/agents", name: "Agents", icon: Bot, needs: "agents:read" },
      { to: "/$tenant/skills", name: "Skills", icon: Puzzle, needs: "skills:read" },
      { to: "/$tenant/runs", name: "Runs", icon: ListTree, needs: "sessions:read" },
    ],
  },
  {
    name: "Money",
    screens: [
      { to: "/$tenant/costs", name: "Costs", icon: ChartColumn, needs: "costs:read" },
      { to: "/$tenant/budgets", name: "Budgets", icon: Gauge, needs: "budgets:read" },
    ],
  },
  {
    name: "Connections",
    screens: [
      { to: "/$tenant/providers", name: "Providers", icon: Cloud, needs: "providers:read" },
      { to: "/$tenant/channels", name: "Channels", icon: Radio, needs: "channels:read" },
      { to: "/$tenant/webhooks", name: "Webhooks", icon: Webhook, needs: "webhooks:read" },
      { to: "/$tenant/docs", name: "API docs", icon: BookOpen, needs: "agents:read" },
    ],
  },
  {
    name: "Company",
    screens: [
      { to: "/$tenant/members", name: "Members", icon: Users, needs: "members:read" },
      { to: "/$tenant/keys", name: "API keys", icon: KeyRound, needs: "keys:read" },
      { to: "/$tenant/activity", name: "Audit log", icon: ScrollText, needs: "activity:read" },
      { to: "/$tenant/settings", name: "Settings", icon: Settings, needs: "tenant:read" },
    ],
  },
];

/** Those that a role may see. */
export function screensFor(permissions: ReadonlySet<Permission>): readonly ScreenGroup[] {
  return SCREEN_GROUPS.map(({ name, screens }) => ({
    name,
    screens: screens.filter(({ needs }) => permissions.has(needs)),
  })).filter(({ screens }) => screens.length > 0);
}
