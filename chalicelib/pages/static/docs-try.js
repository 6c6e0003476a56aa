// What an open call of the reference can do: show its request as code, copy code, and send the request.
import { writeSamples } from "./docs-samples.js";

const SHOWN_HEADERS = ["content-type", "location", "etag", "link", "allow", "retry-after", "idempotency-replayed", "server-timing", "x-request-id"];
const TITLES = { path: "Path parameters", query: "Query parameters", header: "Headers" };
const TOKEN = /("(?:\\.|[^"\\])*")(?=(\s*:)?)|'[^']*'|\b(?:true|false|null|True|False|None|-?\d[\d.]*)\b/g;
const MOST_COLOURED = 50_000; // characters; a longer text stays plain, because each word becomes an element
const { prefix } = document.querySelector("[data-prefix]").dataset; // the stage, which starts every path
const dialog = document.getElementById("key-and-secret");
const [keyField, secretField] = dialog.querySelectorAll("input");
const updates = new Set(); // functions that show a new key or language in each call that was opened
let language = "curl";

function create(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// ---- Key and secret: they are only in the fields of the dialog

export function prepareDialog() {
  const update = () => updates.forEach((call) => call());
  dialog.addEventListener("input", update);
  document.getElementById("forget").addEventListener("click", () => {
    keyField.value = secretField.value = "";
    update();
    keyField.focus();
  });
  for (const figure of document.querySelectorAll(".opening figure")) addCopyButton(figure);
}

// Return the Authorization header for the key and secret, or no header if there is no key.
function authorization() {
  const bytes = new TextEncoder().encode(`${keyField.value}:${secretField.value}`);
  return keyField.value ? { Authorization: `Basic ${btoa(String.fromCharCode(...bytes))}` } : {};
}

// ---- Code

// Show a text in a <code> element, with colours for names, strings and other literal values.
function showCode(code, text) {
  const parts = [];
  let end = 0;
  for (const match of text.length > MOST_COLOURED ? [] : text.matchAll(TOKEN)) {
    const kind = match[2] ? "name" : /^["']/.test(match[0]) ? "text" : "literal";
    parts.push(text.slice(end, match.index), create("span", { className: kind, textContent: match[0] }));
    end = match.index + match[0].length;
  }
  code.replaceChildren(...parts, text.slice(end));
}

function addCopyButton(figure) {
  const button = create("button", { type: "button", className: "copy", textContent: "Copy" });
  button.setAttribute("aria-label", `Copy: ${figure.querySelector("figcaption").textContent.trim()}`);
  let timer = 0;
  button.addEventListener("click", async () => {
    const code = figure.querySelector("code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    clearTimeout(timer);
    timer = setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  figure.querySelector("figcaption").append(button);
}

// Return a box with a title and a text that can be copied.
function createFigure(title, text, className = "") {
  const code = create("code");
  const pre = create("pre", { tabIndex: 0 }, code); // it scrolls, so keyboard users must be able to focus it
  const figure = create("figure", { className: `code ${className}` }, create("figcaption", { textContent: title }), pre);
  showCode(code, text);
  addCopyButton(figure);
  return figure;
}

// ---- The form of a call

function createField({ name, example, isRequired }, place) {
  const input = create("input", { name, placeholder: example, required: isRequired, autocomplete: "off", spellcheck: false });
  input.dataset.in = place;
  return create("label", {}, `${name} `, input);
}

function readParameters(list) {
  return [...list.children].map((item) => ({
    name: item.querySelector("code").textContent,
    example: item.querySelector(":scope > .eg code")?.textContent ?? "",
    isRequired: item.querySelector(":scope > b") !== null,
  }));
}

// Return the fields for the parameters in one place, or nothing. Headers are folded, because few requests need them.
function createFieldset(article, place) {
  const list = article.querySelector(`[data-in=${place}]`);
  if (!list) return [];
  const fields = readParameters(list).map((parameter) => createField(parameter, place));
  const legend = create("legend", { textContent: TITLES[place] });
  const fieldset = create("fieldset", {}, legend, ...fields);
  if (place !== "header") return [fieldset];
  legend.className = "visually-hidden";
  return [create("details", {}, create("summary", { textContent: TITLES[place] }), fieldset)];
}

function createBodyField(example) {
  const rows = Math.min(Math.max(example.split("\n").length, 3), 10);
  const area = create("textarea", { name: "body", rows, spellcheck: false, value: example });
  area.dataset.in = "body";
  return create("label", {}, "Body ", area);
}

function createForm(article) {
  const { method, scope } = article.dataset;
  const sent = article.querySelector(".sent");
  const state = create("span", { className: "soft" });
  const open = create("button", { type: "button", className: "quiet small", textContent: "Enter key and secret" });
  open.addEventListener("click", () => dialog.showModal());
  const form = create("form", { className: "try", autocomplete: "off" },
    create("h4", { textContent: "Try it" }),
    ...(scope ? [create("p", { className: "signed" }, state, open)] : []),
    ...["path", "query", "header"].flatMap((place) => createFieldset(article, place)),
    ...(sent ? [createBodyField(sent.querySelector("code").textContent)] : []),
    create("p", {}, create("button", { textContent: `Send ${method}` })),
    create("div", { className: "outcome", ariaLive: "polite" }));
  sent?.remove();
  updates.add(() => {
    state.textContent = keyField.value ? `Key ${keyField.value}` : "No key yet.";
    open.textContent = keyField.value ? "Change key and secret" : "Enter key and secret";
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, buildRequest(article, form));
  });
  return form;
}

// Return the request that the form of a call describes. Empty fields are left out. Where `examples` is true, the examples
// stand for empty fields of the path.
function buildRequest(article, form, examples = false) {
  const fields = (place) => [...form.querySelectorAll(`[data-in=${place}]`)];
  const filled = (place) => fields(place).filter((field) => field.value !== "").map((field) => [field.name, field.value]);
  let path = prefix + article.dataset.path;
  for (const { name, value, placeholder } of fields("path")) {
    path = path.replace(`{${name}}`, encodeURIComponent(value || (examples ? placeholder : "")));
  }
  const query = new URLSearchParams(filled("query")).toString();
  const headers = Object.fromEntries(filled("header"));
  const body = filled("body")[0]?.[1];
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return { method: article.dataset.method, url: location.origin + path + (query && `?${query}`), headers, body };
}

// ---- The samples of a call

function createSamples(article, form) {
  const figure = createFigure("Request", "", "request");
  const choices = create("span", { className: "languages", role: "group", ariaLabel: "Language" });
  const hasAnswer = article.querySelector(".answer") !== null;
  const hint = create("p", { className: "hint", textContent: "API_SECRET is an environment variable with your secret." });
  const update = () => {
    const key = article.dataset.scope ? keyField.value || "KEY" : null;
    const samples = writeSamples(buildRequest(article, form, true), key, hasAnswer);
    showCode(figure.querySelector("code"), samples[language]);
    choices.replaceChildren(...Object.keys(samples).map(createLanguageButton));
  };
  figure.querySelector("figcaption").firstChild.after(choices);
  if (article.dataset.scope) figure.append(hint);
  updates.add(update);
  form.addEventListener("input", update);
  return figure;
}

function createLanguageButton(name) {
  const button = create("button", { type: "button", textContent: name, ariaPressed: String(name === language) });
  button.addEventListener("click", () => {
    const group = button.parentElement;
    language = name;
    updates.forEach((call) => call());
    [...group.children].find((one) => one.textContent === name).focus();
  });
  return button;
}

// Add the samples and the form to a call when it is opened for the first time.
export function prepareCall(article) {
  if (article.querySelector(".try")) return;
  for (const figure of article.querySelectorAll(".answer")) {
    showCode(figure.querySelector("code"), figure.querySelector("code").textContent);
    addCopyButton(figure);
  }
  const form = createForm(article);
  article.querySelector(".samples").prepend(createSamples(article, form), form);
  updates.forEach((call) => call());
}

// ---- Sending

function indentJson(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(form, { method, url, headers, body }) {
  const outcome = form.querySelector(".outcome");
  outcome.replaceChildren(create("p", { className: "soft", textContent: "Sending\u2026" }));
  try {
    // "omit" keeps the browser from adding credentials of its own and from opening a dialog when the API answers 401.
    const response = await fetch(url, { method, headers: { ...headers, ...authorization() }, body, credentials: "omit", cache: "no-store" });
    const text = await response.text();
    const names = SHOWN_HEADERS.filter((name) => response.headers.has(name));
    outcome.replaceChildren(
      create("p", { className: response.ok ? "status" : "status failed", textContent: `${response.status} ${response.statusText}` }),
      ...(text ? [createFigure("Response body", indentJson(text))] : []),
      createFigure("Response headers", names.map((name) => `${name}: ${response.headers.get(name)}`).join("\n")),
    );
  } catch (error) {
    outcome.replaceChildren(create("p", { className: "status failed", textContent: `There was no response: ${error.message}` }));
  }
}
