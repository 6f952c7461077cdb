// Photos and materials on their way to the service: in the background, piece by piece, taken up again where they broke off.

import type { Drafting } from "../drafting.ts";
import { Refused, Unreached, type Uploaded } from "./contract.ts";
import type { Kept } from "./kept.ts";
import { Patience } from "./patience.ts";
import { printOfFile } from "./print.ts";
import type { Session } from "./session.ts";

const CHUNK = 262144;
const LEAST = 16384;
const SILENCE = 60000;

export interface Upload {
  path: string;
  print: string;
  size: number;
  /** Empty before the service knows of it. */
  id: string;
  offset: number;
  state: "sending" | "ready" | "failed";
  /** The receipt it was submitted with: what the version before had is carried over. */
  receipt: string;
  /** What stands in its way. */
  words: string;
}

export class Uploads {
  /** Of the open document, by path. */
  all: Record<string, Upload> = {};
  /** Called when one of them got on; with `refused` the file is none that can be taken. */
  onProgress: (upload: Upload, refused: string) => void = () => {};
  /** What is sent, or was, by path: another file may be chosen under the same name. */
  private files: Record<string, Blob> = {};
  private readonly session: Session;
  private readonly drafting: Drafting;
  private readonly kept: Kept;
  private readonly patience = new Patience();
  private key = "";
  private running = false;
  private current: { path: string; stop: AbortController } | null = null;
  private chunk = CHUNK;
  /** On the server with its draft, and not on this computer. */
  private there: Record<string, string> = {};
  /** Looked up this visit; what was ready long ago may have been cleared away since. */
  private known = new Set<string>();

  constructor(session: Session, drafting: Drafting, kept: Kept) {
    this.session = session;
    this.drafting = drafting;
    this.kept = kept;
  }

  private get unit(): string {
    const { unit } = this.drafting;
    return unit && unit.slug === this.session.unit ? unit.slug : "";
  }

  /** Another document, or somebody signed in: what it has is sent. */
  async opened(): Promise<void> {
    const key = this.unit ? `${this.unit}/${this.drafting.document}` : "";
    if (key !== this.key) {
      this.key = key;
      this.all = {};
      this.there = {};
      if (this.current) this.current.stop.abort();
      this.patience.rest();
    }
    await this.tend();
  }

  /** Starts what has to be sent, forgets what the document does not name any more. */
  async tend(): Promise<void> {
    const { key, unit } = this;
    const { document, entry } = this.drafting;
    if (!key || !unit) return;
    const files = entry.usedFiles();
    for (const path of Object.keys(this.all)) {
      if (files[path] !== this.files[path]) this.stop(path); // before anything more is heard of it
    }
    for (const path of Object.keys(files)) {
      const file = files[path]!;
      const print = await printOfFile(file);
      let upload = this.all[path] || (await this.kept.get<Upload>("upload", unit, document, path));
      if (key !== this.key) return;
      if (entry.files[path] !== file) continue; // another one was chosen, or put back, meanwhile
      if (!upload || upload.print !== print) {
        this.stop(path);
        upload = {
          path,
          print,
          size: file.size,
          id: "",
          offset: 0,
          state: "sending",
          receipt: "",
          words: "",
        };
      }
      if (this.all[path]) continue;
      this.all[path] = upload;
      this.files[path] = file;
      this.onProgress(upload, "");
    }
    if (!this.patience.waits) this.run(); // not sooner than it is due because somebody types
  }

  /** The person wants it no more: it is sent no further, and the service need not keep what it has of it. */
  cancel(path: string): void {
    const upload = this.all[path];
    this.stop(path);
    if (!upload || upload.receipt) return;
    this.kept.drop("upload", this.unit, this.drafting.document, path);
    if (upload.id) this.session.service.ask("DELETE", `files/${upload.id}`).catch(() => {}); // or it is tidied away
  }

  /** Sends no more of it. */
  private stop(path: string): void {
    delete this.all[path];
    if (this.current && this.current.path === path) this.current.stop.abort();
  }

  /** Those the document names, in the order of their paths. */
  get used(): Upload[] {
    const files = this.drafting.entry.usedFiles();
    return Object.keys(files)
      .filter((path) => this.all[path])
      .sort()
      .map((path) => this.all[path]!);
  }

  get waiting(): Upload[] {
    return this.used.filter((upload) => upload.state === "sending");
  }

  get failed(): Upload[] {
    return this.used.filter((upload) => upload.state === "failed");
  }

  /** What a submission names: the ready ones that no receipt has yet. */
  get ids(): Record<string, string> {
    const found: Record<string, string> = {};
    const { yaml } = this.drafting;
    for (const path of Object.keys(this.there)) if (yaml.indexOf(path) >= 0) found[path] = this.there[path]!;
    for (const upload of this.used) {
      delete found[upload.path];
      if (upload.state === "ready" && !upload.receipt) found[upload.path] = upload.id;
    }
    return found;
  }

  /** How much of what has to be sent is there, from 0 to 1. */
  get share(): number {
    const total = this.used.reduce((sum, upload) => sum + upload.size, 0);
    const sent = this.used.reduce((sum, upload) => sum + upload.offset, 0);
    return total ? sent / total : 1;
  }

  /** These were submitted; they need not be named again. */
  submitted(paths: readonly string[], receipt: string): void {
    for (const path of paths) {
      const upload = this.all[path];
      if (!upload) continue;
      upload.receipt = receipt;
      this.remember(upload);
    }
  }

  retry(): void {
    for (const upload of this.failed) {
      upload.state = "sending";
      upload.words = "";
    }
    this.patience.now();
    this.run();
  }

  /** Whether those of former visits are still there; what is gone is sent anew. */
  async verify(): Promise<void> {
    for (const upload of this.used) {
      if (upload.state !== "ready" || upload.receipt || this.known.has(upload.id)) continue;
      try {
        const there = await this.session.service.ask<Uploaded>("GET", `files/${upload.id}`);
        if (there.state !== "refused") this.known.add(upload.id);
        else this.again(upload);
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 404) throw error;
        this.again(upload);
      }
    }
    if (!this.patience.waits) this.run();
  }

  private again(upload: Upload): void {
    upload.id = "";
    upload.offset = 0;
    upload.state = "sending";
  }

  private async run(): Promise<void> {
    if (this.running || !this.unit) return;
    this.running = true;
    let [next] = this.waiting;
    try {
      while (next && (await this.send(next))) [next] = this.waiting;
    } finally {
      this.running = false;
    }
  }

  /** Whether the next one may be sent. */
  private async send(upload: Upload): Promise<boolean> {
    const file = this.drafting.entry.files[upload.path];
    if (!file) return false;
    const stop = new AbortController();
    this.current = { path: upload.path, stop };
    try {
      await this.pieces(upload, file, stop.signal);
      this.patience.rest();
      return true;
    } catch (error) {
      if (stop.signal.aborted || this.all[upload.path] !== upload) return true; // nobody wants it any more
      return this.trouble(upload, error);
    } finally {
      this.current = null;
    }
  }

  private trouble(upload: Upload, error: unknown): boolean {
    if (error instanceof Unreached) {
      this.chunk = Math.max(LEAST, Math.floor(this.chunk / 2)); // a poor line gets through with less at a time
      this.patience.again(() => this.run(), error.wait);
      this.tell(upload, `${error.message}，会自动接着传`);
      return false;
    }
    const refused = error instanceof Refused ? error : new Refused(0, "这个文件读不出来，请重新选择。");
    if (refused.status === 401) {
      this.tell(upload, "登录已过期，登录后接着传");
      this.session.expired();
      return false;
    }
    upload.state = "failed";
    if (refused.status === 422 || refused.status === 0) {
      this.stop(upload.path);
      this.kept.drop("upload", this.unit, this.drafting.document, upload.path);
      this.onProgress(upload, refused.message);
    } else this.tell(upload, refused.message);
    return true;
  }

  private async pieces(upload: Upload, file: Blob, signal: AbortSignal): Promise<void> {
    const { service } = this.session;
    if (upload.id) await this.find(upload, signal);
    if (!upload.id) {
      const body = { path: upload.path, size: upload.size };
      const made = await service.ask<Uploaded>("POST", "files", { body, signal });
      upload.id = made.id;
      upload.offset = made.offset;
      this.chunk = Math.min(this.chunk, made.chunk || CHUNK);
      this.remember(upload);
    }
    while ((upload.state as string) !== "ready") {
      this.tell(upload, "");
      const body = file.slice(upload.offset, upload.offset + this.chunk);
      const headers = { "Upload-Offset": String(upload.offset) };
      const before = upload.offset;
      const there = await this.piece(upload, { body, headers, signal, silence: SILENCE });
      this.take(upload, there);
      if (upload.offset <= before && upload.state === "sending") throw new Unreached("服务暂时没有正常应答");
      this.remember(upload);
    }
    this.known.add(upload.id);
    this.tell(upload, "");
  }

  private async piece(upload: Upload, asking: object): Promise<Uploaded> {
    try {
      return await this.session.service.ask<Uploaded>("PATCH", `files/${upload.id}`, asking);
    } catch (error) {
      if (!(error instanceof Refused) || typeof error.more.offset !== "number") throw error;
      const there = await this.session.service.ask<Uploaded>("GET", `files/${upload.id}`);
      if (there.offset === upload.offset && there.state !== "ready") throw new Unreached(error.message);
      return there;
    }
  }

  /** After a broken line: how much is there? */
  private async find(upload: Upload, signal: AbortSignal): Promise<void> {
    try {
      this.take(upload, await this.session.service.ask<Uploaded>("GET", `files/${upload.id}`, { signal }));
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      this.again(upload);
    }
  }

  private take(upload: Upload, there: Uploaded): void {
    upload.offset = there.offset;
    if (there.state === "refused") throw new Refused(422, there.message || "这个文件没有收下，请换一个。");
    if (there.state !== "ready") return;
    upload.state = "ready";
    if (this.all[upload.path] === upload) delete this.drafting.entry.instead[upload.path]; // proved good
  }

  private tell(upload: Upload, words: string): void {
    upload.words = words;
    if (this.all[upload.path] === upload) this.onProgress(upload, "");
  }

  private remember(upload: Upload): void {
    this.kept.set("upload", this.unit, this.drafting.document, { ...upload, words: "" }, upload.path);
  }

  /** Brings the files of a draft that was opened here, for the form to show them; they are on the server already. */
  async fetch(there: Record<string, { id: string; size: number }>): Promise<void> {
    const { key, unit } = this;
    const { entry, document } = this.drafting;
    for (const path of Object.keys(there)) {
      const { id } = there[path]!;
      this.there[path] = id;
      try {
        const file = await this.session.service.bytes(`files/${id}/content`);
        if (key !== this.key) return;
        const upload: Upload = {
          path,
          print: await printOfFile(file),
          size: file.size,
          id,
          offset: file.size,
          state: "ready",
          receipt: "",
          words: "",
        };
        await this.kept.set("upload", unit, document, upload, path);
        if (key !== this.key) return;
        this.all[path] = upload;
        this.files[path] = file;
        delete this.there[path];
        entry.files = { ...entry.files, [path]: file };
        this.onProgress(upload, "");
        this.drafting.onOpen();
        entry.changed();
      } catch (_) {
        // It is submitted all the same; only this page cannot show it.
      }
    }
  }
}
