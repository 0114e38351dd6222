import * as vscode from "vscode";
import { baseName } from "./words";

/** A row of a tree; `subject` is what commands on the row act on. */
export interface Row<Subject = unknown> {
  readonly item: vscode.TreeItem;
  readonly children: () => Row[] | Promise<Row[]>;
  readonly subject: Subject | undefined;
}

/** What a row may have beside its label. */
export interface RowParts<Subject> {
  id?: string;
  description?: string;
  tooltip?: string;
  icon?: string | vscode.ThemeIcon;
  command?: vscode.Command;
  context?: string;
  children?: () => Row[] | Promise<Row[]>;
  expanded?: boolean;
  subject?: Subject;
}

/** A row with native looks, which a screen reader reads in full. */
export function row<Subject>(label: string, parts: RowParts<Subject> = {}): Row<Subject> {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label, parts.children ? (parts.expanded ? Expanded : Collapsed) : None);
  if (parts.id !== undefined) item.id = parts.id;
  if (parts.description !== undefined) item.description = parts.description;
  if (parts.icon !== undefined) {
    item.iconPath = typeof parts.icon === "string" ? new vscode.ThemeIcon(parts.icon) : parts.icon;
  }
  if (parts.command !== undefined) item.command = parts.command;
  if (parts.context !== undefined) item.contextValue = parts.context;
  item.tooltip = parts.tooltip ?? [label, parts.description].filter(Boolean).join(": ");
  const spoken = [label, parts.description, parts.tooltip].filter(Boolean).join(", ");
  item.accessibilityInformation = { label: spoken };
  return { item, children: parts.children ?? (() => []), subject: parts.subject };
}

/** A row that opens a file, with the file's name as label unless another is given. */
export function fileRow(uri: vscode.Uri, label: string = baseName(uri), icon = "file"): Row {
  return row(label, {
    icon,
    description: label === baseName(uri) ? "" : baseName(uri),
    tooltip: uri.fsPath,
    command: openCommand(uri),
  });
}

/** Opens a file, at a line if one is given. */
export function openCommand(uri: vscode.Uri, line?: number): vscode.Command {
  const options = line === undefined ? {} : { selection: new vscode.Range(line, 0, line, 0) };
  return { command: "vscode.open", title: vscode.l10n.t("Open"), arguments: [uri, options] };
}

/** A tree whose rows are asked for anew whenever it is refreshed. */
export class Rows implements vscode.TreeDataProvider<Row> {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(private readonly roots: () => Row[] | Promise<Row[]>) {}

  refresh(): void {
    this.changed.fire();
  }

  getTreeItem(element: Row): vscode.TreeItem {
    return element.item;
  }

  async getChildren(element?: Row): Promise<Row[]> {
    return element === undefined ? this.roots() : element.children();
  }
}
