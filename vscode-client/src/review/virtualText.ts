import * as vscode from "vscode";
import type { Iiml } from "../iiml";

export const SCHEME = "iiml";

/** A read-only text: a document with a patch, as it was generated, or the diff of a tried patch. */
export interface VirtualText {
  readonly kind: "patch" | "generated" | "tried";
  readonly folder: string;
  readonly id: string;
}

/** The URI under which an editor shows a virtual text; `name` gives its title and language. */
export function virtualUri(text: VirtualText, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: JSON.stringify(text) });
}

/** Gives editors the texts behind `iiml:` URIs. */
export class VirtualTexts implements vscode.TextDocumentContentProvider {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  constructor(private readonly iiml: Iiml) {}

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const { kind, folder, id } = parse(uri);
    if (kind === "tried") return this.iiml.competitions.get(folder)?.tried[Number(id)]?.diff ?? "";
    return (await this.iiml.daemon.request("iiml/virtualText", { kind, folder, id }, token)).text;
  }

  /** Asks again for all that is shown: the document below a patch may have changed. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === SCHEME) this.changed.fire(document.uri);
    }
  }
}

function parse(uri: vscode.Uri): VirtualText {
  const found: unknown = JSON.parse(uri.query);
  if (!isVirtualText(found)) throw new Error(vscode.l10n.t("{0} is no text of iiML.", uri.toString()));
  return found;
}

function isVirtualText(value: unknown): value is VirtualText {
  return typeof value === "object" && value !== null && "kind" in value && "folder" in value && "id" in value;
}
