// Builds elements. Whatever comes from outside goes in as a text node or an attribute of ours, never as markup.

/** el("p", {class: "muted"}, "text", child): children that are null are left out; props that are null, too. */
export function el(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** Somebody else's words: they keep their own direction and do not turn ours around. */
export function theirs(text, props) {
  return el("bdi", props, text);
}

/** Sets the text only where it is another, so that a selection in it stays. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export const byId = (id) => document.getElementById(id);

/** Has a screen reader say it, when it is done with what it says now. */
export function say(text) {
  byId("say").textContent = text;
}

export function saveAs(name, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  el("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
