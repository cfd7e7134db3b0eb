import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** The reason why a request is refused. */
export type Refusal = "host" | "origin" | "token";

/**
 * Decides which requests may use the console. A request needs the Host of the console, no foreign
 * Origin, and the cookie that the first load with the one-time token received.
 */
export class Access {
  readonly #hosts: readonly string[];
  /** Cookies do not know ports, so the name has it. */
  readonly #cookie: string;
  readonly #session: string = randomBytes(32).toString("base64url");
  /** `undefined` when it was used. */
  #token: string | undefined = randomBytes(32).toString("base64url");

  constructor(port: number) {
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
    this.#cookie = `aster-console-${port}`;
  }

  get token(): string {
    return this.#token ?? "";
  }

  /** Returns the reason to refuse a request, `undefined` if it comes from the page. */
  refusal(request: IncomingMessage): Refusal | undefined {
    return this.foreign(request) ?? (this.#hasCookie(request) ? undefined : "token");
  }

  /** Returns the reason to refuse a request of another site. */
  foreign({ headers: { host, origin } }: IncomingMessage): Refusal | undefined {
    if (host === undefined || !this.#hosts.includes(host)) return "host";
    return origin === undefined || origin === `http://${host}` ? undefined : "origin";
  }

  /** Uses the one-time token. Returns the value of `Set-Cookie`, `undefined` for a wrong token. */
  redeem(given: string): string | undefined {
    if (this.#token === undefined || !equal(given, this.#token)) return undefined;
    this.#token = undefined;
    return `${this.#cookie}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`;
  }

  #hasCookie({ headers: { cookie = "" } }: IncomingMessage): boolean {
    return cookie.split(/;\s*/).some((pair) => equal(pair, `${this.#cookie}=${this.#session}`));
  }
}

function equal(one: string, other: string): boolean {
  return timingSafeEqual(hash(one), hash(other));
}

const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
