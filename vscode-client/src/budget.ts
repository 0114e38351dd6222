import * as vscode from "vscode";

const FORM = /^(?=.)(\d+h)?(\d+m)?(\d+s)?$/;

/** True for what the command line takes as a time: 90s, 10m, 1h30m. */
export function isBudget(text: string): boolean {
  return FORM.test(text.trim());
}

/** Asks for how long; the setting's value stands first. */
export async function askBudget(usual: string): Promise<string | undefined> {
  const offered: [string, string][] = [
    ["2m", vscode.l10n.t("a first look")],
    ["10m", vscode.l10n.t("enough for small tables")],
    ["30m", vscode.l10n.t("larger tables, texts and pictures")],
    ["2h", vscode.l10n.t("what an evening gives")],
  ];
  const items = offered.map(([label, description]) => ({ label, description, other: false }));
  const first = items.find(({ label }) => label === usual) ?? { label: usual, description: vscode.l10n.t("usual"), other: false };
  const other = { label: vscode.l10n.t("Another time…"), description: "", other: true };
  const title = vscode.l10n.t("For how long at most? A valid submission stands early, the rest goes into better ones.");
  const rows = [first, ...items.filter((item) => item !== first), other];
  const picked = await vscode.window.showQuickPick(rows, { title, placeHolder: vscode.l10n.t("Time for the solve") });
  return picked?.other === true ? typeBudget(usual) : picked?.label;
}

function typeBudget(usual: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: vscode.l10n.t("Time for the solve"),
    value: usual,
    validateInput: (text) => (isBudget(text) ? undefined : vscode.l10n.t("A time such as 90s, 10m or 1h30m.")),
  });
}
