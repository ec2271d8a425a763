/** A page on which a person logs in, sees the profile and the open sessions, and logs out. */
import { ProblemError, unwrap, Voxgate, type MfaChallenge, type components } from "../src/index.js";

const find = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const loginForm = find<HTMLFormElement>("login");
const codeForm = find<HTMLFormElement>("code");
const account = find("account");
const logOut = find<HTMLButtonElement>("log-out");
const notice = find("notice");
const main = document.querySelector("main");

let challenge: MfaChallenge | undefined;

const voxgate = new Voxgate({
  baseUrl: document.querySelector<HTMLMetaElement>("meta[name=voxgate-url]")?.content ?? location.origin,
  // The refresh token is where no script reads it; it brings the session back when the page is loaded anew.
  delivery: "cookie",
  onSession: (session) => {
    if (session === undefined) {
      show(loginForm);
    }
  },
});

/** Shows one part of the page and nothing of the others, and goes to its first field. */
function show(part: HTMLElement): void {
  for (const other of [loginForm, codeForm, account]) {
    other.hidden = other !== part;
  }
  logOut.hidden = part !== account;
  part.querySelector<HTMLElement>("input, h2[tabindex]")?.focus();
}

/** Runs `act`, with the page busy meanwhile, and tells what went wrong. */
async function run(act: () => Promise<void>): Promise<void> {
  main?.setAttribute("aria-busy", "true");
  notice.hidden = true;
  try {
    await act();
  } catch (error) {
    notice.textContent = sentence(error);
    notice.hidden = false;
  } finally {
    main?.setAttribute("aria-busy", "false");
  }
}

/** What a person is told, by the code of the refusal. */
function sentence(error: unknown): string {
  if (!ProblemError.is(error)) {
    return "The service does not answer. Try again in a moment.";
  }
  const minutes = Math.ceil((error.retryAfter ?? 60) / 60);
  const sentences: Record<string, string> = {
    invalid_credentials: "The address or the password is wrong.",
    invalid_mfa_code: "The code is wrong, or was used before. Wait for the next one.",
    account_locked: `Too many tries. Log in again in ${minutes} minutes.`,
    rate_limited: `Too many tries. Go on in ${minutes} minutes.`,
    email_not_verified: "Prove your address first: follow the link in the mail.",
  };
  return sentences[error.code] ?? `${error.detail}. Request ${error.requestId}.`;
}

async function showAccount(): Promise<void> {
  const [profile, sessions] = await Promise.all([
    unwrap(voxgate.api.GET("/users/profile")),
    unwrap(voxgate.api.GET("/users/sessions")),
  ]);
  const name = [profile.first_name, profile.last_name].filter(Boolean).join(" ");
  const facts = {
    Name: name || "—",
    Address: profile.email,
    Roles: profile.roles.join(", "),
    "Second factor": profile.mfa_enabled ? "on" : "off",
    "Member since": day(profile.created_at),
  };
  find("profile").replaceChildren(
    ...Object.entries(facts).flatMap(([term, fact]) => [element("dt", term), element("dd", fact)]),
  );
  find("sessions").replaceChildren(...sessions.items.map(sessionRow));
  loginForm.reset();
  show(account);
}

function sessionRow(session: components["schemas"]["Session"]): HTMLElement {
  const name = session.device_name ?? session.user_agent ?? "Unknown device";
  const about = element("div", name);
  about.append(element("small", `${session.ip_address}, last seen ${day(session.last_seen_at)}`));
  const row = element("li");
  row.append(about);
  if (session.current) {
    row.append(element("span", "This device"));
    return row;
  }
  const end = element("button", "End") as HTMLButtonElement;
  end.type = "button";
  end.className = "quiet";
  end.setAttribute("aria-label", `End the session of ${name}`);
  end.addEventListener("click", () =>
    run(async () => {
      await unwrap(voxgate.api.DELETE("/users/sessions/{id}", { params: { path: { id: session.id } } }));
      await showAccount();
    }),
  );
  row.append(end);
  return row;
}

function element(tag: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

function day(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

/** Calls `act` with what was filled in, instead of sending the form, and keeps no secret in it. */
function onSubmit(form: HTMLFormElement, act: (field: (name: string) => string) => Promise<void>): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    void run(() => act((name) => String(data.get(name) ?? "")));
    for (const secret of form.querySelectorAll<HTMLInputElement>("[type=password], [autocomplete=one-time-code]")) {
      secret.value = "";
    }
  });
}

onSubmit(loginForm, async (field) => {
  const login = await voxgate.logIn({ email: field("email"), password: field("password"), device_name: "Example page" });
  challenge = login.challenge;
  await (challenge === undefined ? showAccount() : show(codeForm));
});

onSubmit(codeForm, async (field) => {
  if (challenge !== undefined) {
    await voxgate.verifyCode(challenge, { code: field("code") });
    await showAccount();
  }
});

logOut.addEventListener("click", () => run(() => voxgate.logOut()));

await run(async () => {
  const session = await voxgate.resume().catch((error: unknown) => {
    // A session that is over is no news for somebody who comes back after a week.
    if (ProblemError.is(error) && error.status < 429) {
      return undefined;
    }
    throw error;
  });
  await (session === undefined ? show(loginForm) : showAccount());
});
