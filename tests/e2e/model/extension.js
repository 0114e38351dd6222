// A language model that keeps what it is asked, one JSON line per question, and answers in fragments.
const fs = require("node:fs");
const vscode = require("vscode");

const MODEL = {
  id: "scribe-1",
  name: "Scribe",
  family: "scribe",
  version: "1",
  maxInputTokens: 100_000,
  maxOutputTokens: 4_000,
  capabilities: {},
};
/** No answer to anything that is asked: iiML has to do without. */
const ANSWER = ["I am ", "a scribe, ", "I only write down."];

exports.activate = (context) => {
  const asked = process.env.IIML_E2E_ASKED;
  const provider = {
    provideLanguageModelChatInformation: () => [MODEL],
    async provideLanguageModelChatResponse(model, messages, options, progress) {
      const text = messages.flatMap(({ content }) => content).map((part) => part.value ?? "").join("\n");
      if (asked) fs.appendFileSync(asked, `${JSON.stringify({ model: model.id, text })}\n`);
      for (const fragment of ANSWER) progress.report(new vscode.LanguageModelTextPart(fragment));
    },
    provideTokenCount: async (_, text) => Math.ceil((typeof text === "string" ? text : JSON.stringify(text.content)).length / 4),
  };
  context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider("iiml-tests", provider));
};
