import type { Shape } from "../../web/src/yaml/shape.ts";
import { write } from "../../web/src/yaml/write.ts";
import type { Mapping } from "../../web/src/value.ts";
import { answer } from "./lines.ts";

await answer(({ value, root, head }: { value: Mapping; root: Shape; head: string }) => write(value, root, head));
