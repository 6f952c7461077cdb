// Whether two contents are the same: a short print of each. Not a signature, only for what this browser keeps itself.

const prints = new WeakMap<Blob, Promise<string>>();

/** Two 32-bit multiplications over the bytes (the mixing of MurmurHash3's end), as 16 hexadecimal digits. */
export function printOf(bytes: Uint8Array): string {
  let a = 0x9e3779b9 ^ bytes.length;
  let b = 0x85ebca6b;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index]!;
    a = Math.imul(a ^ byte, 0x9e3779b1);
    b = Math.imul(b ^ byte, 0x5f356495);
    b ^= a >>> 15;
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return hex(a) + hex(b);
}

export function printOfText(text: string): string {
  return printOf(new TextEncoder().encode(text));
}

/** Of a file's bytes, read once. */
export function printOfFile(file: Blob): Promise<string> {
  let print = prints.get(file);
  if (!print) {
    print = new Response(file).arrayBuffer().then((bytes) => printOf(new Uint8Array(bytes)));
    prints.set(file, print);
  }
  return print;
}

/** `sha256:…` as the service tells it; empty where the browser does not compute it (no https). */
export async function digestOf(text: string): Promise<string> {
  if (!window.crypto || !crypto.subtle) return "";
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return `sha256:${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** A random UUID (RFC 9562, version 4). */
export function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
