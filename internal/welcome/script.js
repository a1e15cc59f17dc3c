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
  if (navigator.clipboard) return navigator.clipboard.writeText(code.textContent);
  getSelection().selectAllChildren(code);
  if (!document.execCommand("copy")) throw new Error("refused");
}

const said = document.getElementById("said");
for (const button of document.querySelectorAll(".copy button")) {
  const label = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const code = button.parentElement.querySelector("code");
    try {
      await copy(code);
      said.textContent = button.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = label; said.textContent = ""; }, 2000);
    } catch {
      getSelection().selectAllChildren(code);
      said.textContent = button.dataset.failed;
    }
  });
}
