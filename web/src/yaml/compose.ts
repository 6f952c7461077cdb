// From text to a value: the library splits and nests it; what its parts mean, and may not mean, is decided here.
import {
  Composer,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type Pair,
  Parser,
  type Scalar,
} from "yaml";
import type { Mapping, Value } from "../value.ts";
import type { Trap } from "./fault.ts";
import {
  BLOCK,
  beginsWithTab,
  FLOW,
  type Inside,
  misplaced,
  QUOTED,
  remarkBehind,
  wrongColons,
} from "./quirks.ts";

const MAX_DEPTH = 16;
const MAX_FAULTS = 100;
const TYPED = /^(?:true|false|null|0|-?[1-9][0-9]{0,18})?$/;
const CONSTANTS: { readonly [word: string]: Value } = { true: true, false: false, null: null, "": null };
const NUMBER = /^-?[0-9]+(?:\.[0-9]+)?$/;
const KEY = /^[^\s[\]{},#&*!|>'"%@`][^\r\n]{0,99}$/u;
/** The marks that the lexer gives by themselves where they are a trap. */
const MARKS: { readonly [mark: string]: string } = {
  "&": "Y07",
  "*": "Y07",
  "!": "Y08",
  "%": "Y08",
  "?": "Y13",
};
const BY_ERROR: { readonly [code: string]: string } = { TAB_AS_INDENT: "Y11", RESOURCE_EXHAUSTION: "Y04" };
const DEPTH = { limit: MAX_DEPTH };
/** What the lexer puts before a scalar. */
const SCALAR = "\x1f";

export interface Composed {
  readonly value: Value;
  /** Why the value is of no use: the first trap of the parser's, or all that is wrong with keys and remarks. */
  readonly traps: readonly Trap[];
  /** Each remark of the file, from its `#` on. */
  readonly remarks: readonly string[];
}

/** The value of the one document in `text`, whose line breaks are LF. */
export function compose(text: string): Composed {
  const { documents, traps, remarks } = parse(text);
  const faults: Trap[] = [];
  const inside: Inside = new Uint8Array(text.length);
  // Where the last line is not ended, a text below `|` has no end, either.
  const isOpen = /[^ ]/.test(text.slice(text.lastIndexOf("\n") + 1));
  const value = meaning(documents[0]?.contents, 1);
  if (documents.length === 0 && traps.length === 0) traps.push({ code: "Y12", at: 0 });
  if (documents.length > 1) traps.push({ code: "Y06", at: documents[1]!.range[0] });
  if (traps.length === 0) traps.push(...wrongColons(text, value), ...misplaced(text, inside));
  if (traps.length === 0) return { value, traps: faults.slice(0, MAX_FAULTS), remarks };
  return { value, traps: [traps.reduce((one, other) => (other.at < one.at ? other : one))], remarks };

  /** What `node` means; a document's outermost value is on level 1. */
  function meaning(node: unknown, level: number): Value {
    if (isScalar(node)) return scalar(node);
    if (!isMap(node) && !isSeq(node)) return null;
    if (node.flow) inside.fill(FLOW, node.range![0] + 1, node.range![1]);
    if (level >= MAX_DEPTH && node.items.length > 0) {
      traps.push({ code: "Y04", at: node.range![0], words: DEPTH });
      return null;
    }
    if (isSeq(node)) return node.items.map((entry) => meaning(entry, level + 1));
    const found: Mapping = {};
    for (const pair of node.items as Pair[]) {
      const key = keyOf(pair.key, found);
      const known = faults.length;
      const value = meaning(pair.value, level + 1);
      if (key === null) faults.length = known;
      else Object.defineProperty(found, key, { value, configurable: true, enumerable: true, writable: true });
    }
    return found;
  }

  /** The name that `node` is; `null` for one that cannot stand in `found`. */
  function keyOf(node: unknown, found: Mapping): string | null {
    if (!isScalar(node)) {
      meaning(node, 1);
      faults.push({ code: "Y13", at: (node as Node | null)?.range?.[0] ?? 0 });
      return null;
    }
    const key = textOf(node);
    const at = node.range![0];
    const shown = /^[A-Za-z][\w-]{0,39}$/.test(key) ? key : "此项";
    if (!KEY.test(key)) faults.push({ code: /^\s/.test(key) ? "Y05" : "Y13", at });
    else if (key === "<<" && node.type === "PLAIN") faults.push({ code: "Y09", at });
    else if (Object.prototype.hasOwnProperty.call(found, key))
      faults.push({ code: "Y10", at, words: { key: shown } });
    else return key;
    return null;
  }

  function scalar(node: Scalar): Value {
    const said = textOf(node);
    return node.type === "PLAIN" ? typed(said) : said;
  }

  /** The text of `node`; notes what is hidden in it, and what a remark cuts off. */
  function textOf(node: Scalar): string {
    const [start, end] = node.range!;
    const said = String(node.value ?? "");
    if (/\p{Cs}/u.test(said)) traps.push({ code: "Y05", at: start });
    if (node.type === "PLAIN") {
      const remark = NUMBER.test(said) ? -1 : remarkBehind(text, end);
      if (remark >= 0) faults.push({ code: "Y14", at: remark });
      // In brackets, these begin a pair.
      if (inside[start] === FLOW && /^[?:]/.test(said)) traps.push({ code: "Y05", at: start });
      return said;
    }
    const block = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    if (block && beginsWithTab(text, start)) traps.push({ code: "Y11", at: start });
    inside.fill(block ? BLOCK : QUOTED, start + 1, end);
    return block && end === text.length && isOpen ? said.replace(/\n$/, "") : said;
  }
}

/** The documents of `text`, its remarks, and what is wrong by the library. What nests too deeply is not built. */
function parse(text: string) {
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false });
  const parser = new Parser();
  const documents: Document.Parsed[] = [];
  const traps: Trap[] = [];
  const remarks: string[] = [];
  let before = "";
  for (const lexeme of new Lexer().lex(text)) {
    const mark = before === SCALAR ? "" : lexeme.charAt(0);
    if (MARKS[mark]) traps.push({ code: MARKS[mark], at: parser.offset });
    if (mark === "#") remarks.push(lexeme);
    before = lexeme;
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    const deep = parser.stack[MAX_DEPTH + 2];
    if (deep) {
      traps.push({ code: "Y04", at: deep.offset, words: DEPTH });
      return { documents: [], traps, remarks };
    }
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  for (const { code, pos } of documents.flatMap(({ errors }) => errors))
    traps.push({ code: BY_ERROR[code] ?? "Y05", at: pos[0], words: DEPTH });
  return { documents, traps, remarks };
}

/** What text that is not quoted means. */
function typed(text: string): Value {
  if (!TYPED.test(text)) return text;
  const constant = CONSTANTS[text];
  if (constant !== undefined) return constant;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}
