"use strict";
document.getElementById("confirm").addEventListener("click", () => {
  page.post("/auth/verify-email", { token: page.token });
});
