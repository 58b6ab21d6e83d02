// The list of events: filter, pages, and news that come in without moving what somebody reads.
import { get } from "./api.js";
import { byId, el, say, setText, theirs } from "./dom.js";
import { exact, short } from "./times.js";
import { current, go, link } from "./route.js";

const PAGE = 50;

const rows = new Map(); // id → row, in the order of the list
let asked = null; // the filter that was asked for last, as text
let shown = null; // the filter whose events the list shows: an answer may be overtaken by the next one to the same question
let held = null; // a newer first page, kept back while somebody reads the list
let turn = 0; // answers that were overtaken are dropped

const filterOf = ({ status, type, q, before }) => ({ status, type, q, before });

/** Shows what the route asks for; what is there already is only brought up to date. */
export async function showEvents(route) {
  const filter = JSON.stringify(filterOf(route));
  const mine = ++turn;
  if (filter !== asked) {
    asked = filter;
    fillForm(route);
    byId("event-table").classList.add("waiting");
  }
  let page;
  try {
    page = await get("/api/events", { ...filterOf(route), limit: PAGE });
  } catch (refusal) {
    if (mine === turn) failed(refusal, filter !== shown);
    throw refusal;
  }
  if (mine !== turn) return;
  fault(null);
  byId("event-table").classList.remove("waiting");
  if (filter !== shown) {
    shown = filter;
    held = null;
    byId("fresh").hidden = true;
    clear();
    place(page, route);
  } else if (rows.size > 0 || page.events.length > 0) {
    update(page, route);
  }
}

/** Shows what was kept back, once nobody reads any more. */
function release() {
  if (!held) return;
  const { page, route } = held;
  held = null;
  place(page, route);
  byId("fresh").hidden = true;
}

function update(page, route) {
  for (const event of page.events) rows.get(event.id)?.show(event);
  const fresh = page.events.filter((event) => !rows.has(event.id));
  const gone = rows.size - (page.events.length - fresh.length);
  if (fresh.length === 0 && gone === 0) return;
  const words = `${fresh.length} new event${fresh.length === 1 ? "" : "s"}`;
  if (reading()) {
    held = { page, route };
    setText(byId("fresh"), fresh.length ? `${words} · show` : "The list has changed · show");
    byId("fresh").hidden = false;
  } else {
    held = null;
    byId("fresh").hidden = true;
    place(page, route, true);
  }
  if (fresh.length && route.before === "") say(`${words}. The newest: ${fresh[0].event_type}, ${fresh[0].status}.`);
}

/** Somebody reads: the pointer or the focus is in the rows, text in them is marked, or their beginning is scrolled away. */
function reading() {
  const body = byId("event-rows");
  const marked = getSelection();
  return body.matches(":hover") && matchMedia("(hover: hover)").matches
    || body.contains(document.activeElement)
    || (!marked.isCollapsed && body.contains(marked.anchorNode))
    || byId("event-table").getBoundingClientRect().top < 0;
}

function clear() {
  for (const row of rows.values()) row.element.remove();
  rows.clear();
}

/** Rows that stay are not touched: what has the focus keeps it. */
function place(page, route, flash = false) {
  const body = byId("event-rows");
  const wanted = new Set(page.events.map((event) => event.id));
  for (const [id, row] of rows) {
    if (!wanted.has(id)) {
      row.element.remove();
      rows.delete(id);
    }
  }
  let next = body.firstElementChild;
  const ordered = [];
  for (const event of page.events) {
    const row = rows.get(event.id) ?? newRow(event, flash);
    row.show(event);
    if (row.element === next) next = next.nextElementSibling;
    else body.insertBefore(row.element, next);
    ordered.push([event.id, row]);
  }
  rows.clear();
  for (const [id, row] of ordered) rows.set(id, row);
  pages(page, route);
}

function pages(page, route) {
  const events = page.events;
  const none = events.length === 0;
  byId("event-table").hidden = none;
  byId("events-empty").hidden = !none;
  if (none) byId("events-empty").replaceChildren(...nothing(route));
  byId("older").disabled = page.next_before === null;
  byId("older").onclick = () => turnTo(String(page.next_before), [...trail(), route.before]);
  byId("newer").disabled = route.before === "";
  byId("newer").onclick = () => turnTo(trail().at(-1) ?? "", trail().slice(0, -1));
  document.querySelector(".pages").hidden = route.before === "" && page.next_before === null;
  setText(byId("page-line"), none ? "" : route.before === "" ? "the newest" : `${short(events.at(-1).received_at)} to ${short(events[0].received_at)}`);
}

/** The pages that led here: the server only knows the way to older ones. */
const trail = () => history.state?.trail ?? [];

function turnTo(before, way) {
  go({ before }, { trail: way });
  byId("events").scrollIntoView({ block: "start" });
  byId("events").focus({ preventScroll: true });
}

function nothing(route) {
  const filtered = route.status || route.type || route.q || route.before;
  if (filtered) {
    return [
      el("p", {}, "No event is like that.", route.q ? " An e-mail address or a URI is found only whole." : null),
      el("p", {}, el("a", { href: "#" }, "Show all events")),
    ];
  }
  return [
    el("p", { class: "lead" }, "No deliveries yet."),
    el("ol", {},
      el("li", {}, "Try the whole way with a sample booking: ", el("code", {}, "./run.sh send-test"), ". It appears here by itself; ", el("code", {}, "send-test --clean"), " removes it."),
      el("li", {}, "Connect Calendly: set ", el("code", {}, "CALENDLY_API_TOKEN"), " and ", el("code", {}, "PUBLIC_URL"), ", restart, and see ", el("b", {}, "Subscription"), " above turn to ok."),
      el("li", {}, "Book a meeting with yourself.")),
  ];
}

function newRow(first, flash) {
  const time = el("time", {});
  const open = el("a", {});
  const type = el("span", { class: "name" });
  const narrowTime = el("time", { class: "narrow muted" });
  const name = theirs("", { class: "name" });
  const email = theirs("", { class: "email muted" });
  const badge = el("span", {});
  const tries = el("span", { class: "tries muted" });
  const error = theirs("", { class: "error" });
  open.append(type);
  const element = el("tr", { class: flash ? "new" : null, on: { click: (click) => openFrom(click, first.id) } },
    el("td", { class: "when" }, time),
    el("th", { scope: "row", class: "what" }, open, narrowTime),
    el("td", { class: "who" }, name, " ", email, error),
    el("td", { class: "state" }, badge, " ", tries));
  let key = "";
  return {
    element,
    show(event) {
      const day = short(event.received_at);
      const nextKey = JSON.stringify([event, day]);
      if (nextKey === key) return;
      key = nextKey;
      for (const one of [time, narrowTime]) {
        one.dateTime = event.received_at;
        one.title = `${event.received_at} (UTC), here ${exact(event.received_at)}`;
        setText(one, day);
      }
      setText(type, event.event_type);
      open.href = link({ ...current(), event: String(event.id) });
      setText(name, event.name ?? "");
      setText(email, event.email ?? "");
      email.title = event.email ?? "";
      setText(error, event.status === "failed" || event.status === "pending" ? event.last_error ?? "" : "");
      badge.className = `badge ${event.status}`;
      setText(badge, event.status);
      setText(tries, [event.attempts > 1 ? `${event.attempts} tries` : "", event.source === "sync" ? "by sync" : ""].filter(Boolean).join(", "));
    },
  };
}

/** A click anywhere in the row opens it, except for one that marks text or wants a tab of its own. */
function openFrom(click, id) {
  if (click.ctrlKey || click.metaKey || click.shiftKey || click.button !== 0) return;
  if (!click.target.closest("a") && !getSelection().isCollapsed) return;
  click.preventDefault();
  go({ event: String(id) }, { ...history.state, opened: true });
}

/** Where the focus goes when an event is closed. */
export function focusRow(id) {
  rows.get(Number(id))?.element.querySelector("a").focus({ preventScroll: true });
}

function failed(refusal, other) {
  const wrong = refusal.kind === "bad_parameter";
  fault(wrong ? refusal.message : null);
  byId("event-table").classList.remove("waiting");
  if (!wrong && !other && rows.size > 0) return;
  // What is there is not what was asked for.
  clear();
  shown = null;
  byId("event-table").hidden = true;
  document.querySelector(".pages").hidden = true;
  byId("events-empty").hidden = wrong;
  byId("events-empty").replaceChildren(el("p", {}, `${refusal.message} Trying again by itself.`));
}

function fault(text) {
  byId("filter-fault").hidden = text === null;
  setText(byId("filter-fault"), text ?? "");
}

/** Counts beside the names of the statuses, and the types that are stored. */
export function showChoices(counts, types) {
  for (const radio of document.querySelectorAll("#filter input[type=radio]")) {
    const count = ["pending", "failed"].includes(radio.value) ? counts?.[radio.value] : 0;
    if (count) radio.nextElementSibling.dataset.count = count;
    else delete radio.nextElementSibling.dataset.count;
  }
  if (types) {
    const select = byId("filter").elements.type;
    const have = new Set([...select.options].map((option) => option.value));
    for (const type of types) if (!have.has(type)) select.append(el("option", { value: type }, type));
  }
}

function fillForm({ status, type, q }) {
  const form = byId("filter").elements;
  for (const radio of form.status) radio.checked = radio.value === status; // status.value = "" chooses none in Chromium
  if (type && ![...form.type.options].some((option) => option.value === type)) form.type.append(el("option", { value: type }, type));
  form.type.value = type;
  if (document.activeElement !== form.q || form.q.value.trim() !== q) form.q.value = q;
}

export function listen() {
  const form = byId("filter");
  const choose = () => {
    const { status, type, q } = form.elements;
    go({ status: status.value, type: type.value, q: q.value.trim(), before: "" });
  };
  form.addEventListener("submit", (submit) => {
    submit.preventDefault();
    choose();
  });
  form.addEventListener("change", (change) => {
    if (change.target !== form.elements.q) choose();
  });
  form.elements.q.addEventListener("input", () => {
    if (form.elements.q.value === "" && current().q) choose();
  });
  byId("fresh").addEventListener("click", () => {
    release();
    byId("events").focus({ preventScroll: true });
  });
  const mayRelease = () => held && !reading() && release();
  byId("event-rows").addEventListener("pointerleave", mayRelease);
  byId("event-rows").addEventListener("focusout", () => setTimeout(mayRelease));
  addEventListener("scroll", mayRelease, { passive: true });
}
