import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { LogOutputChannel } from "vscode";

/** Writes what a Python process logs, line by line and at the level that each line names. */
export function logLines(stream: Readable | null, log: LogOutputChannel): void {
  if (stream === null) return;
  createInterface({ input: stream }).on("line", (line) => {
    const [, level, text] = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL) (.*)$/.exec(line) ?? [];
    if (text === undefined || level === "INFO") log.info(text ?? line);
    else if (level === "DEBUG") log.debug(text);
    else if (level === "WARNING") log.warn(text);
    else log.error(text);
  });
}
