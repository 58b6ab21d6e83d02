// The page looks at the server every two seconds while somebody looks at the page.
import { get } from "./api.js";
import { DeliveryChart } from "./charts.js";
import { byId, setText } from "./dom.js";
import { hideEvent, openEvent, showEvent } from "./event.js";
import { focusRow, listen, showChoices, showEvents } from "./events.js";
import { showAway, showHealth } from "./health.js";
import { UPCOMING, showMeetings } from "./meetings.js";
import { showRefused } from "./refused.js";
import { current, onChange, swap } from "./route.js";
import { serverSays, short } from "./times.js";

const EVERY_MS = 2_000;
const QUIET_MS = 6_000;
const AT_LEAST_EVERY_MS = 15_000;
const CHARTS_EVERY_MS = 10_000;

/** Faults that stand where they belong: beside the filter, in the event that is open. */
const SHOWN_ELSEWHERE = ["bad_parameter", "not_found"];

const day = new DeliveryChart(byId("chart-24h"), "Last 24 hours");
const month = new DeliveryChart(byId("chart-30d"), "Last 30 days");

let status = null;
let timer = null;
let looking = false;
let misses = 0;
let lockedOut = false;
let news = ""; // what the server said last of its events: another means that the list has changed
let listAt = -Infinity;
let chartsAt = -Infinity;
let lastHeard = null;
let quiet = null; // ends what is called live

async function look() {
  clearTimeout(timer);
  if (looking || document.hidden) return;
  looking = true;
  let told = false;
  try {
    status = await get("/api/status");
    told = true;
    serverSays(status.now);
    heard();
    await showAll();
    misses = 0;
  } catch (refusal) {
    misses = Math.min(misses + 1, 3);
    complain(refusal, !told);
  } finally {
    looking = false;
    if (!lockedOut) timer = setTimeout(look, Math.min(EVERY_MS * 2 ** misses, 10_000));
  }
}

async function showAll() {
  showHealth(status);
  showChoices(status.events, null);
  setText(byId("version"), /^\d/.test(status.version) ? status.version : ""); // run from classes there is none
  showCalendar(status.calendar_url);

  const said = JSON.stringify([status.events, status.last_delivery_at]);
  const at = performance.now();
  const changed = said !== news;
  const tasks = [];
  if (changed || at - listAt > AT_LEAST_EVERY_MS) {
    tasks.push(showEvents(current()).then(() => { news = said; listAt = at; }));
    if (openEvent()) tasks.push(showEvent(openEvent(), csrf));
  }
  if (at - chartsAt > (changed ? EVERY_MS : CHARTS_EVERY_MS)) {
    chartsAt = at;
    tasks.push(
      get("/api/deliveries", { range: "24h" }).then((answer) => day.show(answer)),
      get("/api/deliveries", { range: "30d" }).then((answer) => month.show(answer)),
      get("/api/refused").then(({ refused }) => showRefused(refused)),
      get("/api/meetings", UPCOMING).then(({ meetings }) => showMeetings(meetings)),
      get("/api/event-types").then(({ types }) => showChoices(status.events, types)));
  }
  const results = await Promise.allSettled(tasks);
  const refusals = results.map((result) => result.reason).filter((reason) => reason && !SHOWN_ELSEWHERE.includes(reason.kind));
  if (refusals.length > 0) throw refusals[0];
  notice(null);
}

const csrf = () => status?.csrf;

function heard() {
  lockedOut = false;
  lastHeard = new Date();
  showLive("on", `live · ${lastHeard.toLocaleTimeString("en-GB")}`);
  quiet = setTimeout(() => showLive("off", "no news"), QUIET_MS);
}

/**
 * In words, and tried again by itself; only a token that is not taken needs a person. Untold is how the server is: what the
 * last look found does not hold any more.
 */
function complain(refusal, untold = false) {
  const { kind, message } = refusal;
  const shown = lastHeard ? ` What is shown is from ${short(lastHeard)}.` : "";
  if (SHOWN_ELSEWHERE.includes(kind) && !untold) return;
  if (kind === "unauthorized") {
    lockedOut = true;
    disconnected("The token is no longer taken.");
    notice(message, true);
  } else if (kind === "away") {
    disconnected(message);
    notice(`${message} Trying again by itself.${shown}`);
  } else if (kind === undefined) {
    notice(`Something in this page failed: ${message}`);
    console.error(refusal);
  } else if (untold) {
    const line = `The server cannot tell how it is: ${message}.`;
    disconnected(line, "no news");
    notice(`${line} Trying again by itself.${shown}`);
  } else {
    notice(`${message} Trying again by itself.`);
  }
}

function disconnected(line, live = "not connected") {
  showAway(line);
  showLive("off", live);
}

function showLive(kind, text) {
  clearTimeout(quiet);
  byId("live").className = `live ${kind}`;
  setText(byId("live"), text);
}

function notice(text, reload = false) {
  const bar = byId("notice");
  if (text === null) {
    bar.hidden = true;
    return;
  }
  if (bar.dataset.text === text && !bar.hidden) return;
  bar.dataset.text = text;
  bar.textContent = text;
  if (reload) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Reload";
    button.onclick = () => location.reload();
    bar.append(" ", button);
  }
  bar.hidden = false;
}

function showCalendar(address) {
  const link = byId("calendar");
  link.hidden = !address?.startsWith("/");
  if (!link.hidden) link.href = address;
}

function show(route) {
  showEvents(route).catch(complain);
  if (route.event) {
    if (route.event !== openEvent()) showEvent(route.event, csrf).catch(complain);
  } else {
    hideEvent();
  }
}

function closed() {
  const { event } = current();
  if (!event) return;
  // Opened from the list: back is the way out, so that back does not open it again.
  if (history.state?.opened) history.back();
  else swap({ event: "" });
  focusRow(event);
}

listen();
onChange(show);
document.addEventListener("visibilitychange", look);
addEventListener("online", look);
byId("event").addEventListener("close", closed);
byId("event").addEventListener("tried", () => {
  showEvents(current()).catch(complain);
  if (openEvent()) showEvent(openEvent(), csrf).catch(complain);
});
byId("event").addEventListener("click", (click) => {
  if (click.target === byId("event")) byId("event").close();
});
document.querySelector(".skip").addEventListener("click", (click) => {
  click.preventDefault();
  byId("events").focus();
});
if (current().event) showEvent(current().event, csrf).catch(complain);
look();
