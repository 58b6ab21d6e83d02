// What is shown stands in the address, behind the #: reload, back and links work.

const NAMES = ["status", "type", "q", "before", "event"];
const STATUSES = ["pending", "processed", "ignored", "failed"];
const listeners = [];

export function current() {
  const given = new URLSearchParams(location.hash.slice(1));
  const route = Object.fromEntries(NAMES.map((name) => [name, given.get(name) ?? ""]));
  if (!STATUSES.includes(route.status)) route.status = "";
  for (const id of ["before", "event"]) if (!/^\d{1,18}$/.test(route[id])) route[id] = "";
  return route;
}

export function link(route) {
  return `#${new URLSearchParams(NAMES.filter((name) => route[name]).map((name) => [name, route[name]]))}`;
}

/** Goes there, and back leads here again. What is kept (in the history, not in the address) survives a reload. */
export function go(changes, kept = {}) {
  history.pushState(kept, "", link({ ...current(), ...changes }));
  tell();
}

/** Goes there in place of where we are. */
export function swap(changes) {
  history.replaceState(history.state, "", link({ ...current(), ...changes }));
  tell();
}

export function onChange(listener) {
  listeners.push(listener);
}

function tell() {
  for (const listener of listeners) listener(current());
}

addEventListener("popstate", tell);
