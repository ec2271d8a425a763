"use strict";
const password = document.getElementById("password");
document.getElementById("show").addEventListener("change", (event) => {
  password.type = event.target.checked ? "text" : "password";
});
page.ask.addEventListener("submit", (event) => {
  event.preventDefault();
  page.post("/auth/reset-password", { token: page.token, new_password: password.value });
});
