// Requests that were turned away. Their bodies are kept nowhere.
import { byId, el } from "./dom.js";
import { timeElement } from "./times.js";
import { REASONS, words } from "./words.js";

const AT_FIRST = 12;

let shown = "";
let all = false;

export function showRefused(refused) {
  const key = JSON.stringify([refused, all]);
  if (key === shown) return;
  shown = key;
  const list = byId("refused-list");
  if (refused.length === 0) {
    list.replaceChildren(el("p", { class: "empty" }, "None since the server started."));
    return;
  }
  const more = refused.length - AT_FIRST;
  list.replaceChildren(
    el("table", { class: "refusals" },
      el("caption", { class: "sr" }, "Refused requests, newest first"),
      el("thead", { class: "sr" }, el("tr", {}, ["Reason and address", "Time"].map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, refused.slice(0, all ? refused.length : AT_FIRST).map((one) => el("tr", {},
        el("td", { title: REASONS[one.reason] },
          el("span", { class: `key ${one.reason}` }, words(one.reason)),
          el("span", { class: "address muted" }, one.address)),
        el("td", { class: "at" }, timeElement(one.at)))))),
    more > 0 ? el("button", { type: "button", "aria-expanded": String(all), on: { click: () => { all = !all; showRefused(refused); list.querySelector("button").focus(); } } },
      all ? "Show fewer" : `Show ${more} more`) : "",
    el("p", { class: "muted note" }, "./run.sh explain names the likely cause."));
}
