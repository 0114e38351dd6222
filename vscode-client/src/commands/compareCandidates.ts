import type { Command } from "../app";
import { compareCandidates as compare } from "../views/candidates";

/** Shows what two candidates differ in. */
export const compareCandidates: Command = {
  id: "iiml.compareCandidates",
  run: (app) => compare(app),
};
