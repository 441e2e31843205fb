/** Which test shows that an option of a command of `npm run admin` does what its help says. */
import type { ProofRow } from "./proof.ts"

const BACKUP = "control-plane/test/backup.test.ts"
const DATA_KEYS = "control-plane/test/data-keys.test.ts"
const LEFT_OUT = "records of requests are left out when that is asked for, and named"
const RESTORED = "what was there at the backup is there after the restore, newer than all that was said since"
const OTHER_KEY = "a damaged, cut or foreign file, and one of another key, are refused before anything is touched"

export const OPTION_PROOFS: readonly ProofRow[] = [
  ["backup", "to force without-requests", BACKUP, LEFT_OUT],
  ["restore", "dry-run", BACKUP, RESTORED],
  ["restore", "backup-key-file", BACKUP, OTHER_KEY],
  ["reset-password", "name from-stdin", DATA_KEYS, "a new password works at once, and ends what was signed in"],
  [
    "rotate-keys",
    "new-master-key-file",
    DATA_KEYS,
    "a running control plane takes the new data key and the new master key, and goes on",
  ],
]
