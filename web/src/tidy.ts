// What a person types, as the form wants it. Whatever is changed is said; what is not understood is left to the checks.

export interface Tidied {
  text: string;
  /** What was changed, in words; empty when nothing was. */
  notice: string;
}

const HIDDEN =
  /[\u0000-\u0008\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\uffff]/g;
const WIDE = /[\uff01-\uff5e]/g;

/** Characters that nobody sees and the repository refuses; line and paragraph breaks of Word become line breaks. */
export function clean(text: string): Tidied {
  const broken = text.replace(/\r\n?|[\u000b\u2028\u2029\u0085]/g, "\n");
  const hidden = (broken.match(HIDDEN) || []).length;
  return {
    text: hidden ? broken.replace(HIDDEN, "") : broken,
    notice: hidden ? `已去掉 ${hidden} 个看不见的控制字符` : "",
  };
}

/** Full-width letters, digits and marks as the keyboard has them. */
export function halfWidth(text: string): string {
  return text.replace(WIDE, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
}

const TIDY: Record<string, (text: string, unit: string) => string> = {
  month,
  present: (text) => (/^(?:至今|今|现在|目前|present)$/i.test(text) ? "至今" : month(text)),
  integer: (text, unit) => number(text, unit, /^-?[0-9]+$/),
  decimal: (text, unit) => number(text, unit, /^-?[0-9]+(?:\.[0-9]+)?$/),
  phone: (text) => halfWidth(text).replace(/[—–‐‑−]/g, "-"),
  name: (text) => {
    const dotted = text.replace(/ *[•・．‧∙⋅●] */g, "·");
    return /^[\u3400-\u9fff\u{20000}-\u{3ffff}\s]+$/u.test(dotted) ? dotted.replace(/\s+/g, "") : dotted;
  },
};

/**
 * `text` of a field of this kind, tidied. `kind` is the field's kind, `name` or `phone` for texts of that format;
 * `unit` stands behind numbers (名).
 */
export function tidy(kind: string, text: string, unit = ""): Tidied {
  const seen = clean(text);
  if (kind === "long") return seen;
  const trimmed = seen.text.replace(/\s*\n\s*/g, " ").trim();
  const found = TIDY[kind] ? TIDY[kind](trimmed, unit) : trimmed;
  const changed =
    found === seen.text ? "" : found === seen.text.trim() ? "已去掉首尾的空格" : `已写成 ${found}`;
  return { text: found, notice: [seen.notice, changed].filter(Boolean).join("；") };
}

/** `1970.05`, `1970-5`, `197005`, `1970年5月`, full-width: `1970-05`; anything else stays. */
function month(text: string): string {
  const plain = halfWidth(text).replace(/\s+/g, "");
  const match = /^([12][0-9]{3})(?:[-./年·。—–]?(0[1-9]|1[0-2])|[-./年·。—–]([1-9]))月?$/.exec(plain);
  return match ? `${match[1]}-${(match[2] || match[3])!.padStart(2, "0")}` : text;
}

/** Without separators, blanks, the printed unit and leading zeros, where a plain number is left; else as typed. */
function number(text: string, unit: string, wanted: RegExp): string {
  let plain = halfWidth(text).replace(/[\s_]/g, "");
  if (unit && plain.slice(-unit.length) === unit) plain = plain.slice(0, -unit.length);
  if (/^-?[0-9]{1,3}(?:[,，][0-9]{3})+(?:\.[0-9]+)?$/.test(plain)) plain = plain.replace(/[,，]/g, "");
  if (!wanted.test(plain)) return text;
  return plain.replace(/^(-?)0+(?=[0-9])/, "$1").replace(/^-0$/, "0");
}
