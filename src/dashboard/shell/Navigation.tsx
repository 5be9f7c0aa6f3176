import { Link } from "@tanstack/react-router";
import { permissionsOf } from "../../core/permissions";
import { useTenant } from "../data/tenant";
import { screensFor, type Screen } from "./screens";

/** @param onChosen - Told when a screen was chosen, for what has to close then. */
export function Navigation({ onChosen }: { onChosen?: () => void }) {
  const { role } = useTenant();
  return (
    <nav aria-label="Screens" className="space-y-4">
      {screensFor(permissionsOf(role)).map(({ name, screens }) => (
        <div key={name}>
          <p className="text-subtle px-2 pb-1 text-xs font-medium">{name}</p>
          <ul className="space-y-0.5">
            {screens.map((screen) => (
              <li key={screen.to}>
                <ScreenLink screen={screen} {...(onChosen && { onChosen })} />
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function ScreenLink({ screen, onChosen }: { screen: Screen; onChosen?: () => void }) {
  const { slug } = useTenant();
  const { to, name, icon: Icon } = screen;
  return (
    <Link
      to={to}
      params={{ tenant: slug }}
      activeOptions={{ exact: to === "/$tenant" }}
      onClick={onChosen}
      className="text-subtle hover:bg-sunken flex h-8 items-center gap-2 rounded-md px-2 font-medium"
      activeProps={{ className: "bg-accent-soft text-accent!" }}
    >
      <Icon className="size-4" aria-hidden />
      {name}
    </Link>
  );
}
