// The box above the buttons: where a submission stands, what to do, and what came of it. Takes the focus when it changes.

import { byId, el, fill } from "../page.ts";

type Child = Node | string | null;
export type Mood = "info" | "good" | "bad";

export class Panel {
  private get box(): HTMLElement {
    return byId("sending")!;
  }

  /** Shows what is to be known now; `quiet` leaves the focus where it is, and says it all the same. */
  show(
    mood: Mood,
    title: string,
    children: readonly Child[],
    tools: readonly HTMLElement[] = [],
    quiet = false,
  ): void {
    const { box } = this;
    box.hidden = false;
    box.className = `sending sending--${mood}`;
    const told = quiet ? { role: mood === "bad" ? "alert" : "status" } : {};
    fill(
      box,
      el("h2", { id: "sending-title" }, title),
      el("div", told, ...children.map((child) => (typeof child === "string" ? el("p", {}, child) : child))),
      tools.length ? el("p", { class: "sending__tools" }, ...tools) : null,
    );
    if (quiet) return;
    box.focus({ preventScroll: true });
    box.scrollIntoView({ block: "center" });
  }

  hide(): void {
    this.box.hidden = true;
    fill(this.box);
  }
}
