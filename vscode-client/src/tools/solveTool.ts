import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import { duration, score, statusWord } from "../views/words";
import type { CompetitionState, Preflight } from "../wire";
import { said } from "./answer";

/** What an agent may say: which folder, and for how long. */
export interface SolveInput {
  folder?: string;
  budget?: string;
}

/** Solves a competition for an agent: the same command as in the palette, after a confirmation that shows all. */
export class SolveTool implements vscode.LanguageModelTool<SolveInput> {
  constructor(private readonly iiml: Iiml) {}

  async prepareInvocation(
    { input }: vscode.LanguageModelToolInvocationPrepareOptions<SolveInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.PreparedToolInvocation> {
    const folder = this.folder(input);
    const params = { folder: folder.toString(), budget: input.budget ?? null };
    const page = await this.iiml.daemon.request("iiml/preflight", params, token);
    return {
      invocationMessage: vscode.l10n.t("Solving {0}", folder.fsPath),
      confirmationMessages: { title: vscode.l10n.t("Solve this competition?"), message: confirmation(folder, page) },
    };
  }

  async invoke(
    { input }: vscode.LanguageModelToolInvocationOptions<SolveInput>,
    token: vscode.CancellationToken,
  ): Promise<vscode.LanguageModelToolResult> {
    if (!vscode.workspace.isTrusted) return said(vscode.l10n.t("The workspace is not trusted: nothing was run."));
    const folder = this.folder(input).toString();
    const asked = { folder, confirmed: true, ...(input.budget === undefined ? {} : { budget: input.budget }) };
    if ((await vscode.commands.executeCommand("iiml.solve", asked)) !== true) {
      return said(vscode.l10n.t("The solve was not started; the iiml log says why."));
    }
    return said(outcome(await this.end(folder, token)));
  }

  private folder(input: SolveInput): vscode.Uri {
    if (input.folder !== undefined && input.folder !== "") {
      return input.folder.startsWith("file:") ? vscode.Uri.parse(input.folder) : vscode.Uri.file(input.folder);
    }
    const only = vscode.workspace.workspaceFolders?.[0]?.uri;
    const current = this.iiml.competitions.current?.folder;
    if (current !== undefined) return vscode.Uri.parse(current);
    if (only === undefined) throw new Error(vscode.l10n.t("No folder is open; name the competition's folder."));
    return only;
  }

  /** Waits until the solve that was just started ends, or the agent gives up; the solver goes on without it. */
  private end(folder: string, token: vscode.CancellationToken): Promise<CompetitionState | undefined> {
    const { competitions } = this.iiml;
    let ran = competitions.get(folder)?.status === "running";
    return new Promise((resolve) => {
      const finish = (): void => {
        subscriptions.dispose();
        resolve(competitions.get(folder));
      };
      const subscriptions = vscode.Disposable.from(
        token.onCancellationRequested(finish),
        competitions.onDidChange((state) => {
          if (state?.folder !== folder) return;
          ran ||= state.status === "running";
          if (ran && state.status !== "running") finish();
        }),
      );
    });
  }
}

function confirmation(folder: vscode.Uri, page: Preflight): vscode.MarkdownString {
  const command = `iiml solve ${folder.fsPath} --attach --budget ${Math.round(page.budget)}s`;
  const lines = [
    vscode.l10n.t("For at most {0}, with Python {2}: {1}", duration(page.budget), page.interpreter, page.python),
    page.missing.length > 0 ? vscode.l10n.t("Packages that are missing: {0}.", page.missing.join(", ")) : "",
    page.leaves.length > 0
      ? vscode.l10n.t("What leaves this machine: {0}.", page.leaves.join("; "))
      : vscode.l10n.t("Nothing leaves this machine."),
    ...page.problems.map((problem) => `${problem.message} ${problem.hint}`),
  ];
  const text = new vscode.MarkdownString(vscode.l10n.t("This runs generated code in the terminal “iiML GPU”:"));
  text.appendCodeblock(command, "shellscript");
  for (const line of lines.filter(Boolean)) text.appendMarkdown("- ").appendText(line).appendMarkdown("\n");
  return text;
}

function outcome(state: CompetitionState | undefined): string {
  if (state === undefined) return vscode.l10n.t("The solve was started; nothing is known of it yet.");
  const lines = [vscode.l10n.t("{0}: {1}.", state.title ?? state.name, statusWord(state.status)), state.message, state.hint];
  if (state.bestScore != null) {
    lines.push(vscode.l10n.t("Best: {0} with {1} {2}, out of fold.", state.best ?? "", state.metric ?? "", score(state.bestScore)));
  }
  if (state.submission != null) lines.push(vscode.l10n.t("Submission: {0}", state.submission));
  if (state.report != null) lines.push(vscode.l10n.t("Report: {0}", state.report));
  lines.push(...state.candidates.slice(0, 10).map((one) => `${one.id}: ${one.score ?? one.status} ${one.note}`.trim()));
  return lines.filter(Boolean).join("\n");
}
