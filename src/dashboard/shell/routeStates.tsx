import { Link, useRouter } from "@tanstack/react-router";
import { Failure } from "../ui/Boundary";
import { Button } from "../ui/Button";
import { Empty, Loading } from "../ui/states";
import { useTitle } from "../ui/useTitle";

export function RouteLoading() {
  return <Loading lines={6} />;
}

export function RouteFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <Failure error={error} reset={retry} />;
}

export function NotFound() {
  useTitle("There is no such page");
  const action = (
    <Button asChild>
      <Link to="/">Go home</Link>
    </Button>
  );
  return <Empty title="There is no such page" action={action} />;
}
