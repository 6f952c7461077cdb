// What this page has to remember of the service until it is done: in the browser's database, and at least in the page.

import { createStore, del, get, keys, set, type UseStore, update } from "idb-keyval";
import type { Store } from "../store.ts";
import type { Mapping } from "../value.ts";

/** `attempt`: sent and no receipt yet. `base`: the server's draft this one began from. `receipt`: what was sent last. */
export type Kind = "attempt" | "base" | "receipt" | "upload";

export interface Carried {
  document: string;
  value: Mapping;
  files: Record<string, Blob>;
}

export class Kept {
  private readonly database: UseStore = createStore("shenbao-intake", "kept");
  private readonly page = new Map<string, unknown>();
  private readonly campaign: string;

  constructor(campaign: string) {
    this.campaign = campaign;
  }

  private key(kind: string, unit: string, document: string, rest = ""): string {
    return `${this.campaign}/${unit}/${document}/${kind}/${rest}`;
  }

  async get<T>(kind: Kind, unit: string, document: string, rest = ""): Promise<T | undefined> {
    const key = this.key(kind, unit, document, rest);
    try {
      const found = await get<T>(key, this.database);
      return found === undefined ? (this.page.get(key) as T | undefined) : found;
    } catch (_) {
      return this.page.get(key) as T | undefined;
    }
  }

  async set(kind: Kind, unit: string, document: string, value: unknown, rest = ""): Promise<void> {
    const key = this.key(kind, unit, document, rest);
    this.page.set(key, value);
    try {
      await set(key, value, this.database);
    } catch (_) {
      // A private window, or no room: the page knows it as long as it is open.
    }
  }

  /** What `choose` makes of what stands there, in one step that other tabs cannot come between. */
  async choose<T>(kind: Kind, unit: string, document: string, choose: (old: T | undefined) => T): Promise<T> {
    const key = this.key(kind, unit, document);
    let chosen: T | undefined;
    try {
      await update<T>(
        key,
        (old) => {
          chosen = choose(old === undefined ? (this.page.get(key) as T | undefined) : old);
          return chosen;
        },
        this.database,
      );
    } catch (_) {
      chosen = choose(this.page.get(key) as T | undefined);
    }
    this.page.set(key, chosen);
    return chosen!;
  }

  async drop(kind: Kind, unit: string, document: string, rest = ""): Promise<void> {
    const key = this.key(kind, unit, document, rest);
    this.page.delete(key);
    try {
      await del(key, this.database);
    } catch (_) {
      // Nothing could be written, so nothing is there.
    }
  }

  /** Everything of a document, as its draft is taken off this computer. */
  async forget(unit: string, document: string): Promise<void> {
    const nobodys = `${this.campaign}//`; // typed before a unit was chosen
    const start = `${this.campaign}/${unit}/${document}/`;
    const gone = (key: string) => key.indexOf(start) === 0 || key.indexOf(nobodys) === 0;
    for (const key of Array.from(this.page.keys())) if (gone(key)) this.page.delete(key);
    try {
      for (const key of await keys<string>(this.database)) {
        if (gone(key)) await del(key, this.database);
      }
    } catch (_) {
      // Nothing could be written, so nothing is there.
    }
  }

  /** Lets a draft that is taken off this computer take with it what is kept here of it. */
  follow(store: Store, forgotten: () => void = () => {}): void {
    const forget = store.forget.bind(store);
    store.forget = async (unit, document) => {
      forgotten();
      await this.forget(unit, document);
      await forget(unit, document);
    };
  }

  /** What was typed before anybody signed in and chose a unit, by item. */
  async carry(item: string, carried: Carried): Promise<void> {
    await this.set("base", "", item, carried);
  }

  async carried(item: string): Promise<Carried | undefined> {
    return this.get("base", "", item);
  }

  async uncarry(item: string): Promise<void> {
    await this.drop("base", "", item);
  }
}
