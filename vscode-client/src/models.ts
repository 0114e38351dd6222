import * as vscode from "vscode";
import { messageOf } from "./deadline";
import type { ModelMessage, ModelQuestion, ModelReply } from "./wire";

const CHOSEN = "iiml.languageModel";

type Trouble = NonNullable<ModelReply["trouble"]>;
/** What one model is to the editor, so that it can be found again. */
type Chosen = Pick<vscode.LanguageModelChat, "vendor" | "id">;

/** The language models of the editor, which a solve may ask once the user has chosen one. */
export class Models {
  private choosing: Promise<vscode.LanguageModelChat | undefined> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async any(): Promise<boolean> {
    return (await vscode.lm.selectChatModels()).length > 0;
  }

  /** The model that was chosen, as far as the editor still has it. */
  async chosen(): Promise<vscode.LanguageModelChat | undefined> {
    const kept = this.context.globalState.get<Chosen>(CHOSEN);
    if (kept === undefined) return undefined;
    return (await vscode.lm.selectChatModels({ vendor: kept.vendor, id: kept.id }))[0];
  }

  /** Asks which model may be asked; only where a user did something. Undefined if none may. */
  async choose(): Promise<vscode.LanguageModelChat | undefined> {
    const models = await vscode.lm.selectChatModels();
    if (models.length === 0) {
      throw new Error(vscode.l10n.t("This editor has no language models. Install or sign in to an extension that brings some, or choose another backbone."));
    }
    const items = models.map((model) => ({
      label: model.name,
      description: [model.vendor, model.family].join(" · "),
      detail: vscode.l10n.t("reads up to {0} tokens", model.maxInputTokens),
      model,
    }));
    const title = vscode.l10n.t("Which model may iiML ask?");
    const placeHolder = vscode.l10n.t("It gets the task, names and statistics of columns, and code that iiML wrote");
    const picked = (await vscode.window.showQuickPick(items, { title, placeHolder }))?.model;
    if (picked !== undefined) await this.context.globalState.update(CHOSEN, { vendor: picked.vendor, id: picked.id });
    return picked;
  }

  /** The answer to a question of a solve; whatever goes wrong is part of the answer. */
  async answer(question: ModelQuestion, token: vscode.CancellationToken): Promise<ModelReply> {
    try {
      if (!vscode.workspace.isTrusted) return none("key", vscode.l10n.t("The workspace is not trusted."));
      const model = question.model === "" ? await this.allowed(token) : await named(question.model);
      if (model === undefined) return none("key", vscode.l10n.t("No language model was chosen for iiML."));
      return await ask(model, question, token);
    } catch (error) {
      const reply = none(troubleOf(error, token), messageOf(error));
      this.log.warn(`The language model gave no answer to ${question.agent}: ${reply.trouble ?? ""}: ${reply.message}`);
      return reply;
    }
  }

  /** Where a terminal began the solve nobody has chosen a model yet: a message offers it, once at a time. */
  private async allowed(token: vscode.CancellationToken): Promise<vscode.LanguageModelChat | undefined> {
    const chosen = await this.chosen();
    if (chosen !== undefined) return chosen;
    this.choosing ??= this.offer().finally(() => (this.choosing = undefined));
    const cancelled = new Promise<undefined>((resolve) => token.onCancellationRequested(() => resolve(undefined)));
    return await Promise.race([this.choosing, cancelled]);
  }

  private async offer(): Promise<vscode.LanguageModelChat | undefined> {
    const choose = vscode.l10n.t("Choose Model…");
    const said = vscode.l10n.t("A running solve would ask a language model of this editor.");
    return (await vscode.window.showInformationMessage(said, choose)) === choose ? this.choose() : undefined;
  }
}

/** The model that a setting names, by its id, family or name. */
async function named(name: string): Promise<vscode.LanguageModelChat | undefined> {
  const models = await vscode.lm.selectChatModels();
  return models.find((model) => [model.id, model.family, model.name].includes(name));
}

async function ask(model: vscode.LanguageModelChat, question: ModelQuestion, token: vscode.CancellationToken): Promise<ModelReply> {
  const messages = turns(question.messages);
  const counts = await Promise.all(messages.map((message) => model.countTokens(message, token)));
  const inputTokens = counts.reduce((sum, count) => sum + count, 0);
  if (inputTokens > model.maxInputTokens) {
    return none("overflow", vscode.l10n.t("{0} tokens are more than the {1} that {2} reads.", inputTokens, model.maxInputTokens, model.name));
  }
  const justification = vscode.l10n.t("iiML asks it while it solves a competition.");
  const response = await model.sendRequest(messages, { justification }, token);
  let text = "";
  for await (const fragment of response.text) text += fragment;
  if (token.isCancellationRequested) return none("stopped", vscode.l10n.t("The question was withdrawn."));
  const outputTokens = await model.countTokens(text);
  return { text, model: model.id, inputTokens, outputTokens, trouble: null, message: "" };
}

/** There is no role for the system: its text stands first in what the user says. */
function turns(messages: readonly ModelMessage[]): vscode.LanguageModelChatMessage[] {
  const system = messages.filter(({ speaker }) => speaker === "system").map(({ text }) => text);
  const spoken = messages.filter(({ speaker }) => speaker !== "system");
  return spoken.map(({ speaker, text }, index) =>
    speaker === "assistant"
      ? vscode.LanguageModelChatMessage.Assistant(text)
      : vscode.LanguageModelChatMessage.User([...(index === 0 ? system : []), text].join("\n\n")),
  );
}

function troubleOf(error: unknown, token: vscode.CancellationToken): Trouble {
  if (token.isCancellationRequested || error instanceof vscode.CancellationError) return "stopped";
  const kind = error instanceof vscode.LanguageModelError ? error.code : "";
  const kinds: Record<string, Trouble> = { NoPermissions: "key", NotFound: "key", Blocked: "refused" };
  return kinds[kind] ?? (/quota|rate.?limit|too many requests|\b429\b/i.test(messageOf(error)) ? "rate" : "server");
}

function none(trouble: Trouble, message: string): ModelReply {
  return { text: "", model: "", inputTokens: 0, outputTokens: 0, trouble, message };
}
