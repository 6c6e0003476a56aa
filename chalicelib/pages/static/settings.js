// The interactive parts of the page of credentials: copying a secret, and closing the menus of the table.
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

const menus = [...document.querySelectorAll(".cog")];
const closeMenusExcept = (keptMenu) => menus.forEach((menu) => { if (menu !== keptMenu) menu.open = false; });
document.addEventListener("click", (event) => closeMenusExcept(event.target.closest(".cog")));
document.addEventListener("keydown", (event) => {
  const openMenu = menus.find((menu) => menu.open);
  if (event.key !== "Escape" || !openMenu) return;
  closeMenusExcept(null);
  openMenu.querySelector("summary").focus();
});

// After a form was sent, the URL is that of the form. With the URL of the page, a reload does not send the form again.
history.replaceState(null, "", document.querySelector("main").dataset.pageUrl);
document.getElementById("secret-title")?.focus();
