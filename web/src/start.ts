// The page where a clerk begins.

import { readDesk } from "./desk.ts";
import { startOverview } from "./overview.ts";
import { ready } from "./page.ts";
import { Store } from "./store.ts";

const desk = readDesk();
ready();
startOverview(desk, new Store(desk.campaign));
