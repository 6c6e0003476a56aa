// What the reference does beyond reading: filtering, opening what an address names, and trying calls.
"use strict";

const SHOWN = ["content-type", "location", "etag", "link", "allow", "retry-after", "idempotency-replayed", "server-timing", "x-request-id"];
const byId = (id) => document.getElementById(id);
const forms = document.querySelectorAll("form.try");

function make(tag, text, name) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (name) element.className = name;
  return element;
}

function openTarget() {
  const target = byId(decodeURIComponent(location.hash.slice(1)));
  const details = target && target.closest(".operation > details");
  if (!details) return;
  details.open = true;
  target.scrollIntoView();
}

function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of document.querySelectorAll("main .group")) {
    let here = 0;
    for (const operation of group.querySelectorAll(".operation")) {
      const text = operation.querySelector("summary").textContent.replaceAll("\u200b", "").toLowerCase();
      operation.hidden = !words.every((word) => text.includes(word));
      here += operation.hidden ? 0 : 1;
      document.querySelector(`.contents a[href="#${operation.querySelector("h3").id}"]`).parentElement.hidden = operation.hidden;
    }
    group.hidden = here === 0;
    document.querySelector(`.contents a[href="#${group.getAttribute("aria-labelledby")}"]`).closest("section").hidden = group.hidden;
    found += here;
  }
  byId("found").textContent = words.length ? `${found} ${found === 1 ? "call" : "calls"}` : "";
}

// What a form asks for, as fetch and curl need it.
function request(form) {
  const values = (place) => [...form.querySelectorAll(`[data-place=${place}]`)].filter((input) => input.value !== "");
  let path = form.dataset.path;
  for (const input of values("path")) path = path.replace(`{${input.name}}`, encodeURIComponent(input.value));
  const query = new URLSearchParams(values("query").map((input) => [input.name, input.value])).toString();
  const headers = Object.fromEntries(values("header").map((input) => [input.name, input.value]));
  const [body] = values("body").map((input) => input.value);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return { method: form.dataset.method, url: location.origin + path + (query && `?${query}`), headers, body };
}

// The same call for a shell. The secret never gets into it: whoever pastes it puts in their own.
function curl({ method, url, headers, body }) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = ["curl", ...(method === "GET" ? [] : ["-X", method]), quote(url)];
  if (byId("key").value) parts.push("-u", quote(`${byId("key").value}:SECRET`));
  for (const [name, value] of Object.entries(headers)) parts.push("-H", quote(`${name}: ${value}`));
  if (body !== undefined) parts.push("-d", quote(body));
  return parts.join(" ");
}

function signature() {
  const pair = new TextEncoder().encode(`${byId("key").value}:${byId("secret").value}`);
  return byId("key").value ? { Authorization: `Basic ${btoa(String.fromCharCode(...pair))}` } : {};
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function block(title, text) {
  const pre = make("pre", text);
  pre.tabIndex = 0; // it scrolls, so it has to be reached without a mouse
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", title);
  return [make("h5", title), pre];
}

async function send(form) {
  const { method, url, headers, body } = request(form);
  const outcome = form.querySelector(".outcome");
  outcome.replaceChildren(make("p", "Sending\u2026", "soft"));
  try {
    // Without the browser's own credentials a refusal opens no dialog, and only what was typed here signs in.
    const answer = await fetch(url, { method, headers: { ...headers, ...signature() }, body, credentials: "omit", cache: "no-store" });
    const text = await answer.text();
    const told = SHOWN.filter((name) => answer.headers.has(name)).map((name) => `${name}: ${answer.headers.get(name)}`);
    outcome.replaceChildren(
      make("p", `${answer.status} ${answer.statusText}`, answer.ok ? "status" : "status failed"),
      ...(text ? block("Answer", pretty(text)) : []),
      ...block("Headers of the answer", told.join("\n")),
      ...block("The same in a shell", curl({ method, url, headers, body })),
    );
  } catch (error) {
    outcome.replaceChildren(make("p", `Nothing came back: ${error.message}`, "status failed"));
  }
}

for (const form of forms) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
const wide = matchMedia("(min-width: 64rem)"); // as in the stylesheet, where the contents stand beside the text
const settle = () => { document.querySelector(".contents").open = wide.matches; };
wide.addEventListener("change", settle);
settle();
byId("signin").hidden = false;
byId("signin").addEventListener("submit", (event) => event.preventDefault());
byId("filter").parentElement.hidden = false;
byId("filter").addEventListener("input", filter);
window.addEventListener("hashchange", openTarget);
openTarget();
