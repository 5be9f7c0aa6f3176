/** Every conversation of the company: found, looked into, taken along, closed or deleted. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { ScreenHeader } from "../../ui/ScreenHeader";
import { Filters } from "./Filters";
import { FoundSessions, ListedSessions } from "./lists";
import { toSessionsSearch, type SessionsSearch } from "./search";

export function Sessions() {
  const search = useSearch({ from: "/signed-in/$tenant/sessions" });
  const navigate = useNavigate({ from: "/$tenant/sessions" });
  const look = (change: SessionsSearch) =>
    void navigate({ search: (was) => toSessionsSearch({ ...was, ...change }), replace: true });
  return (
    <>
      <ScreenHeader
        title="Sessions"
        hint="Every conversation, whoever had it and by whichever way."
      />
      <Filters search={search} look={look} />
      {search.q === undefined ? (
        <ListedSessions search={search} />
      ) : (
        <FoundSessions search={search} words={search.q} />
      )}
    </>
  );
}
