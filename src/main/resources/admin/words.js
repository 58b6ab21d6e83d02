// What the words of the server mean to a person, and what to do.

const FREE_SPACE = "Free space under DATA_DIR; it goes on by itself. Calendly repeats for 24 hours.";
const DISK_OR_MOUNT = "Look at the disk and its mount: dmesg, mount, ls -ld data/journal. It goes on by itself.";

/** Part → word → what to do. The words are those of /health. */
const ADVICE = {
  journal: {
    full: FREE_SPACE,
    unwritable: DISK_OR_MOUNT,
    stuck: DISK_OR_MOUNT,
    damaged_lines: "A line was damaged on disk and set aside: look at the files in data/journal/damaged/, and move them away when done.",
  },
  database: {
    locked: "Another program holds it: fuser data/calendly.db. Nothing is lost; end that program.",
    corrupt: "Nothing that the journal holds is lost. Put a good copy in its place with mv, never cp: README, “A damaged database”.",
    not_ours: "Another file stands in its place. Put a good copy there with mv, never cp: README, “A damaged database”.",
    deleted: "Put the file back. If there is none, a new one is made by itself and gets what the journal holds.",
    read_only: "Look at owner and mode of data/calendly.db and its folder, or at a disk that was remounted read-only.",
    full: FREE_SPACE,
  },
  queue: {
    behind: "The database has not kept up for more than five minutes: top, iostat. Nothing is lost.",
  },
  subscription: {
    checking: "Calendly is being asked how the subscription stands.",
    not_configured: "To be called by Calendly, set CALENDLY_API_TOKEN and PUBLIC_URL and restart.",
    failing: "Calendly meets errors at PUBLIC_URL and gives up after 24 hours: ./run.sh doctor shows what it meets.",
    disabled: "Calendly gave up, and could not be reached for a new one. Tried again by itself; ./run.sh connect tries now.",
    token: "The token is wrong, expired or revoked: make a new one, set CALENDLY_API_TOKEN, restart.",
    token_scope: "The token lacks a scope, which the log names: make one that has it, set CALENDLY_API_TOKEN, restart.",
    permission: "WEBHOOK_SCOPE=organization needs the token of an owner or admin; the log has Calendly's reason. Tried again every hour.",
    plan: "Webhooks need a paid Calendly plan. Tried again every hour.",
    refused: "Calendly did not accept what was asked; the log has its words. ./run.sh doctor",
    unreachable: "Calendly's API is out of reach from here: ./run.sh doctor. Deliveries are taken in all the same.",
    locked: "Another program holds data/subscription.lock, as a command that was suspended: fuser data/subscription.lock names it. Deliveries are taken in all the same.",
    unrecorded: "The data folder cannot be written: mend it. Until then nothing is changed at Calendly.",
    disconnected: "Somebody said disconnect: ./run.sh connect, when it is wanted again.",
  },
  disk: {
    low: FREE_SPACE,
    unreadable: DISK_OR_MOUNT,
  },
};

/** Not well and no trouble either: nobody asked for a subscription, or it is not known yet how it stands. */
const NEUTRAL = ["not_configured", "checking"];

export const isOk = (word) => word === "ok";
export const isTrouble = (word) => word !== "ok" && !NEUTRAL.includes(word);
export const words = (word) => word.replaceAll("_", " ");
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

export function advice(part, word) {
  return ADVICE[part]?.[word] ?? "./run.sh doctor looks at everything that a delivery depends on.";
}

/** Why a request was refused, in the order of the charts. */
export const REASONS = {
  signature_missing: "no signature header",
  signature_malformed: "signature header not readable",
  signature_stale: "signed too long ago, or a clock is wrong",
  signature_mismatch: "signed with another key, or altered on the way",
  body_too_large: "body too large",
  journal_unavailable: "journal could not be written; Calendly repeats it",
};
