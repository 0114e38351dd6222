import * as vscode from "vscode";
import type { Iiml } from "../iiml";
import { baseName, place } from "../views/words";
import type { PatchOffer, PatchParams } from "../wire";
import { type Offers, offersOf } from "./offers";
import { ReplacedLines } from "./replacedLines";
import { PatchThreads, rangeOf } from "./threads";
import { SCHEME, VirtualTexts, virtualUri } from "./virtualText";

/** Patches in place, and what a user does with them. A document is untouched until Accept. */
export function registerReview(iiml: Iiml): vscode.Disposable {
  const offers = offersOf(iiml);
  const threads = new PatchThreads(offers);
  const lines = new ReplacedLines(offers, vscode.Uri.joinPath(iiml.context.extensionUri, "vscode-client", "media"));
  const texts = new VirtualTexts(iiml);
  let here = false;
  const follow = (): void => {
    const found = offerAtCursor(offers) !== undefined;
    if (found !== here) void vscode.commands.executeCommand("setContext", "iiml.patchHere", found);
    here = found;
  };
  const update = (): void => {
    threads.update();
    lines.update();
    follow();
  };
  update();
  return vscode.Disposable.from(
    threads,
    lines,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, texts),
    vscode.window.onDidChangeVisibleTextEditors(update),
    vscode.window.onDidChangeTextEditorSelection(follow),
    vscode.window.onDidChangeActiveTextEditor(follow),
    offers.onDidChange(() => {
      update();
      texts.refresh();
    }),
    ...patchCommands(iiml, offers, threads),
  );
}

function patchCommands(iiml: Iiml, offers: Offers, threads: PatchThreads): vscode.Disposable[] {
  const onPatch = (command: string, act: (offer: PatchOffer) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(command, async (subject?: unknown) => {
      const offer = offerOf(subject, offers, threads);
      if (offer !== undefined) return act(offer);
      const message = vscode.l10n.t("There is no patch at the cursor; the Patches view lists those that wait.");
      await vscode.window.showInformationMessage(message);
    });
  return [
    onPatch("iiml.patch.accept", (offer) => settle(iiml, "iiml/patch/accept", offer)),
    onPatch("iiml.patch.reject", (offer) => settle(iiml, "iiml/patch/reject", offer)),
    onPatch("iiml.patch.showDiff", showDiff),
    onPatch("iiml.patch.next", async (offer) => {
      offers.take(await iiml.daemon.request("iiml/patch/next", { folder: offer.folder, id: offer.id }));
    }),
  ];
}

/** Accepts or rejects; what comes of it is said in the status bar, and a refusal in a message. */
async function settle(iiml: Iiml, method: "iiml/patch/accept" | "iiml/patch/reject", offer: PatchOffer): Promise<void> {
  const outcome = await iiml.daemon.request(method, { folder: offer.folder, id: offer.id });
  if (outcome.done) {
    if (outcome.message !== "") vscode.window.setStatusBarMessage(`iiML: ${outcome.message}`, 8000);
    return;
  }
  const diff = vscode.l10n.t("Show Diff");
  if ((await vscode.window.showWarningMessage(outcome.message, diff)) === diff) await showDiff(offer);
}

async function showDiff(offer: PatchOffer): Promise<void> {
  const document = place(offer.uri);
  const patched = virtualUri({ kind: "patch", folder: offer.folder, id: offer.id }, baseName(document));
  const title = vscode.l10n.t("{0}: {1}", baseName(document), offer.title);
  const selection = rangeOf(offer);
  await vscode.commands.executeCommand("vscode.diff", document, patched, title, { selection });
}

/** What a command acts on: a thread or its comment, a link's patch, a row, or the cursor's place. */
function offerOf(subject: unknown, offers: Offers, threads: PatchThreads): PatchOffer | undefined {
  if (subject === undefined) return offerAtCursor(offers);
  if (isPatch(subject)) return offers.find(subject);
  if (has(subject, "subject") && isPatch(subject.subject)) return offers.find(subject.subject);
  if (has(subject, "thread")) return threads.find(subject.thread as vscode.CommentThread); // a menu of a thread gives { thread }
  return threads.find(subject as vscode.CommentThread); // else the thread itself; any other object is not found
}

function has<K extends string>(value: unknown, key: K): value is Record<K, unknown> {
  return typeof value === "object" && value !== null && key in value;
}

function isPatch(value: unknown): value is PatchParams {
  return has(value, "folder") && has(value, "id") && typeof value.folder === "string" && typeof value.id === "string";
}

function offerAtCursor(offers: Offers): PatchOffer | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return undefined;
  const uri = editor.document.uri.toString();
  const { line } = editor.selection.active;
  return offers.all.find((offer) => {
    const range = rangeOf(offer);
    return !offer.stale && place(offer.uri).toString() === uri && range.start.line <= line && line <= range.end.line;
  });
}
