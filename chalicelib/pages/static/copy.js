// The buttons that copy a key or a secret. Without this script they stay hidden.
"use strict";

async function copy(button, code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    button.firstChild.data = "Copied";
  } catch {
    getSelection().selectAllChildren(code); // without HTTPS, or without permission, there is no clipboard
    button.firstChild.data = "Selected";
  }
}

for (const button of document.querySelectorAll(".copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button, button.parentElement.querySelector("code")));
}
