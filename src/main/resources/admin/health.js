// The head of the page: one word, each part, and the figures.
import { byId, el, say, setText } from "./dom.js";
import { ago, now, span, withDate } from "./times.js";
import { advice, capital, isOk, isTrouble, words } from "./words.js";
import { link } from "./route.js";

const PARTS = ["journal", "database", "queue", "subscription", "disk"];

/** A stranger may send a false signature; so many, and no good delivery among them, are Calendly's. */
const MANY_REFUSED = 3;
const number = new Intl.NumberFormat("en-GB");

let said = "";

export function showHealth(status) {
  const { health, events } = status;
  const troubled = PARTS.filter((part) => isTrouble(health[part]));
  const failed = events?.failed ?? 0;
  const retried = status.tried_in_vain ?? 0;
  if (health.status !== "ok" || troubled.length > 0) {
    const names = troubled.map((part) => `${part}: ${words(health[part])}`).join(", ");
    verdict("bad", "Trouble", `${capital(names || "a part does not work")}.${isOk(health.journal) ? " Deliveries are taken in all the same." : ""}`);
  } else if (failed > 0) {
    verdict("look", "Needs a look", `${eventsOf(failed)} could not be applied.`);
  } else if (retried > 0) {
    verdict("look", "Needs a look", `${eventsOf(retried)} could not be applied in several tries; they go on for a day.`);
  } else if (status.refused_since >= MANY_REFUSED) {
    verdict("look", "Needs a look", `${number.format(status.refused_since)} deliveries were refused since the last good one: their signatures are of another key, or a clock is wrong. ./run.sh doctor says more.`);
  } else {
    verdict("good", "All is well", "Deliveries are taken in and applied.");
  }
  showParts(health);
  showFigures(status);
}

function eventsOf(n) {
  return n === 1 ? "1 event" : `${number.format(n)} events`;
}

/** The server is away: nothing on the page is news any more. */
export function showAway(line) {
  verdict("bad", "No answer", line);
}

function verdict(kind, word, line) {
  byId("health").className = `health ${kind}`;
  setText(byId("verdict"), word);
  setText(byId("verdict-line"), line);
  document.title = kind === "good" ? "calendly-inbox" : `${word} · calendly-inbox`;
  if (said && said !== word) say(`${word}. ${line}`);
  said = word;
}

function showParts(health) {
  const kind = (word) => (isOk(word) ? "good" : isTrouble(word) ? "bad" : "plain");
  keep(byId("parts"), PARTS.map((part) => [part, health[part]]), ([part, word]) =>
    el("li", { class: kind(word) }, el("span", { class: "name" }, capital(part)), " ", el("span", { class: "is" }, words(word))));
  const notOk = PARTS.filter((part) => !isOk(health[part]));
  keep(byId("advice"), notOk.map((part) => [part, health[part]]), ([part, word]) =>
    el("li", { class: kind(word) }, el("b", {}, `${capital(part)}: ${words(word)}.`), " ", advice(part, word)));
  byId("advice").hidden = notOk.length === 0;
}

function showFigures({ last_delivery_at: last, backlog, events, answer_ms: answers }) {
  const waits = backlog.waiting_since
    ? [bytes(backlog.bytes), `for ${span(now() - Date.parse(backlog.waiting_since))}`]
    : ["nothing", backlog.bytes > 0 ? bytes(backlog.bytes) : "all is applied"];
  const none = events && Object.values(events).every((n) => n === 0);
  const count = (name) => (events ? number.format(events[name]) : "–");
  figures([
    ["last", "Last delivery", ...(last ? [ago(last), withDate(last)] : none ? ["none yet", "since the start, and no event is kept"] : ["not known", "none since the start"]), null, ""],
    ["waits", "Waiting to be applied", ...waits, null, backlog.waiting_since ? "look" : ""],
    ["failed", "Failed", count("failed"), events ? `${count("pending")} pending` : "database away", link({ status: "failed" }), events?.failed ? "bad" : ""],
    ["done", "Processed", count("processed"), events ? `${count("ignored")} ignored` : "database away", link({ status: "processed" }), ""],
    ["answers", "Answered within", milliseconds(answers.p95), answers.count
      ? `p95 of ${number.format(answers.count)} · p50 ${milliseconds(answers.p50)} · p99 ${milliseconds(answers.p99)} · most ${milliseconds(answers.max)}`
      : "no deliveries lately", null, ""],
  ]);
}

function figures(all) {
  const list = byId("figures");
  if (list.children.length === 0) {
    for (const [id, name] of all) {
      list.append(el("div", { id: `figure-${id}` }, el("dt", {}, name), el("dd", { class: "value" }), el("dd", { class: "muted" })));
    }
  }
  for (const [id, , value, line, href, kind] of all) {
    const figure = byId(`figure-${id}`);
    figure.className = kind;
    const [, big, small] = figure.children;
    if (href && value !== "–") {
      if (!big.firstElementChild) big.replaceChildren(el("a", { href }));
      setText(big.firstElementChild, value);
    } else {
      setText(big, value);
    }
    setText(small, line);
  }
}

/** Draws a list anew only when it has changed. */
function keep(list, items, draw) {
  const key = JSON.stringify(items);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...items.map(draw));
}

function milliseconds(value) {
  if (value === null || value === undefined) return "–";
  if (value >= 1000) return `${(value / 1000).toPrecision(3)} s`;
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ms`;
}

export function bytes(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`;
  return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}
