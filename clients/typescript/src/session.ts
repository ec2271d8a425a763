import { isProblem, ProblemError, UnexpectedAnswerError } from "./problem.js";
import type { TokenPair } from "./schema.js";

/** The tokens of a session. Where the refresh token is in a cookie, no script sees it. */
export interface Session {
  readonly id: string;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** From when on the access token is not sent any more, in milliseconds as `Date.now()` counts them. */
  readonly staleAt: number;
}

/** How a session reaches the service. */
export interface Access {
  readonly baseUrl: string;
  readonly delivery: "body" | "cookie";
  readonly fetch: (request: Request) => Promise<Response>;
  /** The value of the readable cookie, which proves that a script of an allowed origin calls. */
  readonly csrfToken: () => string | undefined;
  readonly onSession: (session: Session | undefined) => void;
}

/** How long before its end an access token is renewed already, so that it does not expire on its way. */
const AHEAD_MS = 10_000;

/** Keeps the tokens, sends them, and renews them: once, however many calls wait for that. */
export class SessionKeeper {
  readonly #access: Access;
  #session: Session | undefined;
  #renewal: Promise<Session> | undefined;

  constructor(access: Access) {
    this.#access = access;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** Takes the tokens of a login or a renewal over. */
  begin(pair: TokenPair): Session {
    const session = {
      id: pair.session_id,
      accessToken: pair.access_token,
      refreshToken: pair.refresh_token,
      staleAt: Date.now() + pair.expires_in * 1_000 - AHEAD_MS,
    };
    this.#set(session);
    return session;
  }

  /** Forgets the tokens. */
  end(): void {
    if (this.#session !== undefined) {
      this.#set(undefined);
    }
  }

  /** Waits for a renewal that is under way, so that it does not bring back what is to be replaced. */
  async settled(): Promise<void> {
    await this.#renewal?.catch(() => undefined);
  }

  /** Sends `request` with the access token, and once more with a new one when that has expired on its way. */
  async fetch(request: Request): Promise<Response> {
    let session = this.#session;
    if (session === undefined) {
      return this.#access.fetch(request);
    }
    if (Date.now() >= session.staleAt) {
      session = (await this.#renewedAfter(session)) ?? session;
    }
    const spare = request.clone();
    const response = await this.#access.fetch(withToken(request, session));
    if (response.status !== 401 || !(await isUnauthenticated(response))) {
      return response;
    }
    const renewed = await this.#renewedAfter(session);
    return renewed === undefined ? response : this.#access.fetch(withToken(spare, renewed));
  }

  /** Renews the session now: with `refreshToken`, with the one at hand, or with the cookie. */
  renew(refreshToken?: string): Promise<Session> {
    this.#renewal ??= this.#refresh(refreshToken).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  /** The session that came after `spent`; none when it is over. */
  async #renewedAfter(spent: Session): Promise<Session | undefined> {
    if (this.#session !== spent) {
      return this.#session;
    }
    try {
      return await this.renew();
    } catch (error) {
      if (this.#session === undefined) {
        return undefined;
      }
      throw error;
    }
  }

  async #refresh(refreshToken: string | undefined): Promise<Session> {
    const { baseUrl, delivery, csrfToken, fetch } = this.#access;
    const token = refreshToken ?? this.#session?.refreshToken;
    const headers = new Headers();
    const init: RequestInit = { method: "POST", headers, credentials: delivery === "cookie" ? "include" : "omit" };
    if (token !== undefined) {
      headers.set("content-type", "application/json");
      init.body = JSON.stringify({ refresh_token: token });
    } else {
      headers.set("x-csrf-token", csrfToken() ?? "");
    }
    const response = await fetch(new Request(`${baseUrl}/auth/refresh`, init));
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) {
      return this.begin(body as TokenPair);
    }
    // A refusal is for good, unless it says that it is not: too many requests, or not available.
    if (response.status < 429) {
      this.end();
    }
    throw isProblem(body) ? new ProblemError(body, response) : new UnexpectedAnswerError(response);
  }

  #set(session: Session | undefined): void {
    this.#session = session;
    this.#access.onSession(session);
  }
}

function withToken(request: Request, session: Session): Request {
  request.headers.set("authorization", `Bearer ${session.accessToken}`);
  return request;
}

/** Whether the access token is what was refused: a wrong password is 401 too. The response stays readable. */
async function isUnauthenticated(response: Response): Promise<boolean> {
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return isProblem(body) && body.code === "unauthenticated";
}
