import assert from "node:assert/strict";
import { webcrypto as crypto } from "node:crypto";
import { after, before, test } from "node:test";
import { inspect } from "node:util";

import { ProblemError, unwrap } from "../src/index.js";
import { ADA, PASSWORD, Server, sessionOf } from "./harness.js";

let server: Server;
before(async () => {
  server = await Server.start();
  await server.verified(ADA);
});
after(() => server.stop());

test("somebody logs in, sees profile and sessions, and logs out", async () => {
  const voxgate = server.client();
  const session = sessionOf(await voxgate.logIn({ email: ADA, password: PASSWORD, device_name: "test" }));
  const profile = await unwrap(voxgate.api.GET("/users/profile"));
  assert.equal(profile.email, ADA);
  assert.deepEqual(profile.roles, ["patient"]);
  const { items } = await unwrap(voxgate.api.GET("/users/sessions"));
  assert.deepEqual(
    items.map(({ id, current, device_name }) => ({ id, current, device_name })),
    [{ id: session.id, current: true, device_name: "test" }],
  );

  await voxgate.logOut();
  assert.equal(voxgate.session, undefined);
  await voxgate.logOut();
  const stolen = server.client({ fetch: (request) => {
    request.headers.set("authorization", `Bearer ${session.accessToken}`);
    return fetch(request);
  } });
  await assert.rejects(unwrap(stolen.api.GET("/users/profile")), (error) => ProblemError.is(error, "unauthenticated"));
});

test("a profile changes only while it is what was read", async () => {
  const voxgate = server.client();
  await voxgate.logIn({ email: ADA, password: PASSWORD });
  const { response } = await voxgate.api.GET("/users/profile");
  const header = { "If-Match": response.headers.get("etag") };
  const body = { last_name: "Lovelace" };
  const changed = await unwrap(voxgate.api.PUT("/users/profile", { body, params: { header } }));
  assert.equal(changed.last_name, "Lovelace");
  const late = unwrap(voxgate.api.PUT("/users/profile", { body, params: { header } }));
  await assert.rejects(late, (error) => ProblemError.is(error, "precondition_failed"));
});

test("a client does not print its tokens", async () => {
  const voxgate = server.client();
  const { accessToken, refreshToken } = sessionOf(await voxgate.logIn({ email: ADA, password: PASSWORD }));
  const printed = inspect(voxgate, { depth: 10, showHidden: true }) + JSON.stringify(voxgate);
  assert.ok(refreshToken !== undefined && !printed.includes(accessToken) && !printed.includes(refreshToken));
});

test("a login with a second factor owes a code", async () => {
  const email = "grace@example.org";
  await server.verified(email);
  const voxgate = server.client();
  await voxgate.logIn({ email, password: PASSWORD });
  const { secret } = await unwrap(voxgate.api.POST("/auth/mfa/totp/enroll"));
  const codes = await unwrap(voxgate.api.POST("/auth/mfa/totp/confirm", { body: { code: await totp(secret) } }));
  await voxgate.logOut();

  const { challenge } = await voxgate.logIn({ email, password: PASSWORD });
  assert.ok(challenge !== undefined && voxgate.session === undefined);
  const wrong = voxgate.verifyCode(challenge, { recovery_code: "7KQ2-M4XD-9VTB-0HRN" });
  await assert.rejects(wrong, (error) => ProblemError.is(error, "invalid_mfa_code"));
  await voxgate.verifyCode(challenge, { recovery_code: codes.recovery_codes[0] ?? "" });
  assert.equal((await unwrap(voxgate.api.GET("/auth/mfa"))).recovery_codes_remaining, 9);
});

/** What an authenticator app shows now (RFC 6238: SHA-1, six digits, 30 seconds). */
async function totp(base32: string): Promise<string> {
  const bits = [...base32].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter));
  const text = bits.map((five) => five.toString(2).padStart(5, "0")).join("");
  const bytes = (text.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  const hmac = { name: "HMAC", hash: "SHA-1" };
  const key = await crypto.subtle.importKey("raw", Uint8Array.from(bytes), hmac, false, ["sign"]);
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(Date.now() / 30_000)));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter));
  const code = (mac.getUint32(mac.getUint8(19) & 0xf) & 0x7fffffff) % 1_000_000;
  return code.toString().padStart(6, "0");
}
