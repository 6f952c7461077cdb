import { decode } from "../../web/src/yaml/decode.ts";
import type { Reading } from "../../web/src/yaml/fault.ts";
import { type Read, read } from "../../web/src/yaml/read.ts";
import type { Shape } from "../../web/src/yaml/shape.ts";
import { remarksOf } from "../../web/src/yaml/write.ts";
import { answer } from "./lines.ts";

type Question = { base64: string; reading: Reading; root?: Shape; head?: string };

await answer(({ base64, reading, root = {}, head = "" }: Question): Read => {
  const found = decode(new Uint8Array(Buffer.from(base64, "base64")), reading);
  if ("fault" in found) return { value: null, faults: [found.fault], remarks: false };
  return read(found.text, reading, remarksOf(root, head));
});
