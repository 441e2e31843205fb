/** The account that is made up for replays to an address of this machine. It opens nothing but the simulator. */
export const REPLAY_ACCESS_TOKEN = "made-up-for-a-replay"
export const REPLAY_PROJECT = "replay-project"
