import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import { ExplainTool } from "./explainTool";
import { SolveTool } from "./solveTool";

/** Tools that the user's own chat agent may call; editors without such agents have none. */
export function registerTools(iiml: Iiml): vscode.Disposable {
  const lm: Partial<typeof vscode.lm> | undefined = vscode.lm; // forks of the editor may lack it
  if (lm?.registerTool === undefined) return new vscode.Disposable(() => undefined);
  return vscode.Disposable.from(
    lm.registerTool("iiml_solve_competition", new SolveTool(iiml)),
    lm.registerTool("iiml_explain_violation", new ExplainTool()),
  );
}
