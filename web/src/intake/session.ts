// Who is signed in, what the service knows of the unit, and what time it is there.

import type { Desk } from "../desk.ts";
import { el } from "../page.ts";
import { type Receipt, type SignedIn, type Standing, type State, Unreached } from "./contract.ts";
import { Patience } from "./patience.ts";
import { Service } from "./service.ts";

const STALE = 60000;
const SIGN_IN = "/my/sign-in/";

export class Session {
  readonly desk: Desk;
  readonly service: Service;
  state: State | null = null;
  /** Why nothing is known at the moment; empty when the service answered. */
  trouble = "";
  private readonly hearing: (() => void)[] = [];
  private readonly patience = new Patience();
  private asked = 0;
  private told = { now: 0, at: 0 };
  private loading: Promise<void> | null = null;
  private last = { key: "", text: Promise.resolve("") };

  constructor(desk: Desk) {
    this.desk = desk;
    this.service = new Service(desk.root + desk.intake!);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      if (!this.signedIn || performance.now() - this.asked > STALE) this.load();
    });
    window.addEventListener("focus", () => {
      if (this.state && !this.signedIn) this.load(); // signed in meanwhile, in another tab
    });
    window.setInterval(() => this.tick(), 1000);
  }

  onChange(hear: () => void): void {
    this.hearing.push(hear);
  }

  get signedIn(): SignedIn | null {
    return this.state && this.state.signed_in ? this.state : null;
  }

  /** The unit that may submit from here; empty when nobody is signed in for one. */
  get unit(): string {
    return this.signedIn ? this.signedIn.unit : "";
  }

  standing(document: string): Standing | null {
    const { signedIn } = this;
    return (signedIn && signedIn.documents[document]) || null;
  }

  /** The text of a document that was sent last, asked for once; rejects where the service does not give it. */
  sent(document: string): Promise<string> {
    const { at, digest } = this.standing(document) || { at: "", digest: "" };
    const key = [document, at, digest].join();
    if (key !== this.last.key) {
      const text = this.service.ask<{ yaml: string }>("GET", `documents/${document}`, { silence: 5000 });
      this.last = { key, text: text.then(({ yaml }) => yaml) };
      this.last.text.catch((error) => {
        if (error instanceof Unreached && key === this.last.key) this.last.key = "";
      });
    }
    return this.last.text;
  }

  /** Asks anew; without an answer again and again, with growing waits. Two that ask at once get one answer. */
  load(): Promise<void> {
    if (!this.loading) {
      this.loading = this.ask().then(() => {
        this.loading = null;
        for (const hear of this.hearing) hear();
      });
    }
    return this.loading;
  }

  private async ask(): Promise<void> {
    try {
      this.take(await this.service.state());
      this.trouble = "";
      this.patience.rest();
    } catch (error) {
      this.trouble = (error as Error).message;
      this.patience.again(() => this.load(), error instanceof Unreached ? error.wait : 60);
    }
  }

  private take(state: State): void {
    this.state = state;
    this.asked = performance.now();
    if (state.signed_in) {
      this.told = { now: Date.parse(state.now), at: performance.now() };
      for (const name of Object.keys(state.documents))
        this.count(name, state.documents[name]!.stage !== "withdrawn");
    }
    this.tick();
  }

  /** Whether a document of the unit counts as sent is newer here than where the page was built. */
  private count(document: string, sent: boolean): void {
    for (const unit of this.desk.units) {
      if (unit.slug !== this.unit) continue;
      const at = unit.sent.indexOf(document);
      if (sent && at < 0) unit.sent.push(document);
      if (!sent && at >= 0) unit.sent.splice(at, 1);
    }
  }

  /** The service said that nobody is signed in any more. */
  expired(): void {
    this.state = {
      signed_in: false,
      sign_in: (this.state && !this.state.signed_in && this.state.sign_in) || SIGN_IN,
    };
    for (const hear of this.hearing) hear();
  }

  /** A receipt came: it stands, without asking anew. */
  received(document: string, receipt: Receipt): void {
    if (!this.signedIn) return;
    const { number, at, digest, url } = receipt;
    this.signedIn.documents[document] = {
      number,
      at,
      digest,
      url,
      stage: "received",
      reason: "",
      until: null,
    };
    this.count(document, true);
    delete this.signedIn.drafts[document]; // the service keeps no draft of what was submitted
    for (const hear of this.hearing) hear();
  }

  /** The moment it is by the service's clock, `null` before it told. */
  get now(): Date | null {
    const { now, at } = this.told;
    return now ? new Date(now + performance.now() - at) : null;
  }

  /** What the page says of deadlines goes by the service's clock. */
  private tick(): void {
    const { now } = this;
    if (now) this.desk.now = now.toISOString();
  }

  /** Leads to signing in, and from there back to this page. `leaving`: called before, may take a moment. */
  signInLink(words: string, leaving: () => Promise<void> = async () => {}): HTMLAnchorElement {
    const known = this.state && !this.state.signed_in && this.state.sign_in;
    const link = el("a", { href: known || SIGN_IN }, words);
    link.addEventListener("click", async (event) => {
      // The address of this page is known only now: the person may have chosen another document.
      const back = `${(known || SIGN_IN) as string}?next=${encodeURIComponent(location.pathname + location.search)}`;
      link.href = back;
      if (event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
      event.preventDefault();
      await leaving();
      location.assign(back);
    });
    return link;
  }
}
