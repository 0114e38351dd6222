import type { Command } from "../app";

export const restartServer: Command = {
  id: "iiml.restartServer",
  run: (app) => app.daemon.restart(),
};
