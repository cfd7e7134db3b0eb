import { floods } from "./floods.ts";

floods({ calls: 10_000, resets: 5000, cancelled: 2000 });
