// Who comes next.
import { byId, el, theirs } from "./dom.js";
import { day, timeElement, timeOfDay } from "./times.js";

const AT_MOST = 200;

/** What to ask for. One more than is shown tells whether there are more. */
export const UPCOMING = {
  status: "active",
  limit: AT_MOST + 1,
  columns: "name,email,meeting,start_time,end_time,location_type,location,meeting_status,invitee_uri,meeting_uri",
};

let shown = "";

/** @param bookings rows of the view bookings, by start time: one each invitee, whose meeting may be canceled all the same */
export function showMeetings(bookings) {
  const key = JSON.stringify([bookings, new Date().toDateString()]);
  if (key === shown) return;
  shown = key;
  const list = byId("meetings-list");
  const next = bookings[AT_MOST]; // the first that is not shown
  const coming = bookings.slice(0, AT_MOST).filter((booking) => booking.meeting_status === "active");
  if (coming.length === 0 && !next) {
    list.replaceChildren(el("p", { class: "empty" }, "No meetings to come."));
    return;
  }
  const days = groupBy(groups(coming), (group) => day(group[0].start_time));
  list.replaceChildren(
    ...[...days].map(([name, meetings]) => el("section", {}, el("h3", {}, name),
      // Of what starts together the invitees come in any order: the list may end within each of these meetings.
      el("ul", {}, meetings.map((group) => meeting(group, group[0].start_time === next?.start_time))))),
    next ? el("p", { class: "muted note" }, "Later ones are not shown here: ", el("code", {}, "./run.sh meetings --limit 1000"), " lists them.") : "");
}

/** A group meeting is one meeting with many invitees. */
function groups(bookings) {
  return [...groupBy(bookings, (booking) => booking.meeting_uri ?? booking.invitee_uri).values()];
}

function meeting(group, cut) {
  const [first] = group;
  const names = group.map((booking) => booking.name ?? booking.email ?? "somebody");
  const more = names.length > 3 ? ` and ${cut ? "at least " : ""}${names.length - 3} more` : cut ? " and perhaps more" : "";
  return el("li", {},
    el("span", { class: "hours" }, timeElement(first.start_time, timeOfDay(first.start_time)), first.end_time ? ["–", timeElement(first.end_time, timeOfDay(first.end_time))] : null),
    el("span", { class: "what" },
      el("span", { class: "names", title: names.join(", ") }, names.slice(0, 3).flatMap((name, i) => [i ? ", " : null, theirs(name)]), more),
      theirs([first.meeting, place(first)].filter(Boolean).join(" · "), { class: "muted" })));
}

const place = ({ location, location_type: type }) => location ?? type?.replaceAll("_", " ");

function groupBy(items, key) {
  const map = new Map();
  for (const item of items) map.set(key(item), [...(map.get(key(item)) ?? []), item]);
  return map;
}
