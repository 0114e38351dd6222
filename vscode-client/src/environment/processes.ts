import { spawn } from "node:child_process";
import type { CancellationToken } from "vscode";
import * as vscode from "vscode";

export interface Ended {
  code: number | null;
  output: string;
  errors: string;
}

export interface Limits {
  seconds: number;
  token?: CancellationToken | undefined;
  /** Told each line of both streams. */
  line?: (text: string) => void;
}

/** Runs a program without a shell, outside the user's folders; ended when it is late or cancelled. */
export function runProgram(program: string, args: string[], cwd: string, limits: Limits): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    const ended: Ended = { code: null, output: "", errors: "" };
    const fail = (error: Error): void => {
      child.kill("SIGKILL");
      release();
      reject(error);
    };
    const late = vscode.l10n.t("{0} did not end within {1} seconds.", program, limits.seconds);
    const timer = setTimeout(() => fail(new Error(late)), limits.seconds * 1000);
    const cancelled = limits.token?.onCancellationRequested(() => fail(new vscode.CancellationError()));
    const release = (): void => {
      clearTimeout(timer);
      cancelled?.dispose();
    };
    const heard = (text: string): void => {
      for (const line of text.split(/\r?\n/)) if (line.trim() !== "") limits.line?.(line);
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      ended.output += text;
      heard(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      ended.errors += text;
      heard(text);
    });
    child.once("error", fail);
    child.once("close", (code) => {
      release();
      resolve({ ...ended, code });
    });
  });
}
