import * as vscode from "vscode";
import type { App } from "../app";
import { ExplainTool } from "./explainTool";
import { SolveTool } from "./solveTool";

/** Tools that the user's own chat agent may call; editors without such agents have none. */
export function registerTools(app: App): vscode.Disposable {
  const lm: Partial<typeof vscode.lm> | undefined = vscode.lm; // forks of the editor may lack it
  if (lm?.registerTool === undefined) return new vscode.Disposable(() => undefined);
  return vscode.Disposable.from(
    lm.registerTool("iiml_solve_competition", new SolveTool(app)),
    lm.registerTool("iiml_explain_violation", new ExplainTool()),
  );
}
