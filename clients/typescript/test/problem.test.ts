import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { ProblemError, UnexpectedAnswerError, unwrap, Voxgate } from "../src/index.js";
import { PASSWORD, Server } from "./harness.js";

let server: Server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

async function refusal(call: Promise<unknown>): Promise<ProblemError> {
  const error: unknown = await call.then(
    () => assert.fail("it was not refused"),
    (error: unknown) => error,
  );
  assert.ok(ProblemError.is(error), String(error));
  return error;
}

test("every fault of a request is told", async () => {
  const body = { email: "nowhere", password: "short" };
  const problem = await refusal(unwrap(server.client().api.POST("/auth/register", { body })));
  assert.deepEqual([problem.status, problem.code], [422, "validation_failed"]);
  assert.deepEqual([...new Set(problem.errors.map(({ field }) => field))], ["email", "password"]);
  assert.ok(problem.errors.some(({ code }) => code === "too_short"));
  assert.ok(problem.message.includes(problem.requestId) && !problem.message.includes("short"));
});

test("a lock says how long it is", async () => {
  const voxgate = server.client();
  for (let n = 0; n < 5; n += 1) {
    const problem = await refusal(voxgate.logIn({ email: "ada@example.org", password: "not the password" }));
    assert.equal(problem.code, "invalid_credentials");
  }
  const locked = await refusal(voxgate.logIn({ email: "ada@example.org", password: PASSWORD }));
  assert.equal(locked.code, "account_locked");
  assert.ok(locked.retryAfter !== undefined && locked.retryAfter > 840 && locked.retryAfter <= 900);
});

test("an error comes as a value, too, as openapi-fetch gives it", async () => {
  const { data, error, response } = await server.client().api.GET("/users/profile");
  assert.equal(data, undefined);
  assert.deepEqual([response.status, error?.code], [401, "unauthenticated"]);
});

test("an answer of something else is not taken for one of Voxgate", async () => {
  const proxy = () => Promise.resolve(new Response("<html>", { status: 502 }));
  const voxgate = new Voxgate({ baseUrl: "http://localhost", fetch: proxy });
  await assert.rejects(unwrap(voxgate.api.GET("/health")), UnexpectedAnswerError);
});
