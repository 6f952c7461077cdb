// The service's interface: one request, one answer, and every way in which there is none.

import { isMapping, type Mapping, type Value } from "../value.ts";
import { Refused, type State, Unreached } from "./contract.ts";

const SILENCE = 30000;
/** Trouble of the service or of what stands before it, which passes. */
const PASSING = [429, 500, 502, 503, 504];

export interface Asking {
  /** Sent as JSON; a `Blob` as it is. */
  body?: unknown;
  headers?: Record<string, string>;
  /** Milliseconds without an answer after which it is given up. */
  silence?: number;
  /** The page may be closed meanwhile. */
  keepalive?: boolean;
  signal?: AbortSignal;
}

export class Service {
  private csrf = "";
  private readonly base: string;

  /** `base`: the service's address from the page, with a slash at the end. */
  constructor(base: string) {
    this.base = base;
  }

  /** Who is signed in, and what is known of the unit. */
  async state(): Promise<State> {
    const state = await this.ask<State>("GET", "state", { silence: 15000 });
    if (typeof state.signed_in !== "boolean") throw new Unreached("服务暂时没有正常应答");
    if (state.signed_in) this.csrf = state.csrf;
    return state;
  }

  /** The answer; rejects with `Refused`, or with `Unreached` when nobody knows whether it arrived. */
  async ask<T>(method: string, path: string, asking: Asking = {}): Promise<T> {
    const used = this.csrf;
    try {
      return await this.once<T>(method, path, asking);
    } catch (error) {
      // A page that is too old has an old key: with a new one the same is asked once more.
      if (!(error instanceof Refused) || error.status !== 403 || method === "GET") throw error;
      await this.state();
      if (this.csrf === used) throw error;
      return this.once<T>(method, path, asking);
    }
  }

  private async once<T>(method: string, path: string, asking: Asking): Promise<T> {
    const answer = await this.sent(method, path, asking, (response) => response.text());
    const { status, content } = answer;
    const value = parsed(content);
    if (status < 300 && isMapping(value)) return value as unknown as T;
    const message = isMapping(value) && typeof value.message === "string" ? value.message : "";
    const wait = Number(answer.headers.get("Retry-After")) || 0;
    if (PASSING.indexOf(status) >= 0) throw new Unreached(message || "服务暂时没有正常应答", wait);
    if (status < 400 || !isMapping(value)) throw new Unreached("应答的不是报送服务，请检查网络");
    throw new Refused(status, message || `没有办成（${status}），请过一会儿再试。`, value as Mapping);
  }

  /** The bytes of a file that the service keeps. */
  async bytes(path: string): Promise<Blob> {
    const { status, content } = await this.sent("GET", path, {}, (response) => response.blob());
    if (status >= 300) throw new Refused(status, "没有取到文件。");
    return content;
  }

  /** `read` is given up, too, when the line falls silent in the middle of the answer. */
  private async sent<C>(
    method: string,
    path: string,
    asking: Asking,
    read: (response: Response) => Promise<C>,
  ): Promise<{ status: number; headers: Headers; content: C }> {
    const stop = new AbortController();
    const given = () => stop.abort();
    let silent = false;
    const timer = window.setTimeout(() => {
      silent = true;
      given();
    }, asking.silence || SILENCE);
    if (asking.signal) asking.signal.addEventListener("abort", given);
    const { body } = asking;
    const raw = body instanceof Blob;
    const headers: Record<string, string> = { ...(asking.headers || {}) };
    if (body !== undefined) headers["Content-Type"] = raw ? "application/octet-stream" : "application/json";
    if (method !== "GET") headers["X-CSRFToken"] = this.csrf;
    try {
      const response = await fetch(this.base + path, {
        method,
        headers,
        cache: "no-store",
        signal: stop.signal,
        keepalive: !!asking.keepalive,
        ...(body === undefined ? {} : { body: raw ? (body as Blob) : JSON.stringify(body) }),
      });
      return { status: response.status, headers: response.headers, content: await read(response) };
    } catch (_) {
      throw new Unreached(silent ? "很久没有回音" : "网络不通");
    } finally {
      window.clearTimeout(timer);
      if (asking.signal) asking.signal.removeEventListener("abort", given);
    }
  }
}

function parsed(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (_) {
    return null;
  }
}
