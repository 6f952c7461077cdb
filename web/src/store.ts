// Drafts in the browser's own database, one for each document; two tabs never overwrite each other silently.

import { createStore, del, entries, get, type UseStore, update } from "idb-keyval";
import type { Mapping } from "./value.ts";

const LAST = "shenbao-last";

export interface Draft {
  unit: string;
  item: string;
  document: string;
  /** 先进个人推荐表（第 1 名） */
  title?: string;
  value: Mapping;
  /** The same as the repository would hold it: pages of other items need no schema to hand it on. */
  yaml: string;
  /** How many errors it had when it was saved. */
  errors: number;
  /** Photo and materials by their path in the unit's folder. */
  files: Record<string, Blob>;
  /** Milliseconds since 1970. */
  saved: number;
  /** Grows by one with each saving; whoever knows an older one must not save. */
  revision: number;
}

/** Somebody else saved in between: `draft` is what stands there now, `undefined` when it was deleted. */
export class Conflict extends Error {
  readonly draft: Draft | undefined;
  constructor(draft: Draft | undefined) {
    super("conflict");
    this.draft = draft;
  }
}

export class Store {
  private readonly drafts: UseStore = createStore("shenbao", "drafts");
  private readonly channel = "BroadcastChannel" in window ? new BroadcastChannel("shenbao") : null;
  private readonly campaign: string;

  constructor(campaign: string) {
    this.campaign = campaign;
  }

  private key(unit: string, document: string): string {
    return `${this.campaign}/${unit}/${document}`;
  }

  load(unit: string, document: string): Promise<Draft | undefined> {
    return get<Draft>(this.key(unit, document), this.drafts);
  }

  /** Saves `draft` as the one after its revision; rejects with `Conflict` when another stands there. */
  async save(draft: Draft): Promise<Draft> {
    const next: Draft = { ...draft, saved: Date.now(), revision: draft.revision + 1 };
    let other: { draft: Draft | undefined } | null = null;
    await update<Draft | undefined>(
      this.key(draft.unit, draft.document),
      (old) => {
        if ((old ? old.revision : 0) === draft.revision) return next;
        other = { draft: old };
        return old;
      },
      this.drafts,
    );
    if (other) throw new Conflict((other as { draft: Draft | undefined }).draft);
    this.tell(next.unit, next.document);
    return next;
  }

  /**
   * Notes the text of what is not saved yet in a place that is written at once: a page that is being closed has no time
   * for a database. Files are not in it. `last` takes it back.
   */
  note(draft: Draft): void {
    const { unit, document, revision, yaml } = draft;
    try {
      localStorage.setItem(LAST, JSON.stringify({ key: this.key(unit, document), revision, yaml }));
    } catch (_) {
      // No room, or no leave: the draft as it was saved last is all there is.
    }
  }

  /** What was noted of this document after `revision` was saved; it is asked for once. */
  last(unit: string, document: string, revision: number): string | null {
    try {
      const kept = JSON.parse(localStorage.getItem(LAST) || "null");
      if (!kept || kept.key !== this.key(unit, document)) return null;
      this.forgetLast();
      return kept.revision === revision ? String(kept.yaml) : null;
    } catch (_) {
      return null;
    }
  }

  forgetLast(): void {
    try {
      localStorage.removeItem(LAST);
    } catch (_) {
      // Where nothing can be read nothing was written.
    }
  }

  async forget(unit: string, document: string): Promise<void> {
    this.forgetLast();
    await del(this.key(unit, document), this.drafts);
    this.tell(unit, document);
  }

  /** Every draft of the campaign on this computer. */
  async all(): Promise<Draft[]> {
    const found = await entries<string, Draft | undefined>(this.drafts);
    return found
      .filter(([key, draft]) => draft && key.indexOf(`${this.campaign}/`) === 0)
      .map(([, draft]) => draft as Draft);
  }

  private tell(unit: string, document: string): void {
    if (this.channel) this.channel.postMessage(this.key(unit, document));
  }

  /** Calls `heard` when another tab saved or deleted this document. */
  onOthers(heard: (unit: string, document: string) => void): void {
    if (!this.channel) return;
    this.channel.onmessage = (event: MessageEvent<string>) => {
      const [campaign, unit, document] = event.data.split("/");
      if (campaign === this.campaign) heard(unit!, document!);
    };
  }
}
