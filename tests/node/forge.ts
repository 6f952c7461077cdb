import { editFile, type Forge, newFile } from "../../web/src/forge.ts";
import { answer } from "./lines.ts";

await answer(({ forge, path, text }: { forge: Forge; path: string; text: string }) => ({
  ...newFile(forge, path, text),
  edit: editFile(forge, path),
}));
