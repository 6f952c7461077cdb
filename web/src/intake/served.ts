// The draft on the server: saved when typing stops, compared when the page is opened, never overwritten behind anybody's back.

import type { Drafting } from "../drafting.ts";
import { DONE, hush, tell } from "../messages.ts";
import { downloadName } from "../out.ts";
import { byId, fill, saveAs } from "../page.ts";
import { isMapping, type Mapping } from "../value.ts";
import { read } from "../yaml/read.ts";
import { Refused, type ServerDraft, Unreached } from "./contract.ts";
import { differing, isReceived } from "./differing.ts";
import type { Kept } from "./kept.ts";
import { Patience } from "./patience.ts";
import { printOfText } from "./print.ts";
import type { Session } from "./session.ts";
import type { Uploads } from "./uploads.ts";
import { stamp } from "./words.ts";

const SAVE_AFTER = 3000;
/** Another tab of this browser, from which the content came, saves it first. */
const AFTER_OTHERS = 8000;
const MOST_WHILE_LEAVING = 60000; // the fetch standard's 64 KiB for what outlives its page
const KEY = "served";

/** The server's draft that the content here goes back to, and what it said. */
interface Base {
  version: number;
  print: string;
  saved: string;
}

const NONE: Base = { version: 0, print: "", saved: "" };

export class Served {
  private readonly session: Session;
  private readonly drafting: Drafting;
  private readonly kept: Kept;
  private readonly uploads: Uploads;
  private readonly patience = new Patience();
  private base: Base = NONE;
  /** The document that is open, `guangzhou/individual-01`; empty while nobody may save it. */
  private key = "";
  /** While it is not known, or the person is asked, which of two is wanted. */
  private held = true;
  private asking = false;
  private forgotten = "";
  private timer = 0;
  private saving: Promise<void> = Promise.resolve();

  constructor(session: Session, drafting: Drafting, kept: Kept, uploads: Uploads) {
    this.session = session;
    this.drafting = drafting;
    this.kept = kept;
    this.uploads = uploads;
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
    });
  }

  private get unit(): string {
    const { unit } = this.drafting;
    return unit && unit.slug === this.session.unit ? unit.slug : "";
  }

  private get address(): string {
    return `drafts/${this.drafting.document}`;
  }

  /** Two contents stand against each other, and the person has not said which is wanted. */
  get undecided(): boolean {
    return this.asking;
  }

  /** Saves at once, so that what somebody else has saved meanwhile is known; without an answer nothing is known. */
  async settle(): Promise<void> {
    if (!this.asking) await this.save();
  }

  /** A document was opened, or its content replaced, or somebody signed in. */
  async opened(): Promise<void> {
    const key = this.unit ? `${this.unit}/${this.drafting.document}` : "";
    if (key === this.key) {
      this.later(AFTER_OTHERS);
      return;
    }
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.patience.rest();
    hush(KEY);
    this.key = key;
    this.held = true;
    this.asking = false;
    this.base = NONE;
    this.show("");
    if (key && key !== this.forgotten) await this.compare(key);
  }

  /** What was taken off this computer is not fetched anew. */
  forget(): void {
    this.forgotten = this.key;
    this.key = "";
  }

  private async compare(key: string): Promise<void> {
    const { document } = this.drafting;
    const base = await this.kept.get<Base>("base", this.unit, document);
    const { signedIn } = this.session;
    if (key !== this.key || !signedIn) return;
    const there = signedIn.drafts[document];
    if (base ? there && base.version === there.version : !there) {
      await this.release(base || NONE);
      if (key !== this.key) return;
      if (!there && this.session.standing(document)) await this.openReceived(key);
      return;
    }
    const draft = await this.fetched(() => this.compare(key));
    if (!draft || key !== this.key) return;
    this.patience.rest();
    const theirs: Base = { version: draft.version, print: printOfText(draft.yaml), saved: draft.saved_at };
    if (theirs.print === this.print) this.release(theirs);
    else if (this.drafting.entry.isEmpty()) {
      this.use(
        draft,
        `已打开服务器上的草稿（${draft.person} ${this.stamp(draft.saved_at)} 保存），可以接着填。`,
      );
    } else this.ask(draft, "服务器上有这份表的另一份草稿", "用服务器上的", "用本机的", "下载服务器上的");
  }

  /** With no draft anywhere one goes on from what was received last, where the service gives it. */
  private async openReceived(key: string): Promise<void> {
    const { drafting, session } = this;
    if (!drafting.entry.isEmpty()) return;
    try {
      const { value } = read(await session.sent(drafting.document), drafting.entry.desk.reading);
      if (key !== this.key || !drafting.entry.isEmpty() || !isMapping(value || undefined)) return;
      drafting.show(value as Mapping);
      tell("已打开上次报送的内容，可以在这上面改。", "good", [], "restored");
      this.base = { ...NONE, print: this.print }; // seen and not changed: no draft
    } catch (_) {
      // One fills in anew, or opens a file.
    }
  }

  private async fetched(again: () => void): Promise<ServerDraft | null> {
    try {
      return await this.session.service.ask<ServerDraft>("GET", this.address);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) this.release(NONE);
      else this.failed(error, again);
      return null;
    }
  }

  private get print(): string {
    return printOfText(this.drafting.yaml);
  }

  private stamp(iso: string): string {
    const { signedIn } = this.session;
    return stamp(iso, signedIn ? signedIn.now : "");
  }

  /** `yaml` was received, and is on the page: it is no draft, and saved nowhere before it is changed. */
  received(yaml: string): void {
    this.base = { ...NONE, print: printOfText(yaml) };
    this.kept.drop("base", this.unit, this.drafting.document);
    this.show("");
    if (this.print !== this.base.print) this.later();
  }

  /** From here on changes are saved on top of `base`. */
  private async release(base: Base): Promise<void> {
    const { key, session, drafting } = this;
    this.held = this.asking = false;
    this.drafting.onUndecided();
    this.know(base);
    if (!base.version) {
      const standing = session.standing(drafting.document);
      const same = standing && (await isReceived(session, drafting, standing));
      if (key !== this.key) return;
      if (same) {
        this.received(drafting.yaml);
        return;
      }
      this.kept.drop("base", this.unit, drafting.document);
    }
    if (base.version ? this.print !== base.print : !this.drafting.entry.isEmpty()) this.later();
  }

  private know(base: Base): void {
    this.base = base;
    if (base.version) {
      this.kept.set("base", this.unit, this.drafting.document, base);
      this.show(`已存到服务器 ${this.stamp(base.saved)}`);
    }
  }

  private use(draft: ServerDraft, words: string): void {
    const { value } = read(draft.yaml, this.drafting.entry.desk.reading);
    if (!value || !isMapping(value)) {
      this.show("服务器上的草稿读不出来");
      return;
    }
    const files = this.drafting.entry.files;
    this.held = this.asking = false;
    this.drafting.onUndecided();
    this.know({ version: draft.version, print: printOfText(draft.yaml), saved: draft.saved_at });
    this.drafting.replace(value as Mapping, files, words);
    this.uploads.fetch(draft.files);
  }

  /** Which of two contents? Neither is lost: the other one can be downloaded, or had back. */
  private ask(draft: ServerDraft, what: string, theirs: string, mine: string, download: string): void {
    this.held = this.asking = true;
    this.drafting.onUndecided();
    this.show("暂停存到服务器");
    hush(); // an 撤销 there is of what stood before
    hush("restored");
    const changes = differing(this.drafting, draft.yaml);
    const words = `${what}（${draft.person} ${this.stamp(draft.saved_at)} 保存），与本页的内容不同${changes.replace("改了", "，相差")}。用哪一份？`;
    const save = () => {
      const name = downloadName(`${this.unit}-服务器草稿`, this.drafting.path);
      saveAs(new Blob([draft.yaml], { type: "application/yaml" }), name);
    };
    const choices = [
      { words: theirs, press: () => this.use(draft, "已换成服务器上的草稿。") },
      {
        words: mine,
        press: () => {
          this.held = this.asking = false;
          this.drafting.onUndecided();
          this.base = { version: draft.version, print: "", saved: draft.saved_at };
          this.later(0);
          tell(
            "继续用本页的内容。另一份可以下载留存。",
            "info",
            [{ words: download, press: save }, DONE],
            KEY,
          );
        },
      },
    ];
    tell(words, "bad", choices, KEY);
  }

  /** Something was typed. */
  changed(): void {
    if (this.key && this.key === this.forgotten && !this.drafting.entry.isEmpty()) {
      this.forgotten = ""; // a new beginning
      this.compare(this.key);
    }
    this.later();
  }

  private later(after = SAVE_AFTER): void {
    if (this.held || !this.key) return;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.save(), after);
  }

  /** Saves what is not saved yet. */
  save(keepalive = false): Promise<void> {
    window.clearTimeout(this.timer);
    this.timer = 0;
    // A page that is being left has no time to wait for what is under way.
    this.saving = keepalive ? this.put(true) : this.saving.then(() => this.put(false));
    return this.saving;
  }

  private leave(): void {
    if (this.timer && this.drafting.yaml.length * 3 < MOST_WHILE_LEAVING) this.save(true);
  }

  private async put(keepalive: boolean): Promise<void> {
    const { key, drafting } = this;
    if (this.held || !key) return;
    const { yaml, document } = drafting;
    const print = printOfText(yaml);
    const shared = keepalive ? null : await this.kept.get<Base>("base", this.unit, document);
    if (key !== this.key) return;
    if (shared && shared.version > this.base.version) this.base = shared; // another tab saved
    if (print === this.base.print) {
      this.know(this.base);
      return;
    }
    try {
      const body = { yaml, version: this.base.version };
      const { service } = this.session;
      const saved = await service.ask<{ version: number; saved_at: string }>("PUT", `drafts/${document}`, {
        body,
        keepalive,
      });
      if (key !== this.key) return;
      this.patience.rest();
      this.know({ version: saved.version, print, saved: saved.saved_at });
      if (this.print !== print) this.later();
    } catch (error) {
      if (key !== this.key) return;
      if (error instanceof Refused && error.status === 409) await this.clash(key);
      else this.failed(error, () => this.save());
    }
  }

  /** Somebody saved in between. */
  private async clash(key: string): Promise<void> {
    const draft = await this.fetched(() => this.clash(key));
    if (!draft || key !== this.key) return;
    const print = printOfText(draft.yaml);
    if (print === this.print) this.release({ version: draft.version, print, saved: draft.saved_at });
    else this.ask(draft, "这份表刚有人改过并存到服务器", "用对方的", "用我的", "下载对方的");
  }

  private failed(error: unknown, again: () => void): void {
    const words = (error as Error).message;
    if (error instanceof Unreached) {
      this.patience.again(again, error.wait);
      this.show(`只存在本机：${words}，会自动重试`);
    } else if (error instanceof Refused && error.status === 401) {
      this.show("只存在本机：登录已过期");
      this.key = ""; // looked at anew when somebody signs in
      this.session.expired();
    } else this.show(`只存在本机：${words}`);
  }

  private show(words: string): void {
    const line = byId("served");
    if (line && line.textContent !== words) fill(line, words);
  }
}
