import * as vscode from "vscode";

/** What a tool tells the model. */
export function said(text: string): vscode.LanguageModelToolResult {
  return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
}
