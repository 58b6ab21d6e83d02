// Calendly's words: laid out for reading, as they came, and byte for byte.
import { el, saveAs, theirs } from "./dom.js";
import { bytes as size } from "./health.js";

const COLORED_UP_TO = 200_000;
const HEX_UP_TO = 16 * 1024;

export function payloadView(event) {
  const bytes = Uint8Array.from(atob(event.payload_base64), (char) => char.charCodeAt(0));
  const view = el("pre", { class: "payload", tabindex: "0", "aria-label": "Payload" });
  const forms = { Pretty: () => pretty(event.payload), "As it came": () => [event.payload], Bytes: () => hex(bytes) };
  const usable = event.payload === null ? ["Bytes"] : isJson(event.payload) ? Object.keys(forms) : ["As it came", "Bytes"];
  const show = (name) => {
    view.classList.toggle("wrap", name === "As it came");
    view.replaceChildren(...forms[name]());
  };
  show(usable[0]);
  return el("section", {},
    el("div", { class: "head" },
      el("h3", {}, "Payload"),
      el("fieldset", { class: "segments" }, el("legend", { class: "sr" }, "How it is shown"),
        usable.map((name, i) => el("label", {}, el("input", { type: "radio", name: "form", value: name, checked: i === 0, on: { change: () => show(name) } }), el("span", {}, name)))),
      el("button", { type: "button", on: { click: () => saveAs(`calendly-event-${event.id}.json`, bytes) } }, `Save exact bytes (${size(bytes.length)})`)),
    view);
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Laid out without being read: each number and each escape stands as it came. */
function pretty(json) {
  const parts = [];
  let depth = 0;
  let text = "";
  const line = () => `\n${"  ".repeat(depth)}`;
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  const flush = () => {
    if (text) parts.push(text);
    text = "";
  };
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (token === "{" || token === "[") {
      if (next === "}" || next === "]") text += token;
      else {
        depth++;
        text += token + line();
      }
    } else if (token === "}" || token === "]") {
      const before = tokens[i - 1];
      if (before === "{" || before === "[") text += token;
      else {
        depth--;
        text += line() + token;
      }
    } else if (token === ",") text += token + line();
    else if (token === ":") text += ": ";
    else if (json.length > COLORED_UP_TO) text += token;
    else {
      flush();
      parts.push(theirs(token, { class: next === ":" ? "field" : token.startsWith('"') ? "string" : "other" }));
    }
  });
  flush();
  return parts;
}

function hex(bytes) {
  const lines = [];
  for (let at = 0; at < Math.min(bytes.length, HEX_UP_TO); at += 16) {
    const row = [...bytes.subarray(at, Math.min(at + 16, HEX_UP_TO))];
    const codes = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ").padEnd(47);
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${codes}  ${text}`);
  }
  if (bytes.length > HEX_UP_TO) lines.push(`… ${size(bytes.length - HEX_UP_TO)} more: save the exact bytes`);
  return [lines.join("\n")];
}
