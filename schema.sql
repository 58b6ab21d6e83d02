-- calendly-inbox: the tables of data/calendly.db, and what is in them.
--
-- Open it beside the running server:   sqlite3 data/calendly.db
-- Most people want one thing:          SELECT * FROM bookings WHERE status = 'active' ORDER BY start_time;
--
-- Times are UTC text as Calendly writes them (2026-11-23T10:00:00.000000Z) and sort as text. Ids are Calendly's URIs, whole:
-- they are opaque, so compare them, never take them apart. Columns marked JSON hold what Calendly sent, for json_extract().
--
-- This file is the one place where tables are made: all of it for an empty database, and what an older one lacks, which is brought
-- forward at start. The version of a database is in PRAGMA user_version, and application_id says that it is ours ('CalI').

PRAGMA application_id = 1130458185;
PRAGMA user_version = 3;

-- Every delivery with a valid signature, once: what Calendly said, word for word, and what became of it.
CREATE TABLE calendly_webhook_events (
  id              INTEGER PRIMARY KEY,           -- in order of arrival
  -- Calendly sends no event id. For a booking, a cancellation and a routing form: the uri of the invitee or submission.
  -- For a no-show: its own uri. For the rest: the uri of the resource, '@', and created_at. Else: 'sha256:' and the body's hash.
  event_id        TEXT NOT NULL,
  event_type      TEXT NOT NULL,                 -- Calendly's event name, as invitee.created; '(none)' where there was none
  status          TEXT NOT NULL CHECK (status IN ('pending', 'processed', 'ignored', 'failed')),
                                                 -- pending: will be tried (again) at next_attempt_at
                                                 -- processed: its meaning is in the tables below
                                                 -- ignored: a kind of event that changes no table here
                                                 -- failed: given up; last_error says why, `replay` tries again
  payload         TEXT NOT NULL,                 -- the exact body that was signed (a BLOB where it is not UTF-8)
  created_at      TEXT,                          -- when it happened, says Calendly; whole seconds
                                                 -- (source 'sync': when Calendly was asked)
  received_at     TEXT NOT NULL,                 -- when it reached this server
  processed_at    TEXT,                          -- when it was applied or ignored
  attempts        INTEGER NOT NULL DEFAULT 0,    -- how often it was tried
  next_attempt_at TEXT,                          -- of a pending event
  last_error      TEXT,                          -- why the last try failed, and where in the payload
  source          TEXT NOT NULL DEFAULT 'webhook' CHECK (source IN ('webhook', 'sync')),
                                                 -- sync: no delivery came; found in Calendly's API, and put together from it
  UNIQUE (event_id, event_type)                  -- the claim: what comes again is no second event
);

CREATE INDEX events_waiting ON calendly_webhook_events (next_attempt_at) WHERE status = 'pending';
-- Both end in id, as every index does: newest first within a status, and within a kind and status.
CREATE INDEX events_by_status ON calendly_webhook_events (status);
CREATE INDEX events_by_type_and_status ON calendly_webhook_events (event_type, status);
-- A no-show has an id of its own: this finds those of an invitee.
CREATE INDEX events_of_no_shows ON calendly_webhook_events (
  CASE WHEN json_valid(payload) THEN json_extract(payload, '$.payload.uri') END
) WHERE event_type IN ('invitee_no_show.created', 'invitee_no_show.deleted');

-- Events that were purged or forgotten: an old delivery that comes again must not bring a person back. Beside each event stand the
-- invitee, the submission and, where it was over, the meeting themselves, as of the type '(none)' and with their uri: whatever else is
-- said of them.
CREATE TABLE forgotten_events (
  hash BLOB PRIMARY KEY                          -- SHA-256 of the event type, a zero byte and the event id
) WITHOUT ROWID;

-- What Calendly's API said when it was asked, and an event that came again with news, the newest of each: together with the events, all
-- that the tables below are made of.
CREATE TABLE sightings (
  id         INTEGER PRIMARY KEY,                -- the newest has the greatest
  resource   TEXT NOT NULL,                      -- the uri of a row below
  event_type TEXT NOT NULL,                      -- what it was put as; '(none)': a scheduled event alone
  version    TEXT NOT NULL,                      -- as described_by; of an event, with the meeting's too
  seen_at    TEXT NOT NULL,                      -- when Calendly was asked, or the event happened
  body       TEXT NOT NULL,                      -- JSON: the scheduled event, or an event in the form of a delivery
  UNIQUE (resource, event_type)
);

-- One row a scheduled event: Calendly's word for a meeting. A group meeting has one row here and many invitees.
CREATE TABLE meetings (
  uri             TEXT PRIMARY KEY,
  name            TEXT,
  status          TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'canceled')),  -- canceled is final
  start_time      TEXT,
  end_time        TEXT,
  event_type      TEXT,                          -- uri of the booking template (Calendly calls that an event type)
  location_type   TEXT,                          -- physical, zoom, google_conference, outbound_call, …
  location        TEXT,                          -- for people: an address, a telephone number, free text
  join_url        TEXT,                          -- of a conference
  location_status TEXT,                          -- of the join_url: initiated, processing, pushed, failed
  location_json   TEXT,                          -- JSON: the location with all its fields
  hosts           TEXT,                          -- JSON: [{user, user_email, user_name}, …]
  guests          TEXT,                          -- JSON: [{email, created_at, updated_at}, …]
  invitees_total  INTEGER,                       -- as Calendly counted them: with canceled ones,
  invitees_active INTEGER,                       -- without,
  invitees_limit  INTEGER,                       -- and how many may come
  canceled_by     TEXT,                          -- a name
  canceler_type   TEXT,                          -- host or invitee
  cancel_reason   TEXT,
  canceled_at     TEXT,
  created_at      TEXT,
  updated_at      TEXT,                          -- Calendly's, of the description that won
  -- How deliveries in any order end in the same row (not for queries):
  said_status       TEXT,                        -- what Calendly said of the status; NULL when it never did
  described_by      TEXT NOT NULL DEFAULT '',    -- which description is in the row; the greatest text wins
  cancellation_from TEXT NOT NULL DEFAULT ''     -- the same for the four columns about the cancellation
);

CREATE INDEX meetings_by_start ON meetings (start_time);

-- One row an invitee: one person's booking of one meeting. A reschedule is two rows, each naming the other.
CREATE TABLE invitees (
  uri             TEXT PRIMARY KEY,
  meeting_uri     TEXT,                          -- meetings.uri
  name            TEXT,                          -- NULL where only the other half of a reschedule is known yet
  first_name      TEXT,
  last_name       TEXT,
  email           TEXT,
  timezone        TEXT,
  status          TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'canceled')),  -- canceled is final
  canceled_by     TEXT,                          -- a name
  canceler_type   TEXT,                          -- host or invitee
  cancel_reason   TEXT,
  canceled_at     TEXT,
  rescheduled     INTEGER NOT NULL DEFAULT 0,    -- 1: canceled, but only to be moved: see new_invitee
  old_invitee     TEXT,                          -- invitees.uri this one replaces
  new_invitee     TEXT,                          -- invitees.uri this one was replaced by
  no_show         INTEGER NOT NULL DEFAULT 0,    -- 1: did not come
  no_show_at      TEXT,
  answers         TEXT,                          -- JSON: [{question, answer, position}, …]
  tracking        TEXT,                          -- JSON: {utm_campaign, utm_source, …}
  payment         TEXT,                          -- JSON: {provider, amount, currency, …}
  reconfirmation  TEXT,                          -- JSON: {created_at, confirmed_at}
  text_reminder_number    TEXT,
  scheduling_method       TEXT,                  -- instant_book, api, or NULL
  invitee_scheduled_by    TEXT,                  -- uri of the user who booked for the invitee
  routing_form_submission TEXT,                  -- routing_form_submissions.uri
  cancel_url      TEXT,                          -- whoever has this link can cancel: treat it as a secret
  reschedule_url  TEXT,                          -- the same
  created_at      TEXT,
  updated_at      TEXT,
  -- How deliveries in any order end in the same row (not for queries):
  described_by      TEXT NOT NULL DEFAULT '',
  cancellation_from TEXT NOT NULL DEFAULT '',
  no_show_from      TEXT NOT NULL DEFAULT ''
);

CREATE INDEX invitees_by_meeting ON invitees (meeting_uri);
CREATE INDEX invitees_by_email ON invitees (email COLLATE NOCASE);

-- One row a filled-in routing form, whether or not a meeting came of it.
CREATE TABLE routing_form_submissions (
  uri            TEXT PRIMARY KEY,
  routing_form   TEXT,                           -- uri of the form
  submitter      TEXT,                           -- invitees.uri, where the form led to a booking
  submitter_type TEXT,
  answers        TEXT,                           -- JSON: [{question_uuid, question, answer}, …]
  tracking       TEXT,                           -- JSON
  result_type    TEXT,                           -- event_type, external_url or custom_message
  result         TEXT,                           -- JSON: {type, value}
  created_at     TEXT,
  updated_at     TEXT,
  described_by   TEXT NOT NULL DEFAULT ''        -- as in meetings
);

CREATE INDEX submissions_by_submitter ON routing_form_submissions (submitter) WHERE submitter IS NOT NULL;

-- What most people want: a row an invitee, with its meeting.
CREATE VIEW bookings AS
SELECT
  i.name, i.email, i.status, m.name AS meeting, m.start_time, m.end_time, m.location_type, m.location, m.join_url,
  i.rescheduled, i.no_show, i.canceled_by, i.cancel_reason, i.canceled_at, i.timezone, i.answers, i.payment, i.tracking,
  m.status AS meeting_status, i.created_at, i.uri AS invitee_uri, m.uri AS meeting_uri, i.old_invitee, i.new_invitee
FROM invitees i
LEFT JOIN meetings m ON m.uri = i.meeting_uri;

-- How far each journal file is applied; written in the transaction that applies it. Not for queries.
CREATE TABLE journal_progress (
  segment    TEXT PRIMARY KEY,                   -- a file in data/journal/
  applied_to INTEGER NOT NULL                    -- bytes: everything before is in the tables above
) WITHOUT ROWID;

-- Scheduled events that are to be fetched from Calendly's API, and those that it does not give.
CREATE TABLE detail_fetches (
  meeting_uri TEXT PRIMARY KEY,                  -- meetings.uri
  wanted      TEXT NOT NULL CHECK (wanted IN ('details', 'link')),
                                                 -- details: the whole event; link: the conference link, once it is made
  since       TEXT NOT NULL,                     -- when it was first wanted
  looks       INTEGER NOT NULL DEFAULT 0,        -- how often the link was looked at and not there yet
  attempts    INTEGER NOT NULL DEFAULT 0,        -- tries that failed since the last answer
  next_at     TEXT,                              -- when it is tried; NULL: given up
  last_error  TEXT                               -- why the last try failed
) WITHOUT ROWID;

CREATE INDEX details_due ON detail_fetches (next_at) WHERE next_at IS NOT NULL;

-- Every sync: which meetings it looked at, how far it came, what it brought. One that is 'running' goes on where it stood.
CREATE TABLE sync_runs (
  id          INTEGER PRIMARY KEY,
  reason      TEXT NOT NULL,                     -- command, night, downtime, …
  from_time   TEXT NOT NULL,                     -- meetings that start from here
  to_time     TEXT NOT NULL,                     -- to here
  status      TEXT NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'given_up')),
  started_at  TEXT NOT NULL,
  finished_at TEXT,
  position    TEXT,                              -- start time of the last meeting that is done
  total       INTEGER,                           -- meetings there are to look at
  looked      INTEGER NOT NULL DEFAULT 0,        -- meetings looked at
  changed     INTEGER NOT NULL DEFAULT 0,        -- rows of meetings and invitees that were not as Calendly has them
  events      INTEGER NOT NULL DEFAULT 0,        -- events that no webhook had brought
  skipped     INTEGER NOT NULL DEFAULT 0,        -- meetings that Calendly would not show, or the tables refused
  last_error  TEXT                               -- why it stopped, or which meeting was skipped last, and why
);

-- What happened at the door, counted by the hour, for the charts. No personal data.
CREATE TABLE hourly_counts (
  hour TEXT NOT NULL,                            -- its beginning
  what TEXT NOT NULL,                            -- what was counted
  n    INTEGER NOT NULL,
  PRIMARY KEY (hour, what)
) WITHOUT ROWID;
