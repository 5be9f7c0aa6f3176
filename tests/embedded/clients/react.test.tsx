// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import {
  Authenticated,
  AuthLoading,
  ConvexProvider,
  ConvexProviderWithAuth,
  ConvexReactClient,
  Unauthenticated,
  useMutation,
  usePaginatedQuery,
  useQuery,
} from "convex/react";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { startEmbedded } from "../../support/embeddedProcess";
import { makeIssuer } from "../server/issuer";
import type { AuthProvider } from "../../../src/embedded/deploy/types";
import { api } from "./api";
import { httpClient, socketOptions } from "./connections";
import { projectCopy, temporaryFolder } from "./projectCopy";

afterEach(cleanup);

/** A process of its own: esbuild cannot run among jsdom's globals. */
async function startBackend({ providers = [] }: { providers?: AuthProvider[] } = {}) {
  const project = await projectCopy({ AUTH_PROVIDERS: JSON.stringify(providers) });
  const backend = await startEmbedded({ project, data: await temporaryFolder() });
  onTestFinished(() => backend.kill());
  return backend;
}

function reactClient({ apiUrl }: { apiUrl: string }): ConvexReactClient {
  const client = new ConvexReactClient(apiUrl, socketOptions);
  onTestFinished(() => client.close());
  return client;
}

function renderWith(client: ConvexReactClient, children: ReactNode) {
  return render(<ConvexProvider client={client}>{children}</ConvexProvider>);
}

const text = (id: string) => screen.getByTestId(id).textContent;

test("useQuery shows nothing, then the value, then each change", async () => {
  const backend = await startBackend();
  const shown: (string[] | undefined)[] = [];
  function List() {
    const messages = useQuery(api.messages.list, { channel: "a" });
    if (shown.at(-1) !== messages || shown.length === 0) shown.push(messages);
    return <p data-testid="list">{messages?.join(",") ?? "loading"}</p>;
  }
  renderWith(reactClient(backend), <List />);
  expect(text("list")).toBe("loading");
  await expect.poll(() => text("list")).toBe("");
  await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "one" });
  await expect.poll(() => text("list")).toBe("one");
  expect(shown).toEqual([undefined, [], ["one"]]);
});

test("useQuery follows its arguments, and skip asks nothing", async () => {
  const backend = await startBackend();
  const http = httpClient(backend);
  await http.mutation(api.messages.send, { channel: "a", body: "of a" });
  await http.mutation(api.messages.send, { channel: "b", body: "of b" });
  function List({ channel }: { channel: string | null }) {
    const messages = useQuery(api.messages.list, channel === null ? "skip" : { channel });
    return <p data-testid="list">{messages?.join(",") ?? "none"}</p>;
  }
  const client = reactClient(backend);
  const view = renderWith(client, <List channel={null} />);
  const show = (channel: string) =>
    view.rerender(<ConvexProvider client={client} children={<List channel={channel} />} />);
  expect(text("list")).toBe("none");
  show("a");
  await expect.poll(() => text("list")).toBe("of a");
  show("b");
  await expect.poll(() => text("list")).toBe("of b");
});

test("an optimistic update is shown at once and gives way to the server's word", async () => {
  const backend = await startBackend();
  await httpClient(backend).mutation(api.messages.send, { channel: "a", body: "first" });
  const shown: string[] = [];
  function Chat() {
    const messages = useQuery(api.messages.list, { channel: "a" });
    const send = useMutation(api.messages.send).withOptimisticUpdate((store, args) => {
      const known = store.getQuery(api.messages.list, { channel: args.channel });
      if (known === undefined) return;
      store.setQuery(api.messages.list, { channel: args.channel }, [...known, `${args.body}?`]);
    });
    const line = messages?.join(",") ?? "loading";
    if (shown.at(-1) !== line) shown.push(line);
    return <button onClick={() => void send({ channel: "a", body: "second" })}>{line}</button>;
  }
  renderWith(reactClient(backend), <Chat />);
  const button = screen.getByRole("button");
  await expect.poll(() => button.textContent).toBe("first");
  fireEvent.click(button);
  await expect.poll(() => button.textContent).toBe("first,second");
  expect(shown).toEqual(["loading", "first", "first,second?", "first,second"]);
});

test("an optimistic update of a mutation that fails is taken back", async () => {
  const backend = await startBackend();
  const shown: string[] = [];
  let failure: unknown;
  function Chat() {
    const messages = useQuery(api.messages.list, { channel: "a" });
    const send = useMutation(api.messages.sendAndFail).withOptimisticUpdate((store, args) => {
      store.setQuery(api.messages.list, args, ["hoped for"]);
    });
    const line = messages?.join(",") ?? "loading";
    if (shown.at(-1) !== line) shown.push(line);
    const onClick = () => void send({ channel: "a" }).catch((error: unknown) => (failure = error));
    return <button onClick={onClick}>{line}</button>;
  }
  renderWith(reactClient(backend), <Chat />);
  await expect.poll(() => shown).toEqual(["loading", ""]);
  fireEvent.click(screen.getByRole("button"));
  await expect.poll(() => shown).toEqual(["loading", "", "hoped for", ""]);
  expect(failure).toMatchObject({ data: { code: "refused" } });
});

test("usePaginatedQuery loads page by page and keeps its pages gapless while rows come in", async () => {
  const backend = await startBackend();
  const http = httpClient(backend);
  const bodies = Array.from({ length: 25 }, (_, index) => `m${index}`);
  await http.mutation(api.messages.sendMany, { channel: "a", bodies });
  function Pages() {
    const { results, status, loadMore } = usePaginatedQuery(
      api.messages.page,
      { channel: "a" },
      { initialNumItems: 10 },
    );
    return (
      <button data-testid="pages" data-status={status} onClick={() => loadMore(10)}>
        {results.join(",")}
      </button>
    );
  }
  renderWith(reactClient(backend), <Pages />);
  const button = screen.getByTestId("pages");
  const shown = () => [button.dataset["status"], button.textContent?.split(",").length];
  await expect.poll(shown).toEqual(["CanLoadMore", 10]);
  fireEvent.click(button);
  await expect.poll(shown).toEqual(["CanLoadMore", 20]);

  await http.mutation(api.messages.sendMany, { channel: "a", bodies: ["new1", "new2"] });
  const newestFirst = ["new2", "new1", ...bodies.toReversed()];
  await expect.poll(shown).toEqual(["CanLoadMore", 22]);
  expect(button.textContent).toBe(newestFirst.slice(0, 22).join(","));
  fireEvent.click(button);
  await expect.poll(shown).toEqual(["Exhausted", 27]);
  expect(button.textContent).toBe(newestFirst.join(","));
});

test("a component that throws for a failing query can be caught", async () => {
  const backend = await startBackend();
  const client = reactClient(backend);
  const watch = client.watchQuery(api.messages.failing, {});
  let failed = false;
  onTestFinished(
    watch.onUpdate(() => {
      try {
        watch.localQueryResult();
      } catch (error) {
        failed = String(error).includes("no such luck");
      }
    }),
  );
  await expect.poll(() => failed).toBe(true);
});

test("ConvexProviderWithAuth signs in and out", async () => {
  const { provider, sign } = await makeIssuer();
  const backend = await startBackend({ providers: [provider] });
  const token = await sign({ claims: { name: "Ann" } });
  function Name() {
    return <p data-testid="state">{useQuery(api.users.whoami)?.name ?? "…"}</p>;
  }
  let setSignedIn: (isSignedIn: boolean) => void = () => {};
  function useAuth() {
    const [isAuthenticated, set] = useState(true);
    setSignedIn = set;
    const fetchAccessToken = useCallback(async () => token, []);
    return useMemo(
      () => ({ isLoading: false, isAuthenticated, fetchAccessToken }),
      [isAuthenticated, fetchAccessToken],
    );
  }
  render(
    <ConvexProviderWithAuth client={reactClient(backend)} useAuth={useAuth}>
      <AuthLoading>
        <p data-testid="state">loading</p>
      </AuthLoading>
      <Authenticated>
        <Name />
      </Authenticated>
      <Unauthenticated>
        <p data-testid="state">out</p>
      </Unauthenticated>
    </ConvexProviderWithAuth>,
  );
  expect(text("state")).toBe("loading");
  await expect.poll(() => text("state")).toBe("Ann");
  act(() => setSignedIn(false));
  await expect.poll(() => text("state")).toBe("out");
});
