-- calendly-inbox: the tables of data/calendly.db, and what is in them.
--
-- Open it beside the running server:   sqlite3 data/calendly.db
-- Most people want one thing:          SELECT * FROM bookings WHERE status = 'active' ORDER BY start_time;
--
-- Times are UTC text as Calendly writes them (2026-11-23T10:00:00.000000Z) and sort as text. Ids are Calendly's URIs, whole:
-- they are opaque, so compare them, never take them apart. Columns marked JSON hold what Calendly sent, for json_extract().
--
-- This file is the one place where tables are made. The server runs it on an empty database only; the version of a database is
-- in PRAGMA user_version, and application_id says that it is ours ('CalI').

PRAGMA application_id = 1130458185;
PRAGMA user_version = 2;

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
  UNIQUE (event_id, event_type)                  -- the claim: a second delivery of the same event changes nothing
);

CREATE INDEX events_waiting ON calendly_webhook_events (next_attempt_at) WHERE status = 'pending';
CREATE INDEX events_not_processed ON calendly_webhook_events (status, id) WHERE status <> 'processed';
CREATE INDEX events_by_type ON calendly_webhook_events (event_type);
-- A no-show has an id of its own: this finds those of an invitee.
CREATE INDEX events_of_no_shows ON calendly_webhook_events (
  CASE WHEN json_valid(payload) THEN json_extract(payload, '$.payload.uri') END
) WHERE event_type IN ('invitee_no_show.created', 'invitee_no_show.deleted');

-- Events that were purged or forgotten: an old delivery that comes again must not bring a person back.
CREATE TABLE forgotten_events (
  hash BLOB PRIMARY KEY                          -- SHA-256 of the event type, a zero byte and the event id
) WITHOUT ROWID;

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
  skipped     INTEGER NOT NULL DEFAULT 0,        -- meetings that Calendly would not show
  last_error  TEXT
);

-- What happened at the door, counted by the hour, for the charts. No personal data.
CREATE TABLE hourly_counts (
  hour TEXT NOT NULL,                            -- its beginning
  what TEXT NOT NULL,                            -- what was counted
  n    INTEGER NOT NULL,
  PRIMARY KEY (hour, what)
) WITHOUT ROWID;

-- Rows.
INSERT INTO calendly_webhook_events VALUES(1,'https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001/invitees/00000002-0000-4000-8000-000000000002','invitee.created','processed','{"created_at":"2026-11-23T10:01:21.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"invitee.created","payload":{"cancel_url":"https://calendly.com/cancellations/00000002-0000-4000-8000-000000000002","created_at":"2026-11-23T10:01:21.178001Z","email":"person.0@example.com","event":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 0","new_invitee":null,"no_show":null,"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000002-0000-4000-8000-000000000002","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"created_at":"2026-11-23T10:01:21.178000Z","end_time":"2027-07-20T04:31:21.178000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":1,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-07-20T04:01:21.178000Z","status":"active","updated_at":"2026-11-23T10:01:21.178002Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001"},"scheduling_method":null,"status":"active","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:01:21.178001Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001/invitees/00000002-0000-4000-8000-000000000002"}}','2026-11-23T10:01:21.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(2,'https://api.calendly.com/invitee_no_shows/00000003-0000-4000-8000-000000000003','invitee_no_show.created','processed','{"created_at":"2026-11-23T10:01:42.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"invitee_no_show.created","payload":{"cancel_url":"https://calendly.com/cancellations/00000002-0000-4000-8000-000000000002","created_at":"2026-11-23T10:01:21.178001Z","email":"person.0@example.com","event":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 0","new_invitee":null,"no_show":{"created_at":"2026-11-23T10:01:42.974000Z","uri":"https://api.calendly.com/invitee_no_shows/00000003-0000-4000-8000-000000000003"},"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000002-0000-4000-8000-000000000002","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"created_at":"2026-11-23T10:01:21.178000Z","end_time":"2027-07-20T04:31:21.178000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":1,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-07-20T04:01:21.178000Z","status":"active","updated_at":"2026-11-23T10:01:21.178002Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001"},"scheduling_method":null,"status":"active","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:01:42.974000Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001/invitees/00000002-0000-4000-8000-000000000002"}}','2026-11-23T10:01:42.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(3,'https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004/invitees/00000005-0000-4000-8000-000000000005','invitee.created','processed','{"created_at":"2026-11-23T10:01:57.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"invitee.created","payload":{"cancel_url":"https://calendly.com/cancellations/00000005-0000-4000-8000-000000000005","created_at":"2026-11-23T10:01:57.195001Z","email":"person.3@example.com","event":"https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 3","new_invitee":null,"no_show":null,"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000005-0000-4000-8000-000000000005","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"created_at":"2026-11-23T10:01:57.195000Z","end_time":"2027-08-24T08:31:57.195000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":1,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-08-24T08:01:57.195000Z","status":"active","updated_at":"2026-11-23T10:01:57.195002Z","uri":"https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004"},"scheduling_method":null,"status":"active","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:01:57.195001Z","uri":"https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004/invitees/00000005-0000-4000-8000-000000000005"}}','2026-11-23T10:01:57.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(4,'https://api.calendly.com/invitee_no_shows/00000006-0000-4000-8000-000000000006','invitee_no_show.created','processed','{"created_at":"2026-11-23T10:03:49.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"invitee_no_show.created","payload":{"cancel_url":"https://calendly.com/cancellations/00000002-0000-4000-8000-000000000002","created_at":"2026-11-23T10:01:21.178001Z","email":"person.0@example.com","event":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 0","new_invitee":null,"no_show":{"created_at":"2026-11-23T10:03:49.333000Z","uri":"https://api.calendly.com/invitee_no_shows/00000006-0000-4000-8000-000000000006"},"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000002-0000-4000-8000-000000000002","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"created_at":"2026-11-23T10:01:21.178000Z","end_time":"2027-07-20T04:31:21.178000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":1,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-07-20T04:01:21.178000Z","status":"active","updated_at":"2026-11-23T10:01:21.178002Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001"},"scheduling_method":null,"status":"active","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:03:49.333000Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001/invitees/00000002-0000-4000-8000-000000000002"}}','2026-11-23T10:03:49.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(5,'https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001/invitees/00000002-0000-4000-8000-000000000002','invitee.canceled','processed','{"created_at":"2026-11-23T10:03:49.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"invitee.canceled","payload":{"cancel_url":"https://calendly.com/cancellations/00000002-0000-4000-8000-000000000002","cancellation":{"canceled_by":"Person 0","canceler_type":"invitee","created_at":"2026-11-23T10:03:49.413000Z","reason":""},"created_at":"2026-11-23T10:01:21.178001Z","email":"person.0@example.com","event":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 0","new_invitee":null,"no_show":{"created_at":"2026-11-23T10:03:49.333000Z","uri":"https://api.calendly.com/invitee_no_shows/00000006-0000-4000-8000-000000000006"},"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000002-0000-4000-8000-000000000002","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"cancellation":{"canceled_by":"Person 0","canceler_type":"invitee","created_at":"2026-11-23T10:03:49.413002Z","reason":""},"created_at":"2026-11-23T10:01:21.178000Z","end_time":"2027-07-20T04:31:21.178000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":0,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-07-20T04:01:21.178000Z","status":"canceled","updated_at":"2026-11-23T10:03:49.413002Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001"},"scheduling_method":null,"status":"canceled","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:03:49.413000Z","uri":"https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001/invitees/00000002-0000-4000-8000-000000000002"}}','2026-11-23T10:03:49.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(6,'https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007/invitees/00000008-0000-4000-8000-000000000008','invitee.created','processed','{"created_at":"2026-11-23T10:04:42.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"invitee.created","payload":{"cancel_url":"https://calendly.com/cancellations/00000008-0000-4000-8000-000000000008","created_at":"2026-11-23T10:04:42.313001Z","email":"person.7@example.com","event":"https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 7","new_invitee":null,"no_show":null,"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000008-0000-4000-8000-000000000008","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"created_at":"2026-11-23T10:04:42.313000Z","end_time":"2027-03-05T21:34:42.313000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":1,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-03-05T21:04:42.313000Z","status":"active","updated_at":"2026-11-23T10:04:42.313002Z","uri":"https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007"},"scheduling_method":null,"status":"active","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:04:42.313001Z","uri":"https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007/invitees/00000008-0000-4000-8000-000000000008"}}','2026-11-23T10:04:42.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(7,'https://api.calendly.com/routing_form_submissions/00000010-0000-4000-8000-000000000010','routing_form_submission.created','processed','{"created_at":"2026-11-23T10:05:37.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"routing_form_submission.created","payload":{"created_at":"2026-11-23T10:05:37.584001Z","questions_and_answers":[{"answer":"forty","question":"How big?","question_uuid":"00000010-0000-4000-8000-000000000010"}],"result":{"type":"external_url","value":"https://www.example.com/thanks"},"routing_form":"https://api.calendly.com/routing_forms/RFRFRFRFRFRFRFRF","submitter":null,"submitter_type":null,"tracking":{"utm_campaign":null},"updated_at":"2026-11-23T10:05:37.584001Z","uri":"https://api.calendly.com/routing_form_submissions/00000010-0000-4000-8000-000000000010"}}','2026-11-23T10:05:37.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(8,'sha256:3141e317070f8458eda8a33d5fb034a5d6b1d520812b988fd9b999da053decc7','test.done','ignored','{"event":"test.done","payload":{"uri":"last-of-batch-1"}}',NULL,'2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(9,'https://api.calendly.com/scheduled_events/00000011-0000-4000-8000-000000000011/invitees/00000012-0000-4000-8000-000000000012','invitee.created','processed','{"created_at":"2026-11-23T10:05:37.000000Z","created_by":"https://api.calendly.com/users/ADAADAADAADAADAA","event":"invitee.created","payload":{"cancel_url":"https://calendly.com/cancellations/00000012-0000-4000-8000-000000000012","created_at":"2026-11-23T10:05:37.584003Z","email":"zoe@example.com","event":"https://api.calendly.com/scheduled_events/00000011-0000-4000-8000-000000000011","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Zoe","new_invitee":null,"no_show":null,"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000012-0000-4000-8000-000000000012","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"created_at":"2026-11-23T10:05:37.584002Z","end_time":"2026-11-26T10:35:37.584000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":1,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2026-11-26T10:05:37.584000Z","status":"active","updated_at":"2026-11-23T10:05:37.584004Z","uri":"https://api.calendly.com/scheduled_events/00000011-0000-4000-8000-000000000011"},"scheduling_method":null,"status":"active","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:05:37.584003Z","uri":"https://api.calendly.com/scheduled_events/00000011-0000-4000-8000-000000000011/invitees/00000012-0000-4000-8000-000000000012"}}','2026-11-23T10:05:37.000000Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(10,'sha256:f4ef2723f364e01210f9c32003645796fd0d396bc0951380523eba0a8796ef36','test.done','ignored','{"event":"test.done","payload":{"uri":"last-of-batch-2"}}',NULL,'2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z',1,NULL,NULL,'webhook');
INSERT INTO calendly_webhook_events VALUES(11,'https://api.calendly.com/invitee_no_shows/00000009-0000-4000-8000-000000000009','invitee_no_show.created','processed','{"created_at":"2026-11-23T10:08:37.824000Z","event":"invitee_no_show.created","payload":{"cancel_url":"https://calendly.com/cancellations/00000008-0000-4000-8000-000000000008","created_at":"2026-11-23T10:04:42.313001Z","email":"person.7@example.com","event":"https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 7","new_invitee":null,"no_show":{"created_at":"2026-11-23T10:05:37.584000Z","uri":"https://api.calendly.com/invitee_no_shows/00000009-0000-4000-8000-000000000009"},"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000008-0000-4000-8000-000000000008","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"created_at":"2026-11-23T10:04:42.313000Z","end_time":"2027-03-05T21:34:42.313000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":1,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-03-05T21:04:42.313000Z","status":"active","updated_at":"2026-11-23T10:04:42.313002Z","uri":"https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007"},"scheduling_method":null,"status":"active","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:05:37.584000Z","uri":"https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007/invitees/00000008-0000-4000-8000-000000000008"}}','2026-11-23T10:08:37.824000Z','2026-11-23T10:08:37.824000Z','2026-11-23T10:08:37.824000Z',1,NULL,NULL,'sync');
INSERT INTO calendly_webhook_events VALUES(12,'https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004/invitees/00000005-0000-4000-8000-000000000005','invitee.canceled','processed','{"created_at":"2026-11-23T10:08:37.824000Z","event":"invitee.canceled","payload":{"cancel_url":"https://calendly.com/cancellations/00000005-0000-4000-8000-000000000005","cancellation":{"canceled_by":"Person 3","canceler_type":"invitee","created_at":"2026-11-23T10:02:40.888000Z","reason":"other plans"},"created_at":"2026-11-23T10:01:57.195001Z","email":"person.3@example.com","event":"https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004","first_name":null,"invitee_scheduled_by":null,"last_name":null,"name":"Person 3","new_invitee":null,"no_show":null,"old_invitee":null,"payment":null,"questions_and_answers":[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}],"reconfirmation":null,"reschedule_url":"https://calendly.com/reschedulings/00000005-0000-4000-8000-000000000005","rescheduled":false,"routing_form_submission":null,"scheduled_event":{"cancellation":{"canceled_by":"Person 3","canceler_type":"invitee","created_at":"2026-11-23T10:02:40.888002Z","reason":"other plans"},"created_at":"2026-11-23T10:01:57.195000Z","end_time":"2027-08-24T08:31:57.195000Z","event_guests":[],"event_memberships":[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}],"event_type":"https://api.calendly.com/event_types/ETETETETETETETET","invitees_counter":{"active":0,"limit":1,"total":1},"location":{"location":"12 Example Street","type":"physical"},"meeting_notes_html":null,"meeting_notes_plain":null,"name":"30 Minute Meeting","start_time":"2027-08-24T08:01:57.195000Z","status":"canceled","updated_at":"2026-11-23T10:02:40.888002Z","uri":"https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004"},"scheduling_method":null,"status":"canceled","text_reminder_number":null,"timezone":"Europe/Berlin","tracking":{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null},"updated_at":"2026-11-23T10:02:40.888000Z","uri":"https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004/invitees/00000005-0000-4000-8000-000000000005"}}','2026-11-23T10:08:37.824000Z','2026-11-23T10:08:37.824000Z','2026-11-23T10:08:37.824000Z',1,NULL,NULL,'sync');
INSERT INTO meetings VALUES('https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001','30 Minute Meeting','canceled','2027-07-20T04:01:21.178000Z','2027-07-20T04:31:21.178000Z','https://api.calendly.com/event_types/ETETETETETETETET','physical','12 Example Street',NULL,NULL,'{"location":"12 Example Street","type":"physical"}','[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}]','[]',1,0,1,'Person 0','invitee','','2026-11-23T10:03:49.413002Z','2026-11-23T10:01:21.178000Z','2026-11-23T10:03:49.413002Z','canceled','2026-11-23T10:03:49.413002Z/2026-11-23T10:03:49.000000Z/4/00000002-0000-4000-8000-000000000002','2026-11-23T10:03:49.413002Z/2026-11-23T10:03:49.000000Z/4/00000002-0000-4000-8000-000000000002');
INSERT INTO meetings VALUES('https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004','30 Minute Meeting','canceled','2027-08-24T08:01:57.195000Z','2027-08-24T08:31:57.195000Z','https://api.calendly.com/event_types/ETETETETETETETET','physical','12 Example Street',NULL,NULL,'{"location":"12 Example Street","type":"physical"}','[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}]','[]',1,0,1,'Person 3','invitee','other plans','2026-11-23T10:02:40.888002Z','2026-11-23T10:01:57.195000Z','2026-11-23T10:02:40.888002Z','canceled','2026-11-23T10:02:40.888002Z/2026-11-23T10:08:37.824000Z/4/00000005-0000-4000-8000-000000000005','2026-11-23T10:02:40.888002Z/2026-11-23T10:08:37.824000Z/4/00000005-0000-4000-8000-000000000005');
INSERT INTO meetings VALUES('https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007','30 Minute Meeting','active','2027-03-05T21:04:42.313000Z','2027-03-05T21:34:42.313000Z','https://api.calendly.com/event_types/ETETETETETETETET','physical','12 Example Street',NULL,NULL,'{"location":"12 Example Street","type":"physical"}','[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}]','[]',1,1,1,NULL,NULL,NULL,NULL,'2026-11-23T10:04:42.313000Z','2026-11-23T10:04:42.313002Z','active','2026-11-23T10:04:42.313002Z/2026-11-23T10:08:37.824000Z/2/00000009-0000-4000-8000-000000000009','');
INSERT INTO meetings VALUES('https://api.calendly.com/scheduled_events/00000011-0000-4000-8000-000000000011','30 Minute Meeting','active','2026-11-26T10:05:37.584000Z','2026-11-26T10:35:37.584000Z','https://api.calendly.com/event_types/ETETETETETETETET','google_conference',NULL,'https://zoom.example/1','pushed','{"join_url":"https://zoom.example/1","status":"pushed","type":"google_conference"}','[{"user":"https://api.calendly.com/users/ADAADAADAADAADAA","user_email":"host@example.com","user_name":"Ada Host"}]','[]',1,1,1,NULL,NULL,NULL,NULL,'2026-11-23T10:05:37.584002Z','2026-11-23T10:05:37.584005Z','active','2026-11-23T10:05:37.584005Z/2026-11-23T10:08:37.824000Z/1/00000012-0000-4000-8000-000000000012','');
INSERT INTO invitees VALUES('https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001/invitees/00000002-0000-4000-8000-000000000002','https://api.calendly.com/scheduled_events/00000001-0000-4000-8000-000000000001','Person 0',NULL,NULL,'person.0@example.com','Europe/Berlin','canceled','Person 0','invitee','','2026-11-23T10:03:49.413000Z',0,NULL,NULL,1,'2026-11-23T10:03:49.333000Z','[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}]','{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null}',NULL,NULL,NULL,NULL,NULL,NULL,'https://calendly.com/cancellations/00000002-0000-4000-8000-000000000002','https://calendly.com/reschedulings/00000002-0000-4000-8000-000000000002','2026-11-23T10:01:21.178001Z','2026-11-23T10:03:49.413000Z','2026-11-23T10:03:49.413000Z/2026-11-23T10:03:49.000000Z/4/00000002-0000-4000-8000-000000000002','2026-11-23T10:03:49.413000Z/2026-11-23T10:03:49.000000Z/4/00000002-0000-4000-8000-000000000002','2026-11-23T10:03:49/0/2026-11-23T10:03:49.333000Z');
INSERT INTO invitees VALUES('https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004/invitees/00000005-0000-4000-8000-000000000005','https://api.calendly.com/scheduled_events/00000004-0000-4000-8000-000000000004','Person 3',NULL,NULL,'person.3@example.com','Europe/Berlin','canceled','Person 3','invitee','other plans','2026-11-23T10:02:40.888000Z',0,NULL,NULL,0,NULL,'[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}]','{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null}',NULL,NULL,NULL,NULL,NULL,NULL,'https://calendly.com/cancellations/00000005-0000-4000-8000-000000000005','https://calendly.com/reschedulings/00000005-0000-4000-8000-000000000005','2026-11-23T10:01:57.195001Z','2026-11-23T10:02:40.888000Z','2026-11-23T10:02:40.888000Z/2026-11-23T10:08:37.824000Z/4/00000005-0000-4000-8000-000000000005','2026-11-23T10:02:40.888000Z/2026-11-23T10:08:37.824000Z/4/00000005-0000-4000-8000-000000000005','');
INSERT INTO invitees VALUES('https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007/invitees/00000008-0000-4000-8000-000000000008','https://api.calendly.com/scheduled_events/00000007-0000-4000-8000-000000000007','Person 7',NULL,NULL,'person.7@example.com','Europe/Berlin','active',NULL,NULL,NULL,NULL,0,NULL,NULL,1,'2026-11-23T10:05:37.584000Z','[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}]','{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null}',NULL,NULL,NULL,NULL,NULL,NULL,'https://calendly.com/cancellations/00000008-0000-4000-8000-000000000008','https://calendly.com/reschedulings/00000008-0000-4000-8000-000000000008','2026-11-23T10:04:42.313001Z','2026-11-23T10:05:37.584000Z','2026-11-23T10:05:37.584000Z/2026-11-23T10:08:37.824000Z/2/00000009-0000-4000-8000-000000000009','','2026-11-23T10:05:37/0/2026-11-23T10:05:37.584000Z');
INSERT INTO invitees VALUES('https://api.calendly.com/scheduled_events/00000011-0000-4000-8000-000000000011/invitees/00000012-0000-4000-8000-000000000012','https://api.calendly.com/scheduled_events/00000011-0000-4000-8000-000000000011','Zoe',NULL,NULL,'zoe@example.com','Europe/Berlin','active',NULL,NULL,NULL,NULL,0,NULL,NULL,0,NULL,'[{"answer":"Größe & \"Maße\"","position":0,"question":"What is it about?"}]','{"salesforce_uuid":null,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,"utm_term":null}',NULL,NULL,NULL,NULL,NULL,NULL,'https://calendly.com/cancellations/00000012-0000-4000-8000-000000000012','https://calendly.com/reschedulings/00000012-0000-4000-8000-000000000012','2026-11-23T10:05:37.584003Z','2026-11-23T10:05:37.584003Z','2026-11-23T10:05:37.584003Z/2026-11-23T10:08:37.824000Z/1/00000012-0000-4000-8000-000000000012','','');
INSERT INTO routing_form_submissions VALUES('https://api.calendly.com/routing_form_submissions/00000010-0000-4000-8000-000000000010','https://api.calendly.com/routing_forms/RFRFRFRFRFRFRFRF',NULL,NULL,'[{"answer":"forty","question":"How big?","question_uuid":"00000010-0000-4000-8000-000000000010"}]','{"utm_campaign":null}','external_url','{"type":"external_url","value":"https://www.example.com/thanks"}','2026-11-23T10:05:37.584001Z','2026-11-23T10:05:37.584001Z','2026-11-23T10:05:37.584001Z/2026-11-23T10:05:37.000000Z/0/00000010-0000-4000-8000-000000000010');
INSERT INTO sync_runs VALUES(1,'test','2026-10-24T10:08:37.584000Z','2027-11-23T10:08:37.584000Z','done','2026-11-23T10:08:37.584000Z','2026-11-23T10:08:39.024000Z','2027-08-24T08:01:57.195000Z',4,4,4,2,0,NULL);
