// While two contents stand against each other: said beside the button, which then stays in sight.

import { button, byId, el } from "../page.ts";

/** Says in the bar that one of two contents has to be chosen first, and leads there; or takes that away. */
export function sayUndecided(on: boolean): void {
  const bar = byId("actions")!;
  const line = byId("undecided");
  bar.classList.toggle("entry__actions--undecided", on);
  if (!on && line) line.remove();
  if (!on || line) return;
  const go = button("去选", () => {
    const notice = byId("notice")!;
    notice.tabIndex = -1;
    notice.focus();
    notice.scrollIntoView({ block: "center" });
  });
  bar.prepend(el("p", { id: "undecided", role: "alert" }, "有两份不同的内容，请先选用哪一份。", go));
}
