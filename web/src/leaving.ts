// 退出 in a browser that others use, too: drafts that the service holds go with the person; of all others they decide.

import { Kept } from "./intake/kept.ts";
import { printOfFile, printOfText } from "./intake/print.ts";
import { Service } from "./intake/service.ts";
import { button, clock, el } from "./page.ts";
import { type Draft, Store } from "./store.ts";

const SILENCE = 5000;

class Leaving {
  private readonly form: HTMLFormElement;
  private readonly unit: string;
  private readonly store: Store;
  private readonly kept: Kept;
  private readonly service = new Service("/intake/");
  private busy = false;

  constructor(form: HTMLFormElement) {
    this.form = form;
    this.unit = form.dataset.unit!;
    this.store = new Store(form.dataset.campaign!);
    this.kept = new Kept(form.dataset.campaign!);
    this.kept.follow(this.store);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.busy) this.pressed();
    });
  }

  private async pressed(): Promise<void> {
    this.busy = true;
    let others: Draft[] = [];
    try {
      const own = (await this.store.all()).filter((draft) => draft.unit === this.unit);
      const held = await Promise.all(own.map((draft) => this.isHeld(draft)));
      await this.forget(own.filter((_, index) => held[index]));
      others = own.filter((_, index) => !held[index]);
    } catch (_) {
      // A browser that keeps nothing has nothing to be asked about.
    }
    if (others.length) this.ask(others);
    else this.form.submit();
  }

  private async forget(drafts: readonly Draft[]): Promise<void> {
    for (const draft of drafts) await this.store.forget(draft.unit, draft.document);
  }

  /** Whether nothing is lost without it: the service has this very text, and every file that goes with it. */
  private async isHeld(draft: Draft): Promise<boolean> {
    const { unit, document, files } = draft;
    if (await this.kept.get("attempt", unit, document)) return false; // sent, and nobody knows whether it arrived
    for (const path of Object.keys(files)) {
      const upload = await this.kept.get<{ state: string; print: string }>("upload", unit, document, path);
      if (!upload || upload.state !== "ready" || upload.print !== (await printOfFile(files[path]!)))
        return false;
    }
    const print = printOfText(draft.yaml);
    const there = await Promise.all(
      [`drafts/${document}`, `documents/${document}`].map((path) => this.text(path)),
    );
    return there.some((text) => text !== null && printOfText(text) === print);
  }

  private async text(path: string): Promise<string | null> {
    try {
      return (await this.service.ask<{ yaml: string }>("GET", path, { silence: SILENCE })).yaml;
    } catch (_) {
      return null;
    }
  }

  private ask(drafts: readonly Draft[]): void {
    const box = el("div", { class: "said said--warn", role: "alert", tabindex: "-1" });
    const keep = button("留下，退出", () => this.form.submit());
    const remove = button("删除，退出", async () => {
      await this.forget(drafts);
      this.form.submit();
    });
    const stay = button(
      "先不退出",
      () => {
        box.remove();
        this.busy = false;
      },
      "plain",
    );
    const names = drafts
      .map((draft) => `${draft.title || draft.document}（${clock(draft.saved)} 存）`)
      .join("、");
    const words = `这台电脑上还有 ${drafts.length} 份草稿没有存到服务器：${names}。留下还是删除？公用电脑请删除，删除后不能找回。`;
    box.append(el("p", {}, words), el("div", { class: "actions" }, remove, keep, stay));
    document.getElementById("main")!.prepend(box);
    box.focus(); // and neither button: what is deleted by a slip of the key cannot be had back
  }
}

const form = document.querySelector<HTMLFormElement>("form.top__out[data-unit]");
if (form) new Leaving(form);
