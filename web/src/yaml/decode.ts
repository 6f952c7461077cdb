// Bytes to text, and what is seen of a file without a parser. See build_tools/source/document.py.
import { type Fault, faultOf, type Reading, type Trap } from "./fault.ts";

const MAX_BYTES = 256 * 1024;

/** What no file may hold as it is. */
export const FORBIDDEN =
  /[^\P{Cc}\t\n\r]|[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\uffff]/u;

/** The text of a file, or why it has none: too large, or not UTF-8. */
export function decode(bytes: Uint8Array, reading: Reading): { text: string } | { fault: Fault } {
  const trap = tooLarge(bytes.length);
  if (trap) return { fault: faultOf(trap, "", reading) };
  const text = new TextDecoder().decode(bytes);
  const forbidden = FORBIDDEN.exec(text)?.[0];
  const zeros = bytes.filter((byte) => byte === 0).length;
  if (forbidden && (isArchive(bytes) || (forbidden === "\0" && zeros * 3 > bytes.length)))
    return { fault: faultOf({ code: `Y01${guess(bytes)}`, at: 0 }, "", reading) };
  if (isValid("utf-8", bytes)) return { text };
  const line = text.slice(0, text.indexOf("\ufffd")).replace(/[^\n]+/g, "");
  return { fault: faultOf({ code: `Y01${guess(bytes)}`, at: line.length }, line, reading) };
}

/** What is wrong with `text` at sight; `null` for nothing. */
export function trapAtSight(text: string): Trap | null {
  const forbidden = FORBIDDEN.exec(text);
  return (
    tooLarge(new TextEncoder().encode(text).length) ??
    (forbidden && { code: "Y02", at: forbidden.index, words: { name: codePoint(forbidden[0]) } })
  );
}

/** A character by its number, for those that nobody can see: `U+202E`. */
function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function tooLarge(size: number): Trap | null {
  if (size <= MAX_BYTES) return null;
  return { code: "Y03", at: 0, words: { size: Math.ceil(size / 1024), limit: MAX_BYTES / 1024 } };
}

function guess(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isArchive(bytes)) return " archive";
  if (marked || bytes.slice(0, 64).filter((byte) => byte === 0).length > 8) return " utf-16";
  return isValid("gb18030", bytes) ? " gbk" : "";
}

function isArchive(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

function isValid(encoding: string, bytes: Uint8Array): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
