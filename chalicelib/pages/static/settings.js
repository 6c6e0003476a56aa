// The interactive parts of the page of credentials: closing the menus of the table, and keeping the URL of the page.
"use strict";

const menus = [...document.querySelectorAll(".cog")];
const closeMenusExcept = (keptMenu) => menus.forEach((menu) => { if (menu !== keptMenu) menu.open = false; });

function closeOpenMenu() {
  const openMenu = menus.find((menu) => menu.open);
  if (!openMenu) return;
  openMenu.open = false;
  openMenu.querySelector("summary").focus();
}

for (const menu of menus) {
  const button = menu.querySelector(".close");
  button.hidden = false;
  button.addEventListener("click", closeOpenMenu);
}
document.addEventListener("click", (event) => closeMenusExcept(event.target.closest(".cog")));
document.addEventListener("focusin", (event) => closeMenusExcept(event.target.closest(".cog")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeOpenMenu(); });

// After a form was sent, the URL is that of the form. With the URL of the page, a reload does not send the form again.
history.replaceState(null, "", document.querySelector("main").dataset.pageUrl);
document.getElementById("secret-title")?.focus();
