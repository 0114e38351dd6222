import * as vscode from "vscode";
import { said } from "./answer";

/** Which violation: of a file, at a line (counted from 1), of a rule; each narrows the choice. */
export interface ExplainInput {
  file?: string;
  line?: number;
  code?: string;
}

interface Violation {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

const MOST = 5;

/** Tells an agent what a violation means: its place, both sides, the step and values there, and the rule's page. */
export class ExplainTool implements vscode.LanguageModelTool<ExplainInput> {
  prepareInvocation({
    input,
  }: vscode.LanguageModelToolInvocationPrepareOptions<ExplainInput>): vscode.PreparedToolInvocation {
    const what = [input.code, input.file, input.line].filter(Boolean).join(" ");
    return {
      invocationMessage: vscode.l10n.t("Explaining a violation"),
      confirmationMessages: {
        title: vscode.l10n.t("Explain a violation?"),
        message: vscode.l10n.t("Reads diagnostics, hover and rule page ({0}) for the chat; runs nothing.", what || vscode.l10n.t("all of iiML")),
      },
    };
  }

  async invoke({ input }: vscode.LanguageModelToolInvocationOptions<ExplainInput>): Promise<vscode.LanguageModelToolResult> {
    const found = violations(input);
    if (found.length === 0) return said(vscode.l10n.t("iiML reports no such violation now."));
    const texts = await Promise.all(found.slice(0, MOST).map(explain));
    const more = found.length - texts.length;
    if (more > 0) texts.push(vscode.l10n.t("{0} more violations are not shown.", more));
    return said(texts.join("\n\n---\n\n"));
  }
}

function violations(input: ExplainInput): Violation[] {
  const all = vscode.languages.getDiagnostics().flatMap(([uri, list]) => list.map((diagnostic) => ({ uri, diagnostic })));
  return all.filter(({ uri, diagnostic }) => {
    if (diagnostic.source !== "iiml") return false;
    if (input.file && !uri.path.endsWith(input.file.replaceAll("\\", "/"))) return false;
    if (input.code && codeOf(diagnostic) !== input.code) return false;
    const { start, end } = diagnostic.range;
    return !input.line || (start.line <= input.line - 1 && input.line - 1 <= end.line);
  });
}

async function explain({ uri, diagnostic }: Violation): Promise<string> {
  const { start } = diagnostic.range;
  const place = `${vscode.workspace.asRelativePath(uri)}:${start.line + 1}:${start.character + 1}`;
  const sides = (diagnostic.relatedInformation ?? []).map(
    ({ location, message }) => `${vscode.workspace.asRelativePath(location.uri)}:${location.range.start.line + 1}: ${message}`,
  );
  const parts = [`${codeOf(diagnostic)} ${place}\n${diagnostic.message}`, sides.join("\n"), await hover(uri, start), await page(diagnostic)];
  return parts.filter(Boolean).join("\n\n");
}

function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === "object" ? code.value : (code ?? ""));
}

async function hover(uri: vscode.Uri, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", uri, position);
  const contents = hovers.flatMap((one) => one.contents);
  return contents.map((content) => (typeof content === "string" ? content : content.value)).join("\n\n");
}

/** The rule's page, which the daemon leaves as a file. */
async function page({ code }: vscode.Diagnostic): Promise<string> {
  if (typeof code !== "object" || code.target.scheme !== "file") return "";
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(code.target));
  } catch {
    return code.target.toString();
  }
}
