import * as vscode from "vscode";
import { place } from "../views/words";
import type { Offers } from "./offers";
import { rangeOf } from "./threads";

/** Marks the lines that a patch would replace, and where one would only add: struck, and in the gutter. */
export class ReplacedLines implements vscode.Disposable {
  private readonly gone: vscode.TextEditorDecorationType;
  private readonly added: vscode.TextEditorDecorationType;

  constructor(
    private readonly offers: Offers,
    media: vscode.Uri,
  ) {
    const { Left } = vscode.OverviewRulerLane;
    this.gone = vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: new vscode.ThemeColor("diffEditor.removedLineBackground"),
      textDecoration: "line-through",
      overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.deletedForeground"),
      overviewRulerLane: Left,
      ...gutter(media, "removed"),
    });
    this.added = vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.addedForeground"),
      overviewRulerLane: Left,
      ...gutter(media, "added"),
    });
  }

  update(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString();
      const here = this.offers.all.filter((offer) => !offer.stale && place(offer.uri).toString() === uri);
      const [gone, added] = [here.filter((one) => one.replaced.length > 0), here.filter((one) => one.replaced.length === 0)];
      editor.setDecorations(this.gone, gone.map(rangeOf));
      editor.setDecorations(this.added, added.map(rangeOf));
    }
  }

  dispose(): void {
    this.gone.dispose();
    this.added.dispose();
  }
}

function gutter(media: vscode.Uri, name: string): vscode.DecorationRenderOptions {
  const icon = (theme: string): vscode.DecorationRenderOptions => ({
    gutterIconPath: vscode.Uri.joinPath(media, `patch-${name}-${theme}.svg`),
    gutterIconSize: "contain",
  });
  return { light: icon("light"), dark: icon("dark") };
}
