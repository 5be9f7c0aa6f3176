/** `npm run embedded`: serves any Convex project from its folder, and looks after its data. */
import { relative } from "node:path";
import { backUp } from "./backup/backup";
import { restore } from "./backup/restore";
import { UsageError, runCommand } from "./command/ending";
import { parseCommand, type ParsedCommand } from "./command/options";
import { serve } from "./command/serving";
import { existingAdminKey } from "./server/auth/adminKey";
import { checkFolder } from "./store/dataFile";

async function run(command: ParsedCommand): Promise<void> {
  switch (command.kind) {
    case "serve":
      return await serve(command.options);
    case "adminKey": {
      const key = existingAdminKey(command.data);
      if (key === null) throw new UsageError(`There is no admin key in ${command.data}.`);
      console.log(key);
      return;
    }
    case "backup": {
      const { sizeBytes, files, missing } = await backUp(command);
      const size = `${(sizeBytes / 2 ** 20).toFixed(1)} MiB`;
      console.log(`${shown(command.to)} has all data and ${files} stored files (${size}).`);
      for (const key of missing) console.error(`Warning: the stored file ${key} was lost before.`);
      return;
    }
    case "restore": {
      const { createdAt, files } = await restore(command);
      console.log(
        `${shown(command.data)} is as it was at ${createdAt}, with ${files} stored files.`,
      );
      return;
    }
    case "check":
      checkFolder(command.data);
      console.log(`${shown(command.data)} is sound.`);
  }
}

function shown(path: string): string {
  return relative(process.cwd(), path) || ".";
}

const command = parseCommand(process.argv.slice(2));
if (command !== null) await runCommand(() => run(command));
