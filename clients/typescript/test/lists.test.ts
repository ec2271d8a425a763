import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { items, ProblemError, unwrap, type Voxgate } from "../src/index.js";
import { Server } from "./harness.js";

let server: Server;
let admin: Voxgate;
before(async () => {
  server = await Server.start();
  admin = await server.admin();
  for (let n = 0; n < 5; n += 1) {
    const body = { email: `clinician-${n}@example.org`, roles: ["clinician"] };
    await unwrap(admin.api.POST("/users", { body }));
  }
});
after(() => server.stop());

test("a list is read to its end, page by page", async () => {
  let pages = 0;
  const clinicians = items((cursor) => {
    pages += 1;
    return admin.api.GET("/users", { params: { query: { role: "clinician", limit: 2, cursor } } });
  });
  const addresses = new Set<string>();
  for await (const user of clinicians) {
    addresses.add(user.email);
  }
  assert.deepEqual([addresses.size, pages], [5, 3]);
});

test("a page is not asked for before it is needed", async () => {
  let pages = 0;
  const users = items((cursor) => {
    pages += 1;
    return admin.api.GET("/users", { params: { query: { limit: 2, cursor } } });
  });
  for await (const user of users) {
    assert.ok(user.id);
    break;
  }
  assert.equal(pages, 1);
});

test("a forged cursor ends the list with the refusal", async () => {
  const users = items(() => admin.api.GET("/users", { params: { query: { cursor: "AAAA" } } }));
  await assert.rejects(users.next(), (error) => ProblemError.is(error, "validation_failed"));
});
