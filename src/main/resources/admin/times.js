// Times in the zone of whoever looks, with the exact UTC behind them.
import { el } from "./dom.js";

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hourAndMinute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayAndMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short" });
const dated = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const full = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
});

let ahead = 0;

/** What the server's clock says is what "ago" is counted from: the viewer's may be wrong. */
export function serverSays(now) {
  ahead = Date.parse(now) - Date.now();
}

export const now = () => Date.now() + ahead;

const sameDay = (a, b) => a.toDateString() === b.toDateString();

/** 14:03:22 today, 23 Nov 14:03 on another day, with the year where it is another. */
export function short(text) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return String(text);
  const today = new Date(now());
  if (sameDay(date, today)) return clock.format(date);
  const day = dayAndMonth.format(date);
  const year = date.getFullYear() === today.getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${day}${year} ${hourAndMinute.format(date)}`;
}

export function exact(text) {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? String(text) : full.format(date);
}

export const withDate = (text) => dated.format(new Date(text));

export const timeOfDay = (text) => hourAndMinute.format(new Date(text));

/** Today, Tomorrow, or Thu, 26 Nov. */
export function day(text) {
  const date = new Date(text);
  const today = new Date(now());
  const tomorrow = new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1);
  if (sameDay(date, today)) return "Today";
  return sameDay(date, tomorrow) ? "Tomorrow" : weekday.format(date);
}

export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h`;
  return `${Math.floor(hours / 24)} days`;
}

/** As "4 min ago"; seconds are counted in fives, so that not everything moves all the time. */
export function ago(text) {
  const passed = now() - Date.parse(text);
  if (passed < 5_000) return "just now";
  return `${span(passed < 60_000 ? Math.floor(passed / 5_000) * 5_000 : passed)} ago`;
}

/** A time element: the given words, or the short form; the exact UTC as its title. */
export function timeElement(text, words = short(text), props = {}) {
  return el("time", { datetime: text, title: `${text.replace("T", " ").replace("Z", "")} UTC`, ...props }, words);
}
