import * as vscode from "vscode";
import { place } from "../views/words";
import type { PatchOffer } from "../wire";
import type { Offers } from "./offers";
import { offerFacts, stretch } from "./words";

const CONTROLLER = "iiml.patches";
const LINKS = ["iiml.patch.accept", "iiml.patch.reject", "iiml.patch.showDiff", "iiml.patch.next"];

interface Shown {
  readonly thread: vscode.CommentThread;
  readonly text: string;
}

/** Patches in place: a comment thread under the lines that each would replace. */
export class PatchThreads implements vscode.Disposable {
  private readonly controller = vscode.comments.createCommentController(CONTROLLER, "iiML");
  private readonly shown = new Map<string, Shown>();
  private readonly offerOf = new WeakMap<vscode.CommentThread, PatchOffer>();
  private readonly collapsed = new Set<string>();

  constructor(private readonly offers: Offers) {}

  /** Makes the threads those of the fresh offers in visible editors. */
  update(): void {
    const visible = new Set(vscode.window.visibleTextEditors.map((editor) => editor.document.uri.toString()));
    const wanted = new Map<string, PatchOffer>();
    for (const offer of this.offers.all) {
      if (!offer.stale && visible.has(place(offer.uri).toString())) wanted.set(`${offer.folder} ${offer.id}`, offer);
    }
    for (const [key, { thread, text }] of this.shown) {
      const offer = wanted.get(key);
      if (offer !== undefined && JSON.stringify(offer) === text) wanted.delete(key);
      else this.remove(key, thread);
    }
    for (const [key, offer] of wanted) this.add(key, offer);
  }

  /** The offer that a thread shows. */
  find(thread: vscode.CommentThread): PatchOffer | undefined {
    return this.offerOf.get(thread);
  }

  dispose(): void {
    this.shown.clear();
    this.controller.dispose();
  }

  private add(key: string, offer: PatchOffer): void {
    const thread = this.controller.createCommentThread(place(offer.uri), rangeOf(offer), [comment(offer)]);
    // With our default of "comments.openView", a thread that asks for no answer does not open the Comments panel.
    thread.state = vscode.CommentThreadState.Resolved;
    thread.canReply = false;
    thread.label = offer.code === "" ? vscode.l10n.t("Patch") : vscode.l10n.t("Patch for {0}", offer.code);
    thread.contextValue = offer.others > 0 ? "patch others" : "patch";
    const { Collapsed, Expanded } = vscode.CommentThreadCollapsibleState;
    thread.collapsibleState = this.collapsed.has(key) ? Collapsed : Expanded;
    this.offerOf.set(thread, offer);
    this.shown.set(key, { thread, text: JSON.stringify(offer) });
  }

  private remove(key: string, thread: vscode.CommentThread): void {
    if (thread.collapsibleState === vscode.CommentThreadCollapsibleState.Collapsed) this.collapsed.add(key);
    else this.collapsed.delete(key);
    thread.dispose();
    this.shown.delete(key);
  }
}

/** The lines that go; where none go, the line after which new ones come. */
export function rangeOf(offer: PatchOffer): vscode.Range {
  const last = Math.max(0, offer.endLine - 1);
  return new vscode.Range(Math.min(offer.startLine, last), 0, last, 0);
}

function comment(offer: PatchOffer): vscode.Comment {
  return {
    author: { name: "iiML" },
    mode: vscode.CommentMode.Preview,
    contextValue: offer.others > 0 ? "patch others" : "patch",
    label: offer.verified ? vscode.l10n.t("verified") : vscode.l10n.t("not verified"),
    body: body(offer),
  };
}

/** What a patch says is data: it goes in as text, and only our four commands may be linked. */
function body(offer: PatchOffer): vscode.MarkdownString {
  const text = new vscode.MarkdownString("", true);
  text.isTrusted = { enabledCommands: LINKS };
  text.appendMarkdown("**").appendText(offer.title).appendMarkdown("**  \n");
  if (offer.message !== "") text.appendText(offer.message).appendMarkdown("  \n");
  text.appendText(offerFacts(offer).join(" · ")).appendMarkdown("\n");
  text.appendCodeblock(stretch(offer), "diff");
  return text.appendMarkdown(`\n${links(offer).join(" · ")}`);
}

function links(offer: PatchOffer): string[] {
  const patch = encodeURIComponent(JSON.stringify([{ folder: offer.folder, id: offer.id }]));
  const link = (icon: string, label: string, command: string): string => `[$(${icon}) ${label}](command:${command}?${patch})`;
  const row = [
    link("check", vscode.l10n.t("Accept"), "iiml.patch.accept"),
    link("close", vscode.l10n.t("Reject"), "iiml.patch.reject"),
    link("diff", vscode.l10n.t("Show diff"), "iiml.patch.showDiff"),
  ];
  if (offer.others > 0) row.push(link("arrow-right", vscode.l10n.t("Try next ({0})", offer.others), "iiml.patch.next"));
  return row;
}
