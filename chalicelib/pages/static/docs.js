// The reference: the search, the place in the contents, the call that the URL names, and what a call shows when it opens.
import { prepareCall, prepareDialog } from "./docs-try.js";

const byId = (id) => document.getElementById(id);
const main = byId("main");
const contents = document.querySelector(".contents");
const search = byId("search");
const links = [...contents.querySelectorAll("a")];
const headings = links.map((link) => byId(link.hash.slice(1)));
const isWide = matchMedia("(min-width: 64rem)"); // the same width as in docs.css, where the contents become a column

// ---- The place in the page

const READING_LINE = 120; // pixels below the top of the window
let chosen = null; // the heading that the reader went to; it stays the current one while it is in view

// The current heading: the chosen one while it can be seen, or else the last one that has reached the top of the window.
function findCurrent() {
  const top = (heading) => heading.getBoundingClientRect().top;
  if (chosen && top(chosen) > -20 && top(chosen) < innerHeight) return chosen;
  const visible = headings.filter((heading) => heading.getClientRects().length > 0);
  return visible.findLast((heading) => top(heading) < READING_LINE);
}

// Mark the current heading in the contents and in the URL. While a search hides headings, the URL stays as it is.
function followPage() {
  const current = findCurrent();
  const index = headings.indexOf(current);
  for (const [number, link] of links.entries()) {
    if (number === index) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
  if (search.value) return;
  const address = current ? `#${current.id}` : location.pathname + location.search;
  if (current ? location.hash !== address : location.hash) history.replaceState(null, "", address);
  if (current && isWide.matches) keepInView(links[index]);
}

// Scroll the contents, and nothing else, until the link can be seen.
function keepInView(link) {
  const list = contents;
  const offset = link.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (offset < 0 || offset > list.clientHeight - 40) list.scrollTop += offset - list.clientHeight / 3;
}

// Go to the heading that the fragment of a URL names, and open it if it is that of a call.
function openTarget(fragment) {
  const target = byId(decodeURIComponent(fragment.slice(1)));
  if (!headings.includes(target)) return;
  const details = target.closest(".operation > details");
  if (target.closest("[hidden]")) clearSearch();
  chosen = target;
  if (details) details.open = true;
  target.scrollIntoView();
  followPage();
}

// ---- The search

let items = null; // the calls and texts with what they contain in lower case; collected at the first search

function collectItems() {
  return [...main.querySelectorAll(".operation, .prose")].map((element) => {
    const group = element.closest(".guide, .group");
    const heading = element.querySelector("h3");
    const name = `${group.querySelector("h2").textContent} ${heading?.textContent ?? ""}`.toLowerCase();
    const text = (element.querySelector(".about") ?? element).textContent.toLowerCase(); // without samples and forms
    return { element, group, name, text: `${name} ${text}`, link: links.find((link) => link.hash === `#${heading?.id}`) };
  });
}

// Show the calls and texts that contain every word of the search, in the page and in its contents. Mark those that contain
// a word only below their heading.
function find() {
  items ??= collectItems();
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter(({ text }) => words.every((word) => text.includes(word)));
  const groups = new Set(found.map(({ group }) => group));
  for (const item of items) {
    item.element.hidden = !found.includes(item);
    item.element.classList.toggle("mentions", !words.every((word) => item.name.includes(word)));
    item.group.hidden = !groups.has(item.group);
    if (item.link) item.link.parentElement.hidden = item.element.hidden;
  }
  for (const section of contents.querySelectorAll("section")) {
    section.hidden = byId(section.querySelector("a").hash.slice(1)).closest("[hidden]") !== null;
  }
  byId("top").hidden = words.length > 0;
  byId("nothing").hidden = found.length > 0;
  byId("found").textContent = words.length && found.length ? `${found.length} ${found.length === 1 ? "match" : "matches"}` : "";
  if (words.length) scrollTo({ top: 0, behavior: "instant" });
  followPage();
}

function clearSearch() {
  search.value = "";
  find();
}

function isTyping(element) {
  return element.closest("input, textarea, select, dialog") !== null;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  event.preventDefault();
  search.focus();
  search.select();
});
search.addEventListener("keydown", (event) => {
  if (event.key === "Escape") clearSearch();
  if (event.key !== "Enter") return;
  event.preventDefault(); // or else the key would also open the call that gets the focus
  const found = main.querySelectorAll(".operation:not([hidden]) summary h3");
  const best = [...found].find((heading) => !heading.closest(".mentions")) ?? found[0];
  best?.parentElement.focus();
});
search.addEventListener("input", find);
byId("nothing").querySelector("button").addEventListener("click", () => {
  clearSearch();
  search.focus();
});

// ---- Start

// A toggle event does not bubble, but it can be captured on its way.
main.addEventListener("toggle", ({ target }) => {
  if (!target.open || !target.matches(".operation > details")) return;
  prepareCall(target.parentElement);
  chosen = target.querySelector("h3");
  followPage();
}, true);
contents.addEventListener("click", ({ target }) => {
  if (target.closest("a") && !isWide.matches) contents.open = false;
});
const openContentsIfWide = () => { contents.open = isWide.matches; };
isWide.addEventListener("change", openContentsIfWide);
openContentsIfWide();
document.querySelector(".toolbar").hidden = false;
prepareDialog();

let timer = 0;
addEventListener("scroll", () => {
  clearTimeout(timer);
  timer = setTimeout(followPage, 100); // browsers limit how often a page may change its URL
}, { passive: true });
// The URL of the page may have followed a scroll since the reader chose another one.
addEventListener("hashchange", ({ newURL }) => openTarget(new URL(newURL).hash));
if (location.hash) openTarget(location.hash);
