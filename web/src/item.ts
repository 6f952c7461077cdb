// The page of one item, where documents are taken away as files.

import { startFilling } from "./filling.ts";
import { wireWho } from "./whose.ts";

wireWho(startFilling());
