// An attempt on its way: sent until a receipt comes, however often the line breaks, and with the same name each time.

import { tell } from "../messages.ts";
import { button, el } from "../page.ts";
import type { Attempt } from "./attempts.ts";
import { type Receipt, Refused, Unreached } from "./contract.ts";
import type { Kept } from "./kept.ts";
import type { Panel } from "./panel.ts";
import { Patience } from "./patience.ts";
import type { Session } from "./session.ts";
import type { Uploads } from "./uploads.ts";
import { fullStamp } from "./words.ts";

/** Refusals of what was sent, not of the moment. */
const FOR_GOOD = [400, 404, 409, 413, 415, 422];

export class Delivery {
  /** On its way, or waiting for the network or for somebody to sign in. */
  attempt: Attempt | null = null;
  /** Called when there is a receipt, or when it was given up. */
  onEnd: (received: Attempt | null) => void = () => {};
  /** Whether the form says something else by now than what was sent. */
  changedSince: (attempt: Attempt) => boolean = () => false;
  private readonly session: Session;
  private readonly kept: Kept;
  private readonly uploads: Uploads;
  private readonly panel: Panel;
  private readonly patience = new Patience();
  /** Whether this page is what keeps it going. */
  private risky = false;
  private awaiting = false;
  private sending = false;

  constructor(session: Session, kept: Kept, uploads: Uploads, panel: Panel) {
    this.session = session;
    this.kept = kept;
    this.uploads = uploads;
    this.panel = panel;
    session.onChange(() => this.signedInAgain());
    window.addEventListener("beforeunload", (event) => {
      if (!this.risky) return;
      event.preventDefault();
      event.returnValue = "";
    });
  }

  /** `quiet`: the person is doing something else. */
  async send(attempt: Attempt, quiet = false): Promise<void> {
    this.attempt = attempt;
    if (this.sending) return;
    this.sending = true;
    this.risky = true;
    const bar = el("progress", { "aria-label": "正在提交" });
    this.panel.show("info", "正在提交……", [bar, "请不要关闭本页，收到回执后会显示在这里。"], [], quiet);
    try {
      const body = { attempt: attempt.id, yaml: attempt.yaml, files: attempt.files };
      const receipt = await this.session.service.ask<Receipt>("POST", `documents/${attempt.document}`, {
        body,
      });
      if (typeof receipt.number !== "string" || !receipt.number) throw new Unreached("服务暂时没有正常应答");
      await this.received(attempt, receipt);
    } catch (error) {
      this.sending = false;
      if (error instanceof Refused) this.refused(error);
      else this.unreached(error as Error);
    }
  }

  private async received(attempt: Attempt, receipt: Receipt): Promise<void> {
    const { unit, document, print } = attempt;
    this.end();
    await this.kept.set("receipt", unit, document, { number: receipt.number, print });
    await this.kept.drop("attempt", unit, document);
    this.uploads.submitted(Object.keys(attempt.files), receipt.number);
    this.session.received(document, receipt);
    this.onEnd(attempt);
    this.panel.show("good", "提交成功，已经收到", [
      el(
        "dl",
        { class: "sending__facts" },
        el("dt", {}, "回执编号"),
        el("dd", {}, receipt.number),
        el("dt", {}, "收到时间"),
        el("dd", {}, `${fullStamp(receipt.at)}（北京时间）`),
      ),
      receipt.late ? "收到时已过截止时间，记为逾期。" : null,
      this.changedSince(attempt) ? "提交以后表上又有改动，还没有提交。请再按“重新提交”。" : null,
      el("p", {}, el("a", { href: receipt.url }, "查看并打印回执")),
    ]);
  }

  private unreached(error: Error): void {
    const wait = error instanceof Unreached ? error.wait : 0;
    const seconds = this.patience.again(() => this.again(), wait);
    this.panel.show(
      "bad",
      "没有送到，请不要关闭本页",
      [`${error.message}。填写的内容没有丢，约 ${seconds} 秒后自动重试，重试不会重复提交。`],
      [button("立即重试", () => this.patience.now(), "entry__main"), this.giveUp()],
    );
  }

  private again(): void {
    if (this.attempt) this.send(this.attempt);
  }

  private refused(error: Refused): void {
    if (error.status === 401) {
      this.askToSignIn();
      return;
    }
    this.risky = false;
    const words = error.message + (error.message.indexOf("填写的内容") < 0 ? "填写的内容没有丢。" : "");
    if (FOR_GOOD.indexOf(error.status) >= 0) {
      // The same again would be refused again: what is on the page by then is another attempt.
      const { attempt } = this;
      this.end();
      if (attempt) this.kept.drop("attempt", attempt.unit, attempt.document);
      this.onEnd(null);
      this.panel.show("bad", "没有提交成功", [words]);
      return;
    }
    // A page that is too old gets its new key by being loaded anew, and then goes on by itself.
    const retry =
      error.status === 403
        ? button("刷新本页", () => location.reload(), "entry__main")
        : button("重试", () => this.again(), "entry__main");
    this.panel.show("bad", "没有提交成功", [words], [retry, this.giveUp()]);
  }

  private askToSignIn(): void {
    this.risky = false;
    this.awaiting = true;
    this.session.expired();
    const other = this.session.signInLink("在新窗口登录");
    other.target = "_blank";
    this.panel.show(
      "bad",
      "登录已过期，还没有提交",
      ["请重新登录，登录后自动接着提交。填写的内容没有丢。"],
      [this.session.signInLink("在本页登录"), other, this.giveUp()],
    );
  }

  private signedInAgain(): void {
    const { attempt } = this;
    if (!attempt || !this.awaiting || !this.session.signedIn) return;
    if (this.session.unit !== attempt.unit) {
      tell("现在登录的是另一个单位的账号，不能提交这份表。", "bad", [], "account");
      return;
    }
    this.awaiting = false;
    this.again();
  }

  private giveUp(): HTMLElement {
    return button("先不提交", async () => {
      const { attempt } = this;
      this.end();
      if (attempt) await this.kept.drop("attempt", attempt.unit, attempt.document);
      this.panel.hide();
      this.onEnd(null);
      // It may have arrived all the same.
      await this.session.load();
    });
  }

  private end(): void {
    this.patience.rest();
    this.attempt = null;
    this.risky = false;
    this.awaiting = false;
    this.sending = false;
  }
}
