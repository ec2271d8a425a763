/** A running Voxgate, as the tests of the client call it. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { unwrap, Voxgate, type LoggedIn, type Session, type VoxgateOptions } from "../src/index.js";

export const ADA = "ada@example.org";
export const PASSWORD = "xK9#mQ2$vL7pQw";

const WAIT_MS = 30_000;

/** The binary that `VOXGATE_BINARY` names, or the one that cargo built. */
function binary(): string {
  const target = process.env["CARGO_TARGET_DIR"] ?? fileURLToPath(new URL("../../../../target", import.meta.url));
  const binary = process.env["VOXGATE_BINARY"] ?? join(target, "debug/voxgate");
  if (!existsSync(binary)) {
    throw new Error(`there is no ${binary}: \`cargo build -p voxgate\` makes it`);
  }
  return binary;
}

/** A Voxgate on an SQLite file of its own. */
export class Server {
  readonly baseUrl: string;
  readonly #dir: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #process: ChildProcess;

  private constructor(baseUrl: string, dir: string, env: NodeJS.ProcessEnv, process: ChildProcess) {
    this.baseUrl = baseUrl;
    this.#dir = dir;
    this.#env = env;
    this.#process = process;
  }

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const dir = mkdtempSync(join(tmpdir(), "voxgate-"));
    const limits = ["PER_USER", "PER_IP", "LOGIN_PER_IP", "RESET_PER_ACCOUNT", "REGISTER_PER_IP"];
    const env = {
      DATABASE_URL: `sqlite://${join(dir, "voxgate.db")}`,
      BIND_ADDR: "127.0.0.1:0",
      MAIL_DIR: join(dir, "mail"),
      JWT_KEYS_DIR: join(dir, "keys"),
      ...Object.fromEntries(limits.map((limit) => [`RATE_LIMIT_${limit}`, "off"])),
      ...settings,
    };
    const log = join(dir, "log");
    const output = openSync(log, "w");
    const child = spawn(binary(), { cwd: dir, env, stdio: ["ignore", output, output] });
    const said = () => readFileSync(log, "utf8");
    const address = await until(() => {
      if (child.exitCode !== null) {
        throw new Error(`it did not start; it said:\n${said()}`);
      }
      return /listens on {2}(\S+)\n/.exec(said())?.[1];
    });
    return new Server(address, dir, env, child);
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await exited;
    await rm(this.#dir, { recursive: true, force: true });
  }

  client(options: Partial<VoxgateOptions> = {}): Voxgate {
    return new Voxgate({ baseUrl: this.baseUrl, ...options });
  }

  /** The token in the latest mail to `address`, which stands alone on a line. */
  mailedToken(address: string): Promise<string> {
    const folder = join(this.#dir, "mail");
    return until(() => {
      const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".eml")) : [];
      const mails = names.sort().map((name) => readFileSync(join(folder, name), "utf8"));
      const mail = mails.filter((mail) => mail.includes(`To: ${address}\r\n`)).at(-1);
      return mail === undefined ? undefined : /^([A-Za-z0-9_-]{43})\r?$/m.exec(mail)?.[1];
    });
  }

  /** Somebody registers and proves the address. */
  async verified(email: string): Promise<void> {
    const { api } = this.client();
    await unwrap(api.POST("/auth/register", { body: { email, password: PASSWORD, first_name: "Ada" } }));
    const token = await this.mailedToken(email);
    await unwrap(api.POST("/auth/verify-email", { body: { token } }));
  }

  /** The client of an administrator, made at the command line and logged in. */
  async admin(): Promise<Voxgate> {
    const args = ["admin", "create", "--email", "root@example.org", "--password-stdin"];
    const made = spawnSync(binary(), args, { cwd: this.#dir, env: this.#env, input: `${PASSWORD}\n` });
    if (made.status !== 0) {
      throw new Error(made.stderr.toString());
    }
    const client = this.client();
    sessionOf(await client.logIn({ email: "root@example.org", password: PASSWORD }));
    return client;
  }
}

/** The session of a login that owes no code. */
export function sessionOf(login: LoggedIn): Session {
  if (login.session === undefined) {
    throw new Error("a code is owed");
  }
  return login.session;
}

/** Waits until `look` finds something. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`it did not come within ${WAIT_MS} ms`);
    }
    await sleep(20);
  }
}
