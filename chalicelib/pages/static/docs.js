// The interactive parts of the reference: the filter, opening the call that the URL names, and sending calls.
"use strict";

const SHOWN_HEADERS = ["content-type", "location", "etag", "link", "allow", "retry-after", "idempotency-replayed", "server-timing", "x-request-id"];
const byId = (id) => document.getElementById(id);
const forms = document.querySelectorAll("form.try");

function createElement(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

// Open the call or schema that the fragment of the URL names.
function openTarget() {
  const target = byId(decodeURIComponent(location.hash.slice(1)));
  const details = target && target.closest(".operation > details");
  if (!details) return;
  details.open = true;
  target.scrollIntoView();
}

// Show the calls whose summary contains every word of the filter, in the page and in its contents.
function filter() {
  const words = byId("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let total = 0;
  for (const group of document.querySelectorAll("main .group")) {
    let inGroup = 0;
    for (const operation of group.querySelectorAll(".operation")) {
      const text = operation.querySelector("summary").textContent.replaceAll("\u200b", "").toLowerCase();
      operation.hidden = !words.every((word) => text.includes(word));
      inGroup += operation.hidden ? 0 : 1;
      document.querySelector(`.contents a[href="#${operation.querySelector("h3").id}"]`).parentElement.hidden = operation.hidden;
    }
    group.hidden = inGroup === 0;
    document.querySelector(`.contents a[href="#${group.getAttribute("aria-labelledby")}"]`).closest("section").hidden = group.hidden;
    total += inGroup;
  }
  byId("match-count").textContent = words.length ? `${total} ${total === 1 ? "call" : "calls"}` : "";
}

// Return the request that a form describes. Empty fields are left out.
function buildRequest(form) {
  const fields = (location) => [...form.querySelectorAll(`[data-location=${location}]`)].filter((field) => field.value !== "");
  let path = form.dataset.path;
  for (const field of fields("path")) path = path.replace(`{${field.name}}`, encodeURIComponent(field.value));
  const query = new URLSearchParams(fields("query").map((field) => [field.name, field.value])).toString();
  const headers = Object.fromEntries(fields("header").map((field) => [field.name, field.value]));
  const [body] = fields("body").map((field) => field.value);
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return { method: form.dataset.method, url: location.origin + path + (query && `?${query}`), headers, body };
}

// Return the request as a curl command. It contains SECRET instead of the secret, so that it can be shared.
function curlCommand({ method, url, headers, body }) {
  const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = ["curl", ...(method === "GET" ? [] : ["-X", method]), quote(url)];
  if (byId("key").value) parts.push("-u", quote(`${byId("key").value}:SECRET`));
  for (const [name, value] of Object.entries(headers)) parts.push("-H", quote(`${name}: ${value}`));
  if (body !== undefined) parts.push("-d", quote(body));
  return parts.join(" ");
}

// Return the Authorization header for the typed key and secret, or no header if there is no key.
function authorizationHeader() {
  const bytes = new TextEncoder().encode(`${byId("key").value}:${byId("secret").value}`);
  return byId("key").value ? { Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` } : {};
}

function indentJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function titledBlock(title, text) {
  const pre = createElement("pre", text);
  pre.tabIndex = 0; // it scrolls, so keyboard users must be able to focus it
  pre.setAttribute("role", "region");
  pre.setAttribute("aria-label", title);
  return [createElement("h5", title), pre];
}

async function send(form) {
  const request = buildRequest(form);
  const { method, url, headers, body } = request;
  const outcome = form.querySelector(".outcome");
  outcome.replaceChildren(createElement("p", "Sending\u2026", "soft"));
  try {
    // "omit" keeps the browser from adding credentials of its own and from opening a dialog when the API answers 401.
    const response = await fetch(url, { method, headers: { ...headers, ...authorizationHeader() }, body, credentials: "omit", cache: "no-store" });
    const text = await response.text();
    const headerLines = SHOWN_HEADERS.filter((name) => response.headers.has(name)).map((name) => `${name}: ${response.headers.get(name)}`);
    outcome.replaceChildren(
      createElement("p", `${response.status} ${response.statusText}`, response.ok ? "status" : "status failed"),
      ...(text ? titledBlock("Response body", indentJson(text)) : []),
      ...titledBlock("Response headers", headerLines.join("\n")),
      ...titledBlock("As a curl command", curlCommand(request)),
    );
  } catch (error) {
    outcome.replaceChildren(createElement("p", `There was no response: ${error.message}`, "status failed"));
  }
}

for (const form of forms) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}
const isWide = matchMedia("(min-width: 64rem)"); // the same width as in style.css, where the contents become a column
const openContentsIfWide = () => { document.querySelector(".contents").open = isWide.matches; };
isWide.addEventListener("change", openContentsIfWide);
openContentsIfWide();
byId("sign-in").hidden = false;
byId("sign-in").addEventListener("submit", (event) => event.preventDefault());
byId("filter").parentElement.hidden = false;
byId("filter").addEventListener("input", filter);
window.addEventListener("hashchange", openTarget);
openTarget();
