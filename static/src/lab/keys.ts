// Which key does what in a lab: what it does on the training page, as far as there is such a thing here. Pure.

import type { Key } from "../keys";
import { RUN_KEYS, type RunCommand } from "../run/keys";

const COMMANDS = ["run", "forward", "back", "first", "now", "help"] as const satisfies readonly RunCommand[];

export type LabKeyCommand = (typeof COMMANDS)[number];

export const LAB_KEYS: readonly Key<LabKeyCommand>[] = RUN_KEYS.filter((key): key is Key<LabKeyCommand> =>
  (COMMANDS as readonly RunCommand[]).includes(key.command),
);
