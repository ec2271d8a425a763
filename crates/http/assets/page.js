"use strict";

// What both pages share: finding the token, making the POST, and saying in plain words what came of it.
const page = {
  linked: new URLSearchParams(location.search).get("token"),
  code: document.getElementById("code"),
  ask: document.getElementById("ask"),
  result: document.getElementById("result"),
  faults: document.getElementById("faults"),

  // From the link, or typed by somebody whose link did not open.
  get token() {
    return this.linked || this.code.value.trim();
  },

  message(code) {
    const find = (name) => document.querySelector(`#messages [data-code="${CSS.escape(name)}"]`);
    return (find(code) || find("other")).textContent;
  },

  say(text, bad) {
    this.result.textContent = text;
    this.result.classList.toggle("bad", Boolean(bad));
    this.faults.replaceChildren();
    this.faults.hidden = true;
  },

  sayFaults(codes) {
    this.say("", false);
    this.faults.hidden = false;
    this.faults.className = "bad";
    this.faults.setAttribute("role", "alert");
    for (const code of codes) {
      const item = document.createElement("li");
      item.textContent = this.message(code);
      this.faults.append(item);
    }
  },

  finish() {
    this.ask.hidden = true;
    this.say(this.ask.dataset.done, false);
    this.result.focus();
    // The token is spent; it need not stay in the history.
    history.replaceState(null, "", location.pathname);
  },

  async post(path, body) {
    if (!this.token) {
      this.say(this.message("no_token"), true);
      this.code.focus();
      return;
    }
    const buttons = this.ask.querySelectorAll("button");
    buttons.forEach((button) => { button.disabled = true; });
    this.say(this.message("working"), false);
    try {
      const response = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      if (response.ok) {
        this.finish();
        return;
      }
      const problem = await response.json().catch(() => ({}));
      const own = (problem.errors || []).filter((error) => error.field === "new_password");
      if (own.length > 0) {
        this.sayFaults(own.map((error) => error.code));
      } else {
        // A token of a form that no token has is as good as one that was used.
        this.say(this.message(problem.code === "validation_failed" ? "invalid_token" : problem.code || "other"), true);
      }
    } catch {
      this.say(this.message("offline"), true);
    } finally {
      buttons.forEach((button) => { button.disabled = false; });
    }
  },
};

if (!page.linked) {
  document.getElementById("code-row").hidden = false;
}
