// One event, opened: what became of it, whom it is about, what Calendly said, and a button to apply it again.
import { get, post } from "./api.js";
import { byId, el, setText, theirs } from "./dom.js";
import { exact, span, timeElement } from "./times.js";
import { payloadView } from "./payload.js";
import { link as goTo } from "./route.js";

/** Refusals after which the server may have done what was asked, or still do it. */
const PERHAPS_DONE = ["away", "busy"];

let shown = null; // the id that is open
let event = null; // what is known of it
let facts = null; // the part that changes
let busy = false;

/** Opens the event, or brings it up to date when it is the one that is open. */
export async function showEvent(id, csrf) {
  const dialog = byId("event");
  if (shown !== id) {
    shown = id;
    event = null;
    dialog.replaceChildren(head(`Event ${id}`), el("p", { class: "muted wait" }, "Reading…"));
    if (!dialog.open) dialog.showModal();
  }
  let read;
  try {
    read = await get(`/api/events/${id}`);
  } catch (refusal) {
    const gone = refusal.kind === "not_found";
    // What cannot be read now stays as it was read; of what was purged or forgotten nothing may stay.
    if (shown === id && (gone || event === null)) {
      event = null;
      facts = null;
      const line = gone ? "There is no such event. It may have been purged or forgotten." : `${refusal.message} Trying again by itself.`;
      // Said once: it is asked for again and again.
      if (dialog.lastElementChild.textContent !== line) {
        dialog.replaceChildren(head(`Event ${id}`), el("p", { class: "notice bad", role: "alert" }, line));
      }
    }
    throw refusal;
  }
  if (shown !== id) return;
  // A payload becomes another where somebody in it was forgotten, or the number was given to another event since.
  const other = event?.payload_base64 !== read.payload_base64;
  const changed = JSON.stringify(event) !== JSON.stringify(read);
  event = read;
  if (other) draw(dialog, csrf);
  else if (changed) facts.replaceChildren(...factsOf(event));
}

export function hideEvent() {
  const dialog = byId("event");
  shown = null;
  if (dialog.open) dialog.close();
  dialog.replaceChildren();
}

export const openEvent = () => shown;

function head(title) {
  return el("div", { class: "head" },
    el("h2", { id: "event-title" }, theirs(title)),
    el("button", { type: "button", class: "close", "aria-label": "Close", on: { click: () => byId("event").close() } }, "×"));
}

function draw(dialog, csrf) {
  facts = el("div", {}, factsOf(event));
  const result = el("p", { class: "result", role: "status" });
  const replay = el("button", { type: "button", class: "primary", id: "replay", on: { click: () => apply(replay, result, csrf) } }, "Replay");
  dialog.replaceChildren(
    head(event.event_type),
    el("div", { class: "body" },
      el("div", { class: "actions" }, replay, result,
        el("span", { class: "muted hint" }, "Applies it once more. Applied twice it changes nothing.")),
      facts,
      payloadView(event)));
  dialog.querySelector(".close").focus();
}

/** One at a time. Whatever came of it, also where that is not known, the page reads again what it shows: "tried" asks for that. */
async function apply(button, result, csrf) {
  const tell = (kind, text) => {
    result.className = `result ${kind}`;
    setText(result, text);
  };
  if (busy) {
    // Its own button stands beside "Replaying…".
    if (!button.hasAttribute("aria-disabled")) tell("", "A replay is under way already: try again when it is done.");
    return;
  }
  busy = true;
  button.setAttribute("aria-disabled", "true");
  tell("", "Replaying…");
  try {
    const { status, last_error: error } = await post(`/api/events/${shown}/replay`, csrf());
    tell(status === "failed" ? "bad" : "good", `Replayed: ${status}.${error && status !== "processed" ? ` ${error}` : ""}`);
  } catch ({ kind, message }) {
    tell("bad", `${PERHAPS_DONE.includes(kind) ? "Not known whether it was replayed" : "Not replayed"}: ${message}`);
  }
  busy = false;
  button.removeAttribute("aria-disabled");
  byId("event").dispatchEvent(new Event("tried"));
}

function factsOf(one) {
  const { invitee, meeting, submission } = one;
  return [
    one.last_error && one.status !== "processed" ? el("div", { class: "notice bad" }, el("b", {}, one.status === "failed" ? "Given up: " : "Last try: "), theirs(one.last_error)) : "",
    list("Event", [
      ["Status", [el("span", { class: `badge ${one.status}` }, one.status), one.source === "sync" ? " found by sync, no delivery came" : ""]],
      ["Received", moment(one.received_at)],
      ["Happened", one.created_at && moment(one.created_at)],
      ["Applied", one.processed_at && [moment(one.processed_at), el("span", { class: "muted" }, ` ${after(one)}`)]],
      ["Attempts", one.attempts],
      ["Next attempt", one.next_attempt_at && moment(one.next_attempt_at)],
      ["Last error", one.status === "processed" && one.last_error && theirs(one.last_error)],
      ["Event id", code(one.event_id)],
      ["Number", one.id],
    ]),
    invitee ? list("Invitee", [
      ["Name", invitee.name && theirs(invitee.name)],
      ["E-mail", invitee.email && el("a", { href: goTo({ q: invitee.email }), title: "All events of this address" }, theirs(invitee.email))],
      ["Status", [el("span", { class: `badge ${invitee.status}` }, invitee.status), invitee.no_show ? " did not come" : "", invitee.rescheduled ? " moved to another time" : ""]],
      ["Time zone", invitee.timezone && theirs(invitee.timezone)],
      ["Canceled", invitee.canceled_at && [moment(invitee.canceled_at), invitee.canceled_by ? [" by ", theirs(invitee.canceled_by)] : ""].flat()],
      ["Reason", invitee.cancel_reason && theirs(invitee.cancel_reason)],
      ...answers(invitee.answers),
      ["Telephone", invitee.text_reminder_number && theirs(invitee.text_reminder_number)],
      ["Payment", invitee.payment && theirs(json(invitee.payment))],
      ["Replaces", invitee.old_invitee && code(invitee.old_invitee)],
      ["Replaced by", invitee.new_invitee && code(invitee.new_invitee)],
      ["URI", code(invitee.uri)],
    ]) : "",
    meeting ? list("Meeting", [
      ["Name", meeting.name && theirs(meeting.name)],
      ["Time", meeting.start_time && [moment(meeting.start_time), meeting.end_time ? el("span", { class: "muted" }, ` ${span(Date.parse(meeting.end_time) - Date.parse(meeting.start_time))}`) : ""]],
      ["Status", el("span", { class: `badge ${meeting.status}` }, meeting.status)],
      ["Place", (meeting.location || meeting.location_type) && theirs([meeting.location, meeting.location_type?.replaceAll("_", " ")].filter(Boolean).join(" · "))],
      ["Link", meeting.join_url && link(meeting.join_url)],
      ["Hosts", people(meeting.hosts, "user_name", "user_email")],
      ["Guests", people(meeting.guests, "email")],
      ["Invitees", meeting.invitees_total !== null && meeting.invitees_total !== undefined && `${meeting.invitees_active} of ${meeting.invitees_limit ?? "any number"}`],
      ["URI", code(meeting.uri)],
    ]) : "",
    submission ? list("Routing form submission", [
      ["Form", submission.routing_form && code(submission.routing_form)],
      ...answers(submission.answers),
      ["Result", submission.result && theirs(json(submission.result))],
      ["Submitter", submission.submitter && code(submission.submitter)],
      ["URI", code(submission.uri)],
    ]) : "",
  ];
}

/** Lines without a value are left out. */
function list(title, lines) {
  return el("section", {}, el("h3", {}, title), el("dl", { class: "facts" },
    lines.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "")
      .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
}

const moment = (text) => timeElement(text, exact(text));
const code = (text) => el("code", { dir: "ltr" }, text);

function after({ received_at: received, processed_at: processed }) {
  const took = Date.parse(processed) - Date.parse(received);
  return took < 1000 ? `${Math.max(0, took)} ms later` : `${span(took)} later`;
}

/** Only https is made a link: an address may come from anybody. */
function link(address) {
  return /^https:\/\//i.test(address)
    ? el("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, theirs(address))
    : theirs(address);
}

function parsed(value) {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const json = (value) => (typeof value === "string" ? value : JSON.stringify(value));

function answers(value) {
  const all = parsed(value);
  if (!Array.isArray(all)) return [];
  return all.filter((one) => one && typeof one === "object")
    .map((one) => [theirs(String(one.question ?? "?")), theirs(String(one.answer ?? "–"))]);
}

function people(value, ...fields) {
  const all = parsed(value);
  if (!Array.isArray(all) || all.length === 0) return null;
  return all.filter((one) => one && typeof one === "object")
    .flatMap((one, i) => [i ? ", " : "", theirs(fields.map((field) => one[field]).filter(Boolean).join(" · ") || "somebody")]);
}
