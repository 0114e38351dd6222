import type { Command } from "../app";

export const showLogs: Command = {
  id: "iiml.showLogs",
  run: async (app) => app.log.show(),
};
