"use strict";
const form = document.querySelector("form");
if (form) {
  const button = form.querySelector("button");
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) event.preventDefault();
    sent = true;
    button.setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    sent = false;
    button.removeAttribute("aria-disabled");
  });
}

// Over plain HTTP there is no clipboard to write to, but a selection can be copied.
async function copy(code) {
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    if (!document.execCommand("copy")) return false;
  }
  return true;
}

const said = document.getElementById("said");
for (const button of document.querySelectorAll(".copy button")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(button.parentElement.querySelector("code"));
    said.textContent = button.textContent = done ? button.dataset.copied : button.dataset.failed;
    setTimeout(() => { button.textContent = label; said.textContent = ""; }, 2500);
  });
}
