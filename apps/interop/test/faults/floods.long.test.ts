import { floods } from "./floods.ts";

floods({ calls: 100_000, resets: 50_000, cancelled: 20_000 });
