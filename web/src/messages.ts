// What the page tells the person, in a region that screen readers follow.

import { button, byId, clock, el, fill } from "./page.ts";

export type Tone = "info" | "good" | "bad";
export interface Choice {
  words: string;
  press: () => void;
}

/** It was read. */
export const DONE: Choice = { words: "知道了", press: () => {} };

/** Shows one message; with choices it stays until one of them is pressed. `key`: a later one of the same key replaces it. */
export function tell(
  words: string,
  tone: Tone = "info",
  choices: readonly Choice[] = [],
  key = "told",
): void {
  const region = byId("notice")!;
  hush(key);
  const line = el("div", { class: `message message--${tone}`, "data-key": key }, el("p", {}, words));
  if (choices.length) {
    const tools = choices.map((choice) =>
      button(choice.words, () => {
        line.remove();
        choice.press();
      }),
    );
    line.append(el("p", { class: "message__tools" }, ...tools));
  }
  region.append(line);
  if (key !== "restored") line.scrollIntoView({ block: "nearest" });
}

/** Takes away the message of this key. */
export function hush(key = "told"): void {
  const region = byId("notice")!;
  for (const old of Array.from(region.children)) if ((old as HTMLElement).dataset.key === key) old.remove();
}

/** 已保存 10:32:05: beside the choice of the unit, and not read out each time. */
export function showSaved(milliseconds: number, words = ""): void {
  let line = byId("saved");
  if (!line) {
    line = el("p", { id: "saved", class: "entry__saved screen" });
    byId("notice")!.insertAdjacentElement("beforebegin", line);
  }
  fill(line, words || (milliseconds ? `草稿已保存在本机 ${clock(milliseconds)}` : "本机还没有草稿"));
}
