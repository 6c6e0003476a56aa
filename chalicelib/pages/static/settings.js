// What the page of credentials does beyond its forms: copying, closing, and reloading without sending a form again.
"use strict";

async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.firstChild.data = "Copied";
  } catch {
    getSelection().selectAllChildren(code); // the clipboard is for secure pages only, and may be forbidden
    button.firstChild.data = "Selected";
  }
}

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, button.parentElement.querySelector("code")));
}

const cogs = [...document.querySelectorAll(".cog")];
const closeBut = (kept) => cogs.forEach((cog) => { if (cog !== kept) cog.open = false; });
document.addEventListener("click", (event) => closeBut(event.target.closest(".cog")));
document.addEventListener("keydown", (event) => {
  const open = cogs.find((cog) => cog.open);
  if (event.key !== "Escape" || !open) return;
  closeBut(null);
  open.querySelector("summary").focus();
});

history.replaceState(null, "", document.querySelector("main").dataset.home);
document.getElementById("secret-title")?.focus();
