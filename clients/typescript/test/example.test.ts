import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";

import { page } from "../example/serve.js";
import { Chromium } from "./chromium.js";
import { ADA, PASSWORD, Server } from "./harness.js";

let server: Server;
let site: ReturnType<typeof page>;
let browser: Chromium;
let origin: string;

before(async () => {
  // The port is known before the service starts, which has to let the page in.
  const placeholder = page("http://localhost");
  await new Promise<void>((resolve) => placeholder.listen(0, "localhost", resolve));
  const { port } = placeholder.address() as AddressInfo;
  await new Promise((resolve) => placeholder.close(resolve));
  origin = `http://localhost:${port}`;
  server = await Server.start({ CORS_ALLOWED_ORIGINS: origin });
  await server.verified(ADA);
  // One host for page and service, whatever their ports: the refresh cookie is of that host.
  const url = server.baseUrl.replace("127.0.0.1", "localhost");
  site = page(url);
  await new Promise<void>((resolve) => site.listen(port, "localhost", resolve));
  browser = await Chromium.open(`${origin}/`);
});

after(async () => {
  await browser?.close();
  site?.closeAllConnections();
  site?.close();
  await server?.stop();
});

const shown = (id: string) => `!document.getElementById("${id}").hidden && document.querySelector("main").ariaBusy === "false"`;

async function logIn(password: string): Promise<void> {
  await browser.shows(shown("login"));
  await browser.evaluate(`
    document.getElementById("email").value = ${JSON.stringify(ADA)};
    document.getElementById("password").value = ${JSON.stringify(password)};
    document.getElementById("login").requestSubmit();
  `);
}

test("a person logs in, sees profile and sessions, loads the page anew, ends a session and logs out", async () => {
  await logIn("not the password");
  await browser.shows(shown("notice"));
  const notice = await browser.evaluate(`document.getElementById("notice").textContent`);
  assert.equal(notice, "The address or the password is wrong.");
  assert.equal(await browser.evaluate(`document.getElementById("password").value`), "");

  await server.client().logIn({ email: ADA, password: PASSWORD, device_name: "Ada's phone" });
  await logIn(PASSWORD);
  await browser.shows(shown("account"));
  assert.match(await browser.evaluate(`document.getElementById("profile").textContent`), /Ada.*ada@example\.org.*patient/s);
  assert.equal(await browser.evaluate(`document.querySelectorAll("#sessions li").length`), 2);

  await browser.go(`${origin}/`);
  await browser.shows(shown("account"));
  assert.equal(await browser.evaluate(`document.cookie.includes("voxgate_refresh")`), false);

  await browser.evaluate(`document.querySelector("#sessions button").click()`);
  await browser.shows(`document.querySelectorAll("#sessions li").length === 1`);
  assert.match(await browser.evaluate(`document.getElementById("sessions").textContent`), /This device/);

  await browser.shows(`document.querySelector("main").ariaBusy === "false"`);
  await browser.evaluate(`document.getElementById("log-out").click()`);
  await browser.shows(shown("login"));
  await browser.go(`${origin}/`);
  await browser.shows(shown("login"));

  // Nothing came from elsewhere, and nothing broke. A refused login is an error to the browser.
  const hosts = new Set(browser.requested.filter((url) => !url.startsWith("data:")).map((url) => new URL(url).hostname));
  assert.deepEqual([...hosts], ["localhost"]);
  assert.deepEqual(browser.faults.filter((fault) => !fault.includes("401")), []);
});

test("every field and button of the page has a name", async () => {
  await browser.shows(shown("login"));
  const controls = (await browser.accessible()).filter(({ role }) => ["textbox", "button"].includes(role));
  assert.deepEqual(
    controls.map(({ name }) => name),
    ["Address", "Password", "Log in"],
  );
  assert.equal(await browser.evaluate(`document.activeElement.id`), "email");
});
