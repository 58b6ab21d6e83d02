// Speaks with the server. What goes wrong comes out as a Refusal with a kind and a sentence.

// The server answers within 10 s: where nothing came for longer, the connection is dead.
const AT_MOST_MS = 12_000;
// A browser asks for the token in the middle of a request: a person needs this long to paste it.
const AT_MOST_MS_WITH_THE_TOKEN = 30_000;

let admitted = false; // the last answer came with a token that was taken

export class Refusal extends Error {
  /** kind: "away", "unauthorized", or the server's own word, as "database_unavailable". */
  constructor(kind, detail) {
    super(detail);
    this.kind = kind;
  }
}

export function get(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
  return ask(query ? `${path}?${query}` : path, {});
}

/** The token says that this page asks, and not a page elsewhere that uses the viewer's password. */
export function post(path, csrf) {
  return ask(path, { method: "POST", headers: { "X-CSRF-Token": csrf ?? "" } });
}

async function ask(path, options) {
  let answer;
  try {
    // From the origin: a page opened with a password in its address has that in every relative one.
    const signal = AbortSignal.timeout(admitted ? AT_MOST_MS : AT_MOST_MS_WITH_THE_TOKEN);
    answer = await fetch(new URL(path, location.origin), { ...options, signal });
    admitted = answer.status !== 401;
  } catch {
    admitted = false; // it may have been the question for the token that took so long
    throw new Refusal("away", "The server does not answer.");
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok && body !== null) return body;
  if (answer.status === 401) throw new Refusal("unauthorized", "The token is no longer taken: reload the page and give the one in data/admin.token.");
  if (body?.error) throw new Refusal(body.error, body.detail ?? body.error);
  throw new Refusal("away", `Something before the server answered ${answer.status}.`);
}
