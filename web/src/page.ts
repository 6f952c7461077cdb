// Small helpers for the page: making elements from plain text, never from HTML.

type Child = Node | string | null;

/** `el("p", {class: "x"}, "text", node)`; texts become text nodes. */
export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(name);
  for (const key of Object.keys(attributes)) node.setAttribute(key, attributes[key]!);
  for (const child of children) if (child !== null) node.append(child);
  return node;
}

export function button(words: string, press: () => void, kind = ""): HTMLButtonElement {
  const made = el("button", { type: "button", ...(kind ? { class: kind } : {}) }, words);
  made.addEventListener("click", press);
  return made;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T | null {
  return document.getElementById(id) as T | null;
}

/** Replaces all that stands in `node`. */
export function fill(node: Element, ...children: Child[]): void {
  node.textContent = "";
  for (const child of children) if (child !== null) node.append(child);
}

/** The shape and the word of a state, as everywhere on the site. */
export function mark(shape: string, word: string): HTMLElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#s-${shape}`);
  svg.append(use);
  return el("span", { class: `mark mark--${shape}` }, svg, word);
}

/** `10:32:05`, with the day where it is not today. */
export function clock(milliseconds: number): string {
  const at = new Date(milliseconds);
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((n) => String(n).padStart(2, "0"))
    .join(":");
  const today = new Date().toDateString() === at.toDateString();
  return today ? time : `${at.getMonth() + 1}月${at.getDate()}日 ${time}`;
}

/** Lets the browser put `blob` among its downloads. */
export function saveAs(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  window.setTimeout(() => URL.revokeObjectURL(url), 60000);
}

/** Whether it could be copied. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (_) {
    const area = el("textarea", { class: "sb-hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

/** Shows what only works with this script, and that it works. */
export function ready(): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-desk]")) part.hidden = false;
  for (const part of document.querySelectorAll("[data-waiting]")) part.remove();
  document.documentElement.classList.add("scripted");
}
