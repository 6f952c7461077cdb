// 提交: checked here, checked there, confirmed, sent.

import type { Drafting } from "../drafting.ts";
import { hideSummary } from "../faults.ts";
import { hush, tell } from "../messages.ts";
import { button, byId, el } from "../page.ts";
import { type Attempt, attemptFor } from "./attempts.ts";
import { type Checked, Refused, type Standing, Unreached } from "./contract.ts";
import { Delivery } from "./delivery.ts";
import { isReceived } from "./differing.ts";
import type { Kept } from "./kept.ts";
import { Panel } from "./panel.ts";
import { Patience } from "./patience.ts";
import { digestOf, printOfFile, printOfText } from "./print.ts";
import { foundOf, replacedOf, summaryOf } from "./proposal.ts";
import type { Served } from "./served.ts";
import type { Session } from "./session.ts";
import { sayUndecided } from "./undecided.ts";
import type { Uploads } from "./uploads.ts";

const CHECK_SILENCE = 15000;
/** An attempt without a receipt is sent anew by itself as long as the person surely still wants it. */
const FRESH = 30 * 60 * 1000;

export class Submitting {
  private readonly session: Session;
  private readonly drafting: Drafting;
  private readonly kept: Kept;
  private readonly uploads: Uploads;
  private readonly served: Served;
  private readonly panel = new Panel();
  readonly delivery: Delivery;
  /** Called when it is known anew whether the form says something else than what was received. */
  onLabel: (differs: boolean) => void = () => {};
  private readonly leaving: () => Promise<void>;
  /** Grows with each press; an older one that comes to an end late does nothing any more. */
  private turn = 0;
  private busy = false;
  private waits: (() => void) | null = null;
  /** Whether the panel says that one of two contents has to be chosen first. */
  private asked = false;
  /** What is checked, or waits to be confirmed; nothing once it was, or before. */
  private proposed = "";
  private readonly patience = new Patience();
  private key = "";

  constructor(
    session: Session,
    drafting: Drafting,
    kept: Kept,
    uploads: Uploads,
    served: Served,
    leaving: () => Promise<void>,
  ) {
    this.session = session;
    this.drafting = drafting;
    this.kept = kept;
    this.uploads = uploads;
    this.served = served;
    this.leaving = leaving;
    this.delivery = new Delivery(session, kept, uploads, this.panel);
    this.delivery.onEnd = (received) => {
      this.busy = false;
      if (received) hideSummary();
      if (received && received.document === drafting.document && this.mine) served.received(received.yaml);
      this.label();
    };
    this.delivery.changedSince = (attempt) =>
      drafting.document === attempt.document && drafting.yaml !== attempt.yaml;
    byId("submit")!.addEventListener("click", () => this.press());
    const { onProgress } = uploads;
    uploads.onProgress = (upload, refused) => {
      onProgress(upload, refused);
      if (this.waits) this.waits();
      if (upload.state !== "sending") this.label();
    };
  }

  private get mine(): boolean {
    const { unit } = this.drafting;
    return !!unit && unit.slug === this.session.unit;
  }

  private get standing(): Standing | null {
    return this.mine ? this.session.standing(this.drafting.document) : null;
  }

  /** Another document was opened, or somebody signed in. */
  async opened(): Promise<void> {
    const key = this.mine ? `${this.drafting.unit!.slug}/${this.drafting.document}` : "";
    this.label();
    if (key === this.key) return;
    this.key = key;
    if (!this.delivery.attempt) this.stop();
    if (key) await this.resume(key);
  }

  /** The person goes back to the form. */
  private stop(): void {
    this.turn += 1;
    this.busy = false;
    this.waits = null;
    this.asked = false;
    this.proposed = "";
    this.panel.hide();
  }

  /** The form changes: what was proposed is not what would be sent. */
  changed(): void {
    if (this.proposed) this.stop();
  }

  /** The button says what it would do. */
  async label(): Promise<void> {
    if (this.proposed && this.proposed !== this.drafting.yaml) this.stop(); // another tab's or a colleague's was taken
    this.showUndecided();
    const main = byId("submit")!;
    const { standing } = this;
    const stage = standing ? standing.stage : "withdrawn";
    const same = stage === "received" && !(await this.differs(standing!));
    if (standing !== this.standing) return;
    const words = {
      returned: "改正后重新提交",
      accepted: "已受理",
      received: same ? "已提交" : "重新提交",
      withdrawn: "提交",
    }[stage];
    if (main.textContent !== words) main.textContent = words;
    main.setAttribute("aria-disabled", String(same || stage === "accepted"));
    this.onLabel(stage === "received" && !same);
  }

  /** Whether the form says something else than what was received last. */
  private async differs(standing: Standing): Promise<boolean> {
    const { session, drafting, uploads } = this;
    const { unit, document, entry, yaml } = drafting;
    if (entry.isEmpty()) return false;
    const receipt = await this.kept.get<{ number: string; print: string }>("receipt", unit!.slug, document);
    if (receipt && receipt.number === standing.number) return receipt.print !== (await this.print(yaml));
    return Object.keys(uploads.ids).length > 0 || !(await isReceived(session, drafting, standing));
  }

  /** Of what would be received: the form's content, and the files that are there. */
  private async print(yaml: string): Promise<string> {
    const files: Record<string, Blob> = {};
    const used = this.drafting.entry.usedFiles();
    for (const { path, state } of this.uploads.used) if (state === "ready") files[path] = used[path]!;
    const prints = await Promise.all(
      Object.keys(files)
        .sort()
        .map(async (path) => `${path} ${await printOfFile(files[path]!)}`),
    );
    return printOfText([yaml, ...prints].join("\n"));
  }

  async press(): Promise<void> {
    if (this.busy) return;
    const { drafting } = this;
    this.busy = true;
    this.turn += 1;
    const { turn } = this;
    hush("out");
    await drafting.flush();
    await this.label();
    if (turn !== this.turn || this.refusedWhileUndecided()) return;
    if (this.refusedBefore()) {
      this.busy = false;
      return;
    }
    const { entry } = drafting;
    const errors = entry.findings().filter((finding) => finding.severity === "error").length;
    if (!errors) {
      hideSummary();
      await this.live(turn);
      return;
    }
    entry.checkAll("");
    this.busy = false;
    const box = byId("summary")!;
    const back = button(
      "回去修改",
      () => {
        const first = box.querySelector<HTMLElement>("a");
        if (first) first.click();
      },
      "entry__main",
    );
    const all = button("仍然提交", () => {
      if (this.busy) return;
      this.busy = true;
      this.live(this.turn);
    });
    box.append(
      el(
        "p",
        { class: "sending__ask" },
        `还有 ${errors} 处错误。仍要提交吗？有错误的也给回执，以收到时间为准，但改正前不能受理。`,
      ),
      el("p", { class: "sending__tools" }, back, all),
    );
  }

  /** Of two contents one has to be chosen first: the other would be lost with this submission. Told, and `true`. */
  private refusedWhileUndecided(): boolean {
    if (!this.served.undecided && !this.drafting.undecided) return false;
    this.stop();
    this.panel.show("bad", "还没有提交：请先选用哪一份", [
      "这份表有两份不同的内容。请先选定用哪一份，再按“提交”。",
    ]);
    this.asked = true;
    return true;
  }

  private showUndecided(): void {
    const on = this.served.undecided || this.drafting.undecided;
    sayUndecided(on);
    if (on || !this.asked) return;
    this.asked = false;
    this.panel.hide();
  }

  /** What stands in the way whatever the form says; told, and `true`. */
  private refusedBefore(): boolean {
    const { session, drafting, standing } = this;
    const { state, signedIn } = session;
    if (!state) {
      session.load();
      this.panel.show("bad", "暂时不能提交", ["没有连上报送服务，正在重试。填写的内容已存在本机。"]);
    } else if (!signedIn) {
      const link = session.signInLink("登录", this.leaving);
      this.panel.show("info", "提交要先登录", [
        "填写的内容已存在本机，登录后回到本页接着办。",
        el("p", {}, link),
      ]);
    } else if (!signedIn.unit) {
      this.panel.show("info", "办公室账号不能提交", ["请由报送单位的账号提交。"]);
    } else if (!this.mine) {
      const words = `您登录的是${signedIn.unit_name}，只能提交本单位的表。`;
      this.panel.show("bad", drafting.unit ? "这是另一个单位的表" : "请先选择报送单位", [words]);
    } else if (standing && standing.stage === "accepted") {
      this.panel.show("info", "这份表已受理", ["还要改动的，请先联系活动办公室，由办公室退回后再改。"]);
    } else if (byId("submit")!.getAttribute("aria-disabled") === "true") {
      this.panel.show("info", "没有改动，不必再提交", [
        `已收到的就是现在这一份${standing && standing.number ? `，回执编号 ${standing.number}` : ""}。`,
      ]);
    } else return false;
    return true;
  }

  /** The service's own check, which knows quotas and the other documents. */
  private async live(turn: number, quiet = false): Promise<void> {
    const { session, uploads, drafting } = this;
    const { document, yaml, entry } = drafting;
    this.proposed = yaml;
    if (!quiet) this.panel.show("info", "正在核对……", ["核对名额、重复和附件。"]);
    let told: Partial<Checked> = {};
    let doubt = "";
    try {
      await Promise.race([this.served.settle(), new Promise((go) => window.setTimeout(go, CHECK_SILENCE))]);
      await uploads.tend(); // a file that was chosen a moment ago
      await uploads.verify();
      const body = { document, yaml, files: uploads.ids };
      const asking = { body, silence: CHECK_SILENCE };
      told = await session.service.ask<Checked>("POST", "check", asking);
    } catch (error) {
      if (error instanceof Refused && error.status === 401) {
        this.session.expired(); // which takes the panel away
        this.busy = false;
        this.refusedBefore();
        return;
      }
      if (error instanceof Unreached)
        this.patience.again(() => turn === this.turn && this.live(turn, true), error.wait);
      doubt = `名额和重复没有核对（${(error as Error).message.replace(/。$/, "")}），提交后在回执页上查看。`;
    }
    if (turn !== this.turn || this.refusedWhileUndecided()) return;
    if (quiet && doubt) return; // it is said already
    const known = new Set(entry.findings().map((finding) => finding.code + finding.pointer));
    const fresh = (told.findings || []).filter((finding) => !known.has(finding.code + finding.pointer));
    this.confirm(turn, { findings: fresh, last: told.last || null }, doubt, quiet);
  }

  private confirm(turn: number, { findings: found, last }: Checked, doubt: string, quiet: boolean): void {
    const { drafting, session, standing } = this;
    const errors = found.filter((finding) => finding.severity === "error").length;
    const back = button("回去修改", () => this.back(), errors ? "entry__main" : "");
    const yes = button(
      errors ? "仍然提交" : "确认提交",
      () => {
        if (turn === this.turn) this.confirmed(turn);
      },
      errors ? "" : "entry__main",
    );
    this.panel.show(
      errors ? "bad" : "info",
      errors ? `核对发现 ${errors} 处错误。仍要提交吗？` : "确认提交",
      [
        foundOf(found),
        errors ? "有错误的也给回执，以收到时间为准，但改正前不能受理。" : null,
        el("p", { class: "sending__what" }, `将提交：${summaryOf(drafting, session)}`),
        replacedOf(drafting, session, standing, last),
        doubt || null,
      ],
      errors ? [back, yes] : [yes, back],
      quiet,
    );
  }

  private back(): void {
    this.stop();
    const first = this.drafting.entry.form.querySelector<HTMLElement>(
      "input:not([hidden]), select, textarea",
    );
    if (first) first.focus();
  }

  private async confirmed(turn: number): Promise<void> {
    this.turn = turn + 1;
    this.proposed = "";
    await this.uploads.tend();
    await this.filesThere(this.turn);
    if (this.turn !== turn + 1 || this.refusedWhileUndecided()) return;
    const { drafting, uploads } = this;
    const { unit, document, yaml } = drafting;
    const files = uploads.ids;
    const before = this.standing ? this.standing.number : "";
    const print = await this.print(yaml);
    const wanted = { unit: unit!.slug, document, yaml, files, print, before };
    const attempt = await attemptFor(this.kept, wanted);
    await this.delivery.send(attempt);
  }

  /** Until no upload is on its way any more, or the person does not want to wait. */
  private filesThere(turn: number): Promise<void> {
    const { uploads } = this;
    if (!uploads.waiting.length && !uploads.failed.length) return Promise.resolve();
    return new Promise((resolve) => {
      const go = () => {
        this.waits = null;
        resolve();
      };
      const words = el("p", {});
      const bar = el("progress", { max: "1", value: "0", "aria-label": "附件上传进度" });
      const tools = [button("不等附件，先提交", go), button("先不提交", () => this.back())];
      this.panel.show("info", "附件传完后自动提交", [bar, words], tools);
      this.waits = () => {
        if (turn !== this.turn) return;
        const { waiting, failed } = uploads;
        if (!waiting.length && !failed.length) {
          go();
          return;
        }
        bar.value = uploads.share;
        const trouble = [...waiting, ...failed].map((upload) => upload.words).filter(Boolean)[0];
        words.textContent = `还有 ${waiting.length + failed.length} 个附件没有传完，已传 ${Math.floor(uploads.share * 100)}%。${
          trouble ? `${trouble}。` : ""
        }先提交的，附件传完后要重新提交一次。`;
      };
      this.waits();
    });
  }

  /** An attempt of a former visit that got no receipt: sent anew, unless something else was received since. */
  private async resume(key: string): Promise<void> {
    const [unit, document] = key.split("/") as [string, string];
    const attempt = await this.kept.get<Attempt>("attempt", unit, document);
    if (!attempt || key !== this.key || this.busy || this.delivery.attempt) return;
    const { standing } = this;
    const number = standing ? standing.number : "";
    const own = standing && standing.digest === (await digestOf(attempt.yaml));
    if (key !== this.key || this.busy) return;
    if (number !== attempt.before && !own) {
      await this.kept.drop("attempt", unit, document);
      tell(
        `上次提交没有等到回执，但这份表已有回执 ${number}。请打开回执核对；不是刚才那一份的，请再提交一次。`,
        "bad",
        [],
        "attempt",
      );
      return;
    }
    this.busy = true;
    if (Date.now() - attempt.made < FRESH) {
      await this.delivery.send(attempt, true);
      return;
    }
    this.busy = false;
    tell(
      "上次确认提交的内容没有等到回执。现在提交吗？",
      "bad",
      [
        { words: "现在提交", press: () => this.delivery.send(attempt) },
        { words: "不提交了", press: () => this.kept.drop("attempt", unit, document) },
      ],
      "attempt",
    );
  }
}
