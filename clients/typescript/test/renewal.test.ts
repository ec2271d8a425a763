import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ProblemError, unwrap, type Session } from "../src/index.js";
import { ADA, PASSWORD, Server, sessionOf } from "./harness.js";

let server: Server;
before(async () => {
  server = await Server.start();
  await server.verified(ADA);
});
after(() => server.stop());

/** A `fetch` that spoils the first access token, as if it had expired on its way, and counts renewals. */
function spoiling() {
  const seen = { refreshes: 0 };
  let first: string | undefined;
  const send = (request: Request): Promise<Response> => {
    seen.refreshes += request.url.endsWith("/auth/refresh") ? 1 : 0;
    const token = request.headers.get("authorization");
    first ??= token ?? undefined;
    if (token !== null && token === first) {
      request.headers.set("authorization", "Bearer expired");
    }
    return fetch(request);
  };
  return { seen, send };
}

test("fifty calls with a refused token renew it once", async () => {
  const { seen, send } = spoiling();
  const told: (Session | undefined)[] = [];
  const voxgate = server.client({ fetch: send, onSession: (session) => told.push(session) });
  const begun = sessionOf(await voxgate.logIn({ email: ADA, password: PASSWORD }));
  const calls = Array.from({ length: 50 }, () => unwrap(voxgate.api.GET("/users/profile")));
  for (const profile of await Promise.all(calls)) {
    assert.equal(profile.email, ADA);
  }
  assert.equal(seen.refreshes, 1);
  assert.deepEqual(told.map((session) => session?.id), [begun.id, begun.id]);
  assert.notEqual(voxgate.session?.refreshToken, begun.refreshToken);
});

test("a body is sent again with the new token", async () => {
  const { seen, send } = spoiling();
  const voxgate = server.client({ fetch: send });
  await voxgate.logIn({ email: ADA, password: PASSWORD });
  const changed = await unwrap(voxgate.api.PUT("/users/profile", { body: { first_name: "Augusta" } }));
  assert.deepEqual([changed.first_name, seen.refreshes], ["Augusta", 1]);
});

test("a wrong password renews nothing", async () => {
  const { seen, send } = spoiling();
  const voxgate = server.client({ fetch: send });
  await voxgate.logIn({ email: ADA, password: PASSWORD });
  await unwrap(voxgate.api.GET("/users/profile"));
  const body = { password: "not the password" };
  const call = unwrap(voxgate.api.POST("/auth/reauthenticate", { body }));
  await assert.rejects(call, (error) => ProblemError.is(error, "invalid_credentials"));
  assert.equal(seen.refreshes, 1);
});

test("a kept refresh token goes on with its session", async () => {
  const begun = sessionOf(await server.client().logIn({ email: ADA, password: PASSWORD }));
  const later = server.client();
  const resumed = await later.resume(begun.refreshToken);
  assert.equal(resumed?.id, begun.id);
  assert.equal((await unwrap(later.api.GET("/users/profile"))).email, ADA);
  assert.equal(await server.client().resume(), undefined);
});

test("a session that is over is forgotten", async () => {
  const { seen, send } = spoiling();
  const told: (string | undefined)[] = [];
  const voxgate = server.client({ fetch: send, onSession: (session) => told.push(session?.id) });
  const { id } = sessionOf(await voxgate.logIn({ email: ADA, password: PASSWORD }));
  const elsewhere = server.client();
  await elsewhere.logIn({ email: ADA, password: PASSWORD });
  await unwrap(elsewhere.api.DELETE("/users/sessions"));
  const calls = Array.from({ length: 20 }, () => unwrap(voxgate.api.GET("/users/profile")));
  for (const call of await Promise.allSettled(calls)) {
    assert.ok(call.status === "rejected" && ProblemError.is(call.reason, "unauthenticated"));
  }
  assert.deepEqual(told, [id, undefined]);
  assert.deepEqual([voxgate.session, seen.refreshes], [undefined, 1]);
});

test("a service that is away does not end the session", async () => {
  let away = false;
  const send = (request: Request): Promise<Response> =>
    away ? Promise.reject(new TypeError("fetch failed")) : fetch(request);
  const voxgate = server.client({ fetch: send });
  const { id } = sessionOf(await voxgate.logIn({ email: ADA, password: PASSWORD }));
  away = true;
  await assert.rejects(voxgate.api.GET("/users/profile"), TypeError);
  await assert.rejects(voxgate.resume(voxgate.session?.refreshToken), TypeError);
  away = false;
  assert.equal((await unwrap(voxgate.api.GET("/users/profile"))).email, ADA);
  assert.equal(voxgate.session?.id, id);
});
