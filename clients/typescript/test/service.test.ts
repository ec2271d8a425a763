import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { unwrap } from "../src/index.js";
import { Server } from "./harness.js";

let server: Server;
before(async () => {
  server = await Server.start();
});
after(() => server.stop());

test("a service gets a token with its secret, as a form", async () => {
  const admin = await server.admin();
  const account = { name: "recordings", permissions: ["revocations:read"] };
  const made = await unwrap(admin.api.POST("/service-accounts", { body: account }));
  const { api } = server.client();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = { grant_type: "client_credentials", client_id: made.account.id, client_secret: made.client_secret };
  const token = await unwrap(api.POST("/auth/token", { body, headers }));
  const authorization = `Bearer ${token.access_token}`;
  const page = await unwrap(api.GET("/auth/revocations", { headers: { authorization } }));
  assert.ok(Array.isArray(page.items) && page.next_since !== "");
});
