import { existsSync } from "node:fs";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import * as vscode from "vscode";
import { messageOf } from "../deadline";
import { alone } from "./buildLock";
import { uvOnPath } from "./onPath";
import { pythonIn } from "./probe";
import { runProgram } from "./processes";

const STEP_SECONDS = 1800;

/** What an environment is made of: locked packages first, then our own wheels without dependencies. */
export interface Plan {
  /** Name of its folder: the hashes of what is in it. */
  name: string;
  base: string;
  locks: { file: string; hashed: boolean }[];
  wheels: string[];
}

export interface Builder {
  root: string;
  log: vscode.LogOutputChannel;
  token: vscode.CancellationToken;
  report: (message: string) => void;
}

/** The Python of the environment; made unless it is there. Others see it only when it is complete. */
export async function build(plan: Plan, builder: Builder): Promise<string> {
  const target = path.join(builder.root, plan.name);
  await fs.mkdir(builder.root, { recursive: true });
  const wait = { cancelled: () => builder.token.isCancellationRequested };
  return alone(`${target}.lock`, wait, async () => {
    if (existsSync(pythonIn(target))) return pythonIn(target);
    const aside = path.join(builder.root, `.${plan.name}-${process.pid}`);
    await fs.rm(target, { recursive: true, force: true });
    try {
      await fill(aside, plan, builder);
      await fs.rename(aside, target);
    } finally {
      await fs.rm(aside, { recursive: true, force: true });
    }
    return pythonIn(target);
  });
}

/** uv is much faster, but knows nothing of pip's configuration: where it fails, pip is asked. */
async function fill(folder: string, plan: Plan, builder: Builder): Promise<void> {
  const uv = uvOnPath();
  if (uv !== undefined) {
    try {
      return await fillWith(uvCommands(uv, folder, plan), folder, builder);
    } catch (error) {
      if (error instanceof vscode.CancellationError) throw error;
      builder.log.warn(`uv could not make the environment, pip is tried: ${messageOf(error)}`);
    }
  }
  await fillWith(pipCommands(folder, plan), folder, builder);
}

type Step = { message: string; command: string[] };

function uvCommands(uv: string, folder: string, plan: Plan): Step[] {
  const install = [uv, "pip", "install", "--python", pythonIn(folder)];
  return [
    { message: vscode.l10n.t("making an environment"), command: [uv, "venv", "--relocatable", "--python", plan.base, folder] },
    ...installations(install, plan),
  ];
}

function pipCommands(folder: string, plan: Plan): Step[] {
  const install = [pythonIn(folder), "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"];
  return [
    { message: vscode.l10n.t("making an environment"), command: [plan.base, "-I", "-m", "venv", folder] },
    ...installations(install, plan),
  ];
}

function installations(install: string[], plan: Plan): Step[] {
  const message = vscode.l10n.t("installing packages");
  return [
    ...plan.locks.map(({ file, hashed }) => ({
      message,
      command: [...install, ...(hashed ? ["--require-hashes"] : []), "-r", file],
    })),
    ...plan.wheels.map((wheel) => ({ message, command: [...install, "--no-deps", wheel] })),
  ];
}

async function fillWith(steps: Step[], folder: string, builder: Builder): Promise<void> {
  await fs.rm(folder, { recursive: true, force: true });
  for (const { message, command } of steps) {
    builder.report(message);
    const [program = "", ...args] = command;
    builder.log.info(command.join(" "));
    const { code, output, errors } = await runProgram(program, args, builder.root, {
      seconds: STEP_SECONDS,
      token: builder.token,
      line: (text) => builder.log.debug(text),
    });
    if (code !== 0) throw new Error(reasonIn(`${output}\n${errors}`));
  }
}

/** The sentence of a failed step that says why, with what helps where that is known. */
function reasonIn(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  if (/ensurepip is not available|No module named (ensurepip|venv)/.test(text)) {
    return vscode.l10n.t("This Python cannot make environments. On Debian and Ubuntu, install python3-venv.");
  }
  if (/No space left on device/.test(text)) return vscode.l10n.t("The disk is full.");
  if (/Temporary failure|Name or service not known|Connection refused|Network is unreachable|getaddrinfo/.test(text)) {
    return vscode.l10n.t("The package index cannot be reached.");
  }
  return lines.filter((line) => /error|failed/i.test(line)).at(-1) ?? lines.at(-1) ?? vscode.l10n.t("It ended without a word.");
}
