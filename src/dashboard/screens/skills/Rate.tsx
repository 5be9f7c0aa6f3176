import { Star } from "lucide-react";
import { toast } from "sonner";
import { api } from "../../../../convex/_generated/api";
import { useTenantMutation } from "../../data/tenant";
import { Button } from "../../ui/Button";
import { Card } from "../../ui/Card";
import { useAct } from "../../ui/useAct";

const STARS = [1, 2, 3, 4, 5];

/** What one thinks of a skill that an agent of one's company has. */
export function Rate({ skillId }: { skillId: string }) {
  const rate = useTenantMutation(api.mutations.skills.rate);
  const act = useAct();
  const say = async (stars: number) => {
    await rate({ skillId, stars });
    toast.success(`You gave it ${stars} of 5`);
  };
  return (
    <Card title="What do you think of it?">
      <div role="group" aria-label="Stars" className="flex gap-1">
        {STARS.map((stars) => (
          <Button
            key={stars}
            size="sm"
            aria-label={`${stars} of 5`}
            onClick={() => void act(() => say(stars))}
          >
            {stars} <Star aria-hidden />
          </Button>
        ))}
      </div>
    </Card>
  );
}
