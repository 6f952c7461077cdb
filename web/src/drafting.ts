// Which document is open, and its draft: loaded, saved with each change, never overwritten behind anybody's back.

import { documentOf, type ItemLink, pathOf, titleOf, type Unit } from "./desk.ts";
import type { Entry } from "./entry.ts";
import { DONE, hush, showSaved, tell } from "./messages.ts";
import { yamlOf } from "./out.ts";
import { Conflict, type Draft, type Store } from "./store.ts";
import { isMapping, type Mapping } from "./value.ts";
import { remember } from "./who.ts";
import { read } from "./yaml/read.ts";

const SAVE_AFTER = 400;
const LOST = "浏览器没有保存这份表，换走以后现在填写的内容会丢失。确定要换吗？";

export class Drafting {
  readonly entry: Entry;
  readonly store: Store;
  number: number;
  /** Called when another document was opened. */
  onOpen: () => void = () => {};
  /** Called when two contents stand against each other, and when one was chosen. */
  onUndecided: () => void = () => {};
  private revision = 0;
  private timer = 0;
  /** While another tab's version stands against this one. */
  private stopped = false;
  private failed = false;
  private turn = 0;
  private saving: Promise<void> = Promise.resolve();

  constructor(entry: Entry, store: Store) {
    this.entry = entry;
    this.store = store;
    this.number = entry.desk.item!.file.indexOf("{nn}") < 0 ? 0 : 1;
    entry.onChange = () => this.later();
    store.onOthers((unit, document) => this.heard(unit, document));
    window.addEventListener("pagehide", () => this.leave());
    window.addEventListener("beforeunload", (event) => {
      if (this.atRisk) {
        event.preventDefault();
        event.returnValue = "";
      }
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave();
    });
  }

  /** Whether what stands in the form is nowhere else. */
  private get atRisk(): boolean {
    return (!this.unit || this.failed || this.stopped) && !this.entry.isEmpty();
  }

  /** Another tab's content stands against this one, and the person has not said which is wanted. */
  get undecided(): boolean {
    return this.stopped;
  }

  get unit(): Unit | null {
    return this.entry.unit;
  }

  get document(): string {
    return documentOf(this.entry.desk.item!.file, this.number);
  }

  /** `nominations/individual-01.yml` */
  get path(): string {
    return pathOf(this.entry.desk.item!.file, this.number);
  }

  get yaml(): string {
    return yamlOf(this.entry.written(), this.entry.desk.schema, this.entry.desk.item!);
  }

  get here(): { unit: string; item: ItemLink; number: number } | null {
    const item = this.entry.desk.items.filter((link) => link.id === this.entry.desk.item!.id)[0];
    return this.unit && item ? { unit: this.unit.slug, item, number: this.number } : null;
  }

  /**
   * Opens the draft of this unit and order. What was filled in before a unit was chosen stays, and becomes that unit's.
   * Nothing changes before the draft is there, and only the last of several choices counts.
   */
  async choose(unit: Unit | null, number: number): Promise<void> {
    await this.flush();
    if (this.unit && this.atRisk && !window.confirm(LOST)) {
      this.onOpen();
      return;
    }
    this.turn += 1;
    const { turn } = this;
    const draft = unit ? await this.loaded(unit, number) : undefined;
    await this.flush(); // what was typed meanwhile is the former document's
    if (turn !== this.turn) return;
    const carried = !this.unit && !this.entry.isEmpty() ? this.entry.value : null;
    const { files } = this.entry;
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.entry.unit = unit;
    this.number = number;
    this.stopped = false;
    for (const key of ["conflict", "restored", "told", "out"]) hush(key); // said of another document
    if (unit) remember(unit.slug);
    this.adopt(draft);
    if (carried && draft) {
      tell("本机已有这份表的草稿，现在显示的是草稿；刚才填写的内容还在。", "info", [
        { words: "改用刚才填写的内容", press: () => this.replace(carried, files) },
        { words: "保留草稿", press: () => {} },
      ]);
    } else if (carried) {
      this.entry.take(carried, files);
      this.later();
    } else if (draft) tell("已恢复上次的草稿，可以接着填。", "good", [], "restored");
    this.onOpen();
  }

  private async loaded(unit: Unit, number: number): Promise<Draft | undefined> {
    try {
      return await this.store.load(unit.slug, documentOf(this.entry.desk.item!.file, number));
    } catch (_) {
      this.unsaved();
      return undefined;
    }
  }

  private adopt(draft: Draft | undefined): void {
    this.revision = draft ? draft.revision : 0;
    const last = this.unit && this.noted(this.unit);
    this.entry.take(last || (draft ? draft.value : {}), draft ? draft.files : {});
    if (last) this.later();
    showSaved(draft ? draft.saved : 0, this.unit ? "" : "先选报送单位，填写的内容才会自动保存");
  }

  /** What was typed in the last moment of a former visit and did not get into the draft any more. */
  private noted(unit: Unit): Mapping | null {
    const yaml = this.store.last(unit.slug, this.document, this.revision);
    const value = yaml && read(yaml, this.entry.desk.reading).value;
    return value && isMapping(value) ? value : null;
  }

  /** Shows what is to be had elsewhere: no draft before something is changed. */
  show(value: Mapping): void {
    this.entry.take(value, {});
    this.onOpen();
  }

  /** Takes another content for the open document; the former one can be had back. */
  replace(value: Mapping, files: Record<string, Blob>, words = ""): void {
    const former = { value: this.entry.value, files: this.entry.files };
    this.entry.take(value, files);
    this.later();
    this.onOpen();
    if (words) {
      const back = () => this.replace(former.value, former.files, "已换回原来的内容。");
      tell(words, "good", [{ words: "撤销", press: back }, DONE]);
    }
  }

  private later(): void {
    window.clearTimeout(this.timer);
    this.timer = this.unit && !this.stopped ? window.setTimeout(() => this.flush(), SAVE_AFTER) : 0;
  }

  /** Saves what is not saved yet. */
  flush(): Promise<void> {
    if (!this.timer || !this.unit || this.stopped) return this.saving;
    window.clearTimeout(this.timer);
    this.timer = 0;
    this.saving = this.saving.then(() => this.save());
    return this.saving;
  }

  /** The page may be gone in a moment. */
  private leave(): void {
    if (!this.timer || !this.unit || this.stopped) return;
    this.store.note(this.draft(this.unit));
    this.flush();
  }

  private draft(unit: Unit): Draft {
    const { entry } = this;
    return {
      unit: unit.slug,
      item: entry.desk.item!.id,
      document: this.document,
      title: titleOf(entry.desk.item!, this.number),
      value: entry.written(),
      yaml: this.yaml,
      errors: entry.findings().filter((finding) => finding.severity === "error").length,
      files: entry.usedFiles(),
      saved: 0,
      revision: this.revision,
    };
  }

  private async save(): Promise<void> {
    const { entry } = this;
    if (!entry.unit) return;
    try {
      const saved = await this.store.save(this.draft(entry.unit));
      if (entry.unit && entry.unit.slug === saved.unit && this.document === saved.document) {
        this.revision = saved.revision;
        this.failed = false;
        hush("unsaved");
        showSaved(saved.saved);
      }
    } catch (error) {
      if (error instanceof Conflict) this.conflict(error.draft);
      else this.unsaved();
    }
  }

  private unsaved(): void {
    this.failed = true;
    showSaved(0, "草稿没有保存");
    tell(
      "浏览器不让本页保存草稿（可能是无痕窗口，或磁盘已满）。内容还在页面上，关闭前请先下载 YAML 文件。",
      "bad",
      [],
      "unsaved",
    );
  }

  private stop(stopped: boolean): void {
    this.stopped = stopped;
    this.onUndecided();
  }

  private conflict(other: Draft | undefined): void {
    this.stop(true);
    hush("restored");
    const words = other
      ? "这份表刚在另一个标签页里改过，为免互相覆盖，本页暂停保存。用哪一份？"
      : "这份表的草稿刚在另一个标签页里清除了，本页暂停保存。还要这些内容吗？";
    const mine = {
      words: other ? "用本页的内容" : "保留本页的内容",
      press: () => {
        this.stop(false);
        this.revision = other ? other.revision : 0;
        this.entry.changed();
      },
    };
    const theirs = {
      words: other ? "用另一个标签页的内容" : "清空本页",
      press: () => {
        this.stop(false);
        this.adopt(other);
        this.onOpen();
      },
    };
    tell(words, "bad", [mine, theirs], "conflict");
  }

  /** Another tab saved this document: without changes of our own it is simply shown. */
  private async heard(unit: string, document: string): Promise<void> {
    if (!this.unit || this.unit.slug !== unit || this.document !== document || this.stopped) return;
    if (this.timer) {
      await this.flush();
      return;
    }
    await this.saving;
    const draft = await this.loaded(this.unit, this.number);
    if ((draft ? draft.revision : 0) === this.revision || !this.unit || this.document !== document) return;
    this.adopt(draft);
    this.onOpen();
    tell(draft ? "已显示另一个标签页刚保存的内容。" : "草稿已在另一个标签页里清除。", "info", [], "restored");
  }

  /** Takes the open document's draft off this computer; rejects when the browser does not. */
  async forget(): Promise<void> {
    if (!this.unit) return;
    window.clearTimeout(this.timer);
    this.timer = 0;
    await this.saving;
    await this.store.forget(this.unit.slug, this.document);
    this.stopped = false;
    hush("conflict");
    this.adopt(undefined);
    this.onOpen();
  }
}
