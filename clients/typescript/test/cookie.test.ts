import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ProblemError, unwrap } from "../src/index.js";
import { ADA, PASSWORD, Server, sessionOf } from "./harness.js";

let server: Server;
before(async () => {
  server = await Server.start();
  await server.verified(ADA);
});
after(() => server.stop());

/** Keeps cookies as a browser does, which `fetch` in Node does not. */
function browser() {
  const jar = new Map<string, string>();
  const send = async (request: Request): Promise<Response> => {
    if (request.credentials === "include" && jar.size > 0) {
      request.headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    }
    const response = await fetch(request);
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (value === "") {
        jar.delete(name);
      } else {
        jar.set(name, value);
      }
    }
    return response;
  };
  return { jar, options: { delivery: "cookie", fetch: send, csrfToken: () => jar.get("__Host-voxgate_csrf") } as const };
}

test("the refresh token stays in its cookie, and a page that is loaded anew goes on", async () => {
  const { jar, options } = browser();
  const page = server.client(options);
  const session = sessionOf(await page.logIn({ email: ADA, password: PASSWORD }));
  assert.equal(session.refreshToken, undefined);
  assert.ok(jar.has("__Host-voxgate_refresh"));

  const reloaded = server.client(options);
  assert.equal((await reloaded.resume())?.id, session.id);
  assert.equal((await unwrap(reloaded.api.GET("/users/profile"))).email, ADA);
  await reloaded.logOut();
  assert.ok(!jar.has("__Host-voxgate_refresh") && !jar.has("__Host-voxgate_csrf"));
  assert.equal(await server.client(options).resume(), undefined);
});

test("a page without an access token logs out by cookie", async () => {
  const { jar, options } = browser();
  await server.client(options).logIn({ email: ADA, password: PASSWORD });
  await server.client(options).logOut();
  assert.ok(!jar.has("__Host-voxgate_refresh") && !jar.has("__Host-voxgate_csrf"));
});

test("a refresh by cookie needs the token of the readable cookie", async () => {
  const { options } = browser();
  await server.client(options).logIn({ email: ADA, password: PASSWORD });
  const page = server.client({ ...options, csrfToken: () => "forged" });
  await assert.rejects(page.resume(), (error) => ProblemError.is(error, "csrf_failed"));
});
