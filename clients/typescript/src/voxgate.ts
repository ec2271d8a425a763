import createClient, { type Client } from "openapi-fetch";

import { ProblemError, unwrap } from "./problem.js";
import type { Login, MfaChallenge, MfaVerification, paths, TokenPair } from "./schema.js";
import { SessionKeeper, type Session } from "./session.js";

/** How to reach a Voxgate. */
export interface VoxgateOptions {
  /** Its address, such as `https://auth.example.org`. */
  baseUrl: string;
  /**
   * Where the refresh token goes: into the `body`, for whoever can keep a secret, or into a `cookie` that no script reads,
   * for pages on the host of the service. `body` when not given.
   */
  delivery?: "body" | "cookie";
  /** Told of every new session and renewal, and with `undefined` of the end: keep `session.refreshToken` for `resume`. */
  onSession?: (session: Session | undefined) => void;
  /** What sends requests; `fetch` when not given. */
  fetch?: (request: Request) => Promise<Response>;
  /** The value of the cookie `__Host-voxgate_csrf`; read from `document.cookie` when not given. */
  csrfToken?: () => string | undefined;
}

/** What a right password comes to: a session, or a challenge for `verifyCode`. */
export type LoggedIn = { session: Session; challenge?: never } | { session?: never; challenge: MfaChallenge };

/** A client with at most one session, whose access token it sends and renews. Tokens are in no property that prints. */
export class Voxgate {
  /** Every operation, typed: `voxgate.api.GET("/users/profile")`. Put `unwrap(…)` around a call to throw refusals. */
  readonly api: Client<paths>;
  readonly #delivery: "body" | "cookie";
  readonly #csrfToken: () => string | undefined;
  readonly #keeper: SessionKeeper;

  constructor(options: VoxgateOptions) {
    const baseUrl = options.baseUrl.replace(/\/+$/, "");
    this.#delivery = options.delivery ?? "body";
    this.#csrfToken = options.csrfToken ?? csrfCookie;
    this.#keeper = new SessionKeeper({
      baseUrl,
      delivery: this.#delivery,
      fetch: options.fetch ?? ((request) => fetch(request)),
      csrfToken: this.#csrfToken,
      onSession: options.onSession ?? (() => {}),
    });
    this.api = createClient<paths>({
      baseUrl,
      credentials: this.#delivery === "cookie" ? "include" : "omit",
      fetch: (request) => this.#keeper.fetch(request),
    });
  }

  /** The session, when there is one. */
  get session(): Session | undefined {
    return this.#keeper.session;
  }

  /** Logs in. Where the account has a second factor, a code is owed: see `verifyCode`. */
  async logIn(login: Omit<Login, "token_delivery">): Promise<LoggedIn> {
    await this.#keeper.settled();
    this.#keeper.end();
    const body = { ...login, token_delivery: this.#delivery };
    const answer = await unwrap(this.api.POST("/auth/login", { body }));
    return "mfa_required" in answer ? { challenge: answer } : { session: this.#keeper.begin(answer) };
  }

  /** Begins the session of a login that owed a code, with the code of the app or a recovery code. */
  async verifyCode(challenge: MfaChallenge, proof: Omit<MfaVerification, "mfa_token">): Promise<Session> {
    const body = { ...proof, mfa_token: challenge.mfa_token };
    const pair: TokenPair = await unwrap(this.api.POST("/auth/mfa/verify", { body }));
    return this.#keeper.begin(pair);
  }

  /**
   * Goes on with a session: with a refresh token that was kept, which is spent by that, or with the cookie.
   * Undefined when there is no cookie; throws a `ProblemError` when the session is over.
   */
  async resume(refreshToken?: string): Promise<Session | undefined> {
    if (refreshToken === undefined && (this.#delivery !== "cookie" || this.#csrfToken() === undefined)) {
      return undefined;
    }
    return this.#keeper.renew(refreshToken);
  }

  /** Ends the session on the service and forgets it here. Nothing happens when there is none. */
  async logOut(): Promise<void> {
    await this.#keeper.settled();
    const csrf = this.#delivery === "cookie" ? this.#csrfToken() : undefined;
    if (this.session === undefined && csrf === undefined) {
      return;
    }
    const params = csrf === undefined ? {} : { header: { "X-CSRF-Token": csrf } };
    await unwrap(this.api.POST("/auth/logout", { params })).catch((error: unknown) => {
      // It was over already, which is what was wanted.
      if (!(ProblemError.is(error) && error.status === 401)) {
        throw error;
      }
    });
    this.#keeper.end();
  }
}

/** The cookie that pages of the service's own host can read. */
function csrfCookie(): string | undefined {
  const cookies = globalThis.document?.cookie ?? "";
  const prefix = "__Host-voxgate_csrf=";
  return cookies
    .split("; ")
    .find((cookie) => cookie.startsWith(prefix))
    ?.slice(prefix.length);
}
