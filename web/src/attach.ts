// Files beside a document: what they are by their content, and the names the list of materials wants.

import type { Desk } from "./desk.ts";
import type { Mapping } from "./value.ts";

const MAGIC: readonly [string, readonly number[]][] = [
  ["pdf", [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ["jpg", [0xff, 0xd8, 0xff]],
  ["png", [0x89, 0x50, 0x4e, 0x47]],
  ["docx", [0x50, 0x4b, 0x03, 0x04]],
];
const WORDS: Record<string, string> = { pdf: "PDF", jpg: "JPG 图片", png: "PNG 图片", docx: "Word（docx）" };

/** What `file` is by its first bytes; empty when it is none of the kinds there are. */
export async function typeOf(file: File): Promise<string> {
  const bytes = new Uint8Array(await new Response(file.slice(0, 8)).arrayBuffer());
  for (const [type, magic] of MAGIC) {
    if (magic.every((byte, index) => bytes[index] === byte)) {
      return type === "docx" && !/\.docx$/i.test(file.name) ? "" : type;
    }
  }
  return "";
}

/** Why `file` cannot be taken, in words; empty when it can. */
export function refused(file: File, type: string, desk: Desk): string {
  if (!file.size) return "文件是空的，请重新选择。";
  const allowed = desk.types.map((name) => WORDS[name] || name).join("、");
  if (desk.types.indexOf(type) < 0) return `这个文件不能用：只收 ${allowed}；别的格式请先另存为 PDF。`;
  const size = Math.ceil(file.size / 1024);
  if (size > desk.limits.file_kib)
    return `文件有 ${size} KB，超过 ${desk.limits.file_kib} KB 的上限，请压缩后再选。`;
  return "";
}

/** Where the file of an entry belongs: `materials/individual-01-study.pdf`, numbered where that is taken. */
export function nameFor(desk: Desk, entry: Mapping, type: string, taken: readonly string[]): string {
  const known = [entry.for, entry.kind].filter(
    (part) => typeof part === "string" && /^[a-z0-9_-]+$/.test(part),
  );
  const stem = `${desk.item!.attachments}/${known.join("-").replace(/_/g, "-") || "file"}`;
  for (let number = 1; ; number++) {
    const path = `${stem}${number > 1 ? `-${number}` : ""}.${type}`;
    if (taken.indexOf(path) < 0) return path;
  }
}
