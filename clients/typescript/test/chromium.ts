/** Headless Chromium, driven over a pipe by its DevTools protocol. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

import { until } from "./harness.js";

type Message = { id?: number; method?: string; params?: any; result?: any; error?: { message: string } };

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
  "--remote-debugging-pipe",
];

/** A page of a browser of its own. */
export class Chromium {
  /** The addresses that the page asked for. */
  readonly requested: string[] = [];
  /** What went wrong in the page: exceptions, and errors that the browser reports. */
  readonly faults: string[] = [];
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #session: string | undefined;
  #sent = 0;

  private constructor(child: ChildProcess, profile: string) {
    this.#process = child;
    this.#profile = profile;
    let text = "";
    (child.stdio[4] as Readable).setEncoding("utf8").on("data", (chunk: string) => {
      const messages = (text + chunk).split("\0");
      text = messages.pop() ?? "";
      for (const message of messages) {
        this.#receive(JSON.parse(message) as Message);
      }
    });
  }

  static async open(url: string): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), "chromium-"));
    const child = spawn("chromium", [...FLAGS, `--user-data-dir=${profile}`], {
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    const missing = new Promise<never>((_, reject) => {
      child.once("error", () => reject(new Error("chromium is missing: apt-get install chromium")));
    });
    const browser = new Chromium(child, profile);
    const { targetId } = await Promise.race([browser.#send("Target.createTarget", { url: "about:blank" }), missing]);
    const attached = await browser.#send("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = attached.sessionId;
    for (const domain of ["Page", "Runtime", "Network", "Log", "Accessibility"]) {
      await browser.#send(`${domain}.enable`);
    }
    await browser.go(url);
    return browser;
  }

  /** Closes it with all its processes, which write to the profile until they end. */
  async close(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#session = undefined;
    const late = setTimeout(() => this.#process.kill("SIGKILL"), 5_000);
    void this.#send("Browser.close");
    await exited;
    clearTimeout(late);
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  async go(url: string): Promise<void> {
    await this.#send("Page.navigate", { url });
  }

  /** The value of a script. */
  async evaluate(expression: string): Promise<any> {
    const params = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", params);
    if (exceptionDetails !== undefined) {
      throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    }
    return result.value;
  }

  /** Waits until a script gives something true. */
  async shows(expression: string): Promise<void> {
    await until(async () => ((await this.evaluate(expression).catch(() => false)) ? true : undefined));
  }

  /** Role and name of everything in the page, as assistive technology sees it. */
  async accessible(): Promise<{ role: string; name: string }[]> {
    const { nodes } = await this.#send("Accessibility.getFullAXTree");
    return nodes
      .filter((node: any) => !node.ignored)
      .map((node: any) => ({ role: node.role?.value ?? "", name: node.name?.value ?? "" }));
  }

  async #send(method: string, params: object = {}): Promise<any> {
    this.#sent += 1;
    const id = this.#sent;
    const { promise, answer } = pending();
    this.#waiting.set(id, answer);
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    const message = await promise;
    if (message.error !== undefined) {
      throw new Error(`${method}: ${message.error.message}`);
    }
    return message.result;
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
    } else if (message.method === "Network.requestWillBeSent") {
      this.requested.push(message.params.request.url);
    } else if (message.method === "Runtime.exceptionThrown") {
      this.faults.push(message.params.exceptionDetails.exception?.description ?? "an exception");
    } else if (message.method === "Log.entryAdded" && message.params.entry.level === "error") {
      this.faults.push(`${message.params.entry.text} ${message.params.entry.url ?? ""}`);
    }
  }
}

function pending(): { promise: Promise<Message>; answer: (message: Message) => void } {
  let answer: (message: Message) => void = () => {};
  const promise = new Promise<Message>((resolve) => {
    answer = resolve;
  });
  return { promise, answer };
}
