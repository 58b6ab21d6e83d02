// Who comes next.
import { byId, el, theirs } from "./dom.js";
import { day, timeElement, timeOfDay } from "./times.js";

let shown = "";

/** @param bookings rows of the view bookings, by start time: one each invitee */
export function showMeetings(bookings) {
  const key = JSON.stringify([bookings, new Date().toDateString()]);
  if (key === shown) return;
  shown = key;
  const list = byId("meetings-list");
  if (bookings.length === 0) {
    list.replaceChildren(el("p", { class: "empty" }, "No meetings to come."));
    return;
  }
  const days = groupBy(groups(bookings), (group) => day(group[0].start_time));
  list.replaceChildren(...[...days].map(([name, meetings]) => el("section", {}, el("h3", {}, name), el("ul", {}, meetings.map(meeting)))));
}

/** A group meeting is one meeting with many invitees. */
function groups(bookings) {
  return [...groupBy(bookings, (booking) => booking.meeting_uri ?? booking.invitee_uri).values()];
}

function meeting(group) {
  const [first] = group;
  const names = group.map((booking) => booking.name ?? booking.email ?? "somebody");
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
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
