import { backup } from "./backup.ts"
import type { Command } from "./command.ts"
import { doctor } from "./doctor.ts"
import { resetPassword } from "./reset-password.ts"
import { restore } from "./restore.ts"
import { rotateKeys } from "./rotate-keys.ts"
import { verifySecrets } from "./verify-secrets.ts"

/** All commands of `npm run admin`, as they are listed. */
export const COMMANDS: readonly Command[] = [resetPassword, backup, restore, rotateKeys, verifySecrets, doctor]
