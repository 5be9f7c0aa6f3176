/** `npm run embedded`: serves any Convex project from its folder, and looks after its data. */
import { UsageError, runCommand } from "./command/ending";
import { parseCommand, type ParsedCommand } from "./command/options";
import { serve } from "./command/serving";
import { existingAdminKey } from "./server/auth/adminKey";

async function run(command: ParsedCommand): Promise<void> {
  switch (command.kind) {
    case "serve":
      return await serve(command.options);
    case "adminKey": {
      const key = await existingAdminKey(command.data);
      if (key === null) throw new UsageError(`There is no admin key in ${command.data}.`);
      console.log(key);
      return;
    }
  }
}

const command = parseCommand(process.argv.slice(2));
if (command !== null) await runCommand(() => run(command));
