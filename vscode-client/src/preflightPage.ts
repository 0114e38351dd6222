import * as vscode from "vscode";
import { EXPERT, nameOf } from "./backbone";
import type { Interpreter } from "./environment/environments";
import type { Preflight } from "./wire";

export type Answer = "solve" | "budget" | "interpreter" | "backbone" | undefined;

/** The page before the first run in a folder; without a budget, that of `iiml.toml` holds. */
export async function preflightPage(
  page: Preflight,
  interpreter: Interpreter | undefined,
  budget: string | undefined,
  backbone: string,
): Promise<Answer> {
  const blocked = page.problems.some(({ blocking }) => blocking);
  const solve = vscode.l10n.t("Solve");
  const change = vscode.l10n.t("Change…");
  const title = blocked ? vscode.l10n.t("This competition cannot be solved yet.") : vscode.l10n.t("Solve this competition?");
  const detail = lines(page, interpreter, budget ?? minutes(page.budget), backbone).join("\n");
  const options = { modal: true, detail };
  const said = blocked
    ? await vscode.window.showErrorMessage(title, options, change)
    : await vscode.window.showInformationMessage(title, options, solve, change);
  if (said === solve) return "solve";
  return said === change ? askWhat(page, interpreter, budget ?? minutes(page.budget), backbone) : undefined;
}

async function askWhat(
  page: Preflight,
  interpreter: Interpreter | undefined,
  budget: string,
  backbone: string,
): Promise<Answer> {
  const items = [
    { label: vscode.l10n.t("Time"), description: budget, answer: "budget" as const },
    { label: vscode.l10n.t("Python"), description: interpreter?.python ?? page.interpreter, answer: "interpreter" as const },
    { label: vscode.l10n.t("Who is asked"), description: backbone, answer: "backbone" as const },
  ];
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t("What shall be changed?") }))?.answer;
}

function lines(page: Preflight, interpreter: Interpreter | undefined, budget: string, backbone: string): string[] {
  const python = interpreter === undefined ? page.interpreter : `${page.interpreter} (${interpreter.why})`;
  const gpu = page.gpu ?? undefined;
  return [
    ...page.problems.map(({ message, hint }) => `⚠ ${message} ${hint}`.trim()),
    vscode.l10n.t("Time: at most {0}", budget),
    ...(page.metric ? [vscode.l10n.t("Metric: {0}", page.metric)] : []),
    vscode.l10n.t("Python {0}: {1}", page.python, python),
    vscode.l10n.t("Packages: all there"),
    gpu === undefined
      ? vscode.l10n.t("Hardware: CPU")
      : vscode.l10n.t("Hardware: {0}, {1}, CUDA {2}", gpu.name, size(gpu.memory), gpu.cuda),
    vscode.l10n.t("Data: {0}; free on the disk: {1}", size(page.dataBytes), size(page.freeBytes)),
    backbone === EXPERT
      ? vscode.l10n.t("Asked: iiML's own expert")
      : vscode.l10n.t("Asked: iiML's own expert, and {0}", nameOf(backbone)),
    page.leaves.length === 0
      ? vscode.l10n.t("Leaves this machine: nothing")
      : vscode.l10n.t("Leaves this machine: {0}", page.leaves.join("; ")),
    ...(page.settings.length === 0 ? [] : [vscode.l10n.t("From iiml.toml: {0}", page.settings.join(", "))]),
    "",
    vscode.l10n.t("Generated code runs in the terminal “iiML GPU”, in processes of its own. Your files are kept: results go into the folder iiml and submission.csv. This page is shown once per folder."),
  ];
}

function minutes(seconds: number): string {
  return seconds < 120 ? vscode.l10n.t("{0} s", Math.round(seconds)) : vscode.l10n.t("{0} min", Math.round(seconds / 60));
}

function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** power).toPrecision(3)} ${units[power]}`;
}
